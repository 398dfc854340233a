#include "contract/catalog.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/message.h>

namespace holon::contract {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// A file of one message that has a field of each type it imports: "b" imports "a" as a.M.
Catalog::File file_of(const std::string& name, const std::vector<std::string>& imports = {}) {
  Catalog::File file;
  file.set_name(name + ".proto");
  file.set_package(name);
  file.set_syntax("proto3");
  auto& message = *file.add_message_type();
  message.set_name("M");
  int number = 0;
  for (const std::string& import : imports) {
    file.add_dependency(import + ".proto");
    auto& field = *message.add_field();
    field.set_name("of_" + import);
    field.set_number(++number);
    field.set_label(google::protobuf::FieldDescriptorProto::LABEL_OPTIONAL);
    field.set_type_name("." + import + ".M");
  }
  return file;
}

Result<Catalog::Files> none(const std::string& name) { return not_found("there is no " + name); }

TEST(Catalog, AddsFilesInAnyOrder) {
  Catalog catalog;
  Result<void> added = catalog.add({file_of("c", {"b", "a"}), file_of("b", {"a"}), file_of("a")}, none);
  ASSERT_TRUE(added.ok()) << added.error().to_string();
  const auto* type = catalog.pool().FindMessageTypeByName("c.M");
  ASSERT_NE(type, nullptr);
  std::unique_ptr<google::protobuf::Message> message = catalog.make(*type);
  ASSERT_TRUE(catalog.json().parse(R"({"ofB": {"ofA": {}}})", *message).ok());
  EXPECT_EQ(catalog.json().print(*message).value(), R"({"ofB":{"ofA":{}}})");
}

TEST(Catalog, AsksForWhatIsMissingOnce) {
  Catalog catalog;
  std::vector<std::string> asked;
  auto source = [&](const std::string& name) -> Result<Catalog::Files> {
    asked.push_back(name);
    return Catalog::Files{file_of("b", {"a"}), file_of("a")};
  };
  ASSERT_TRUE(catalog.add({file_of("c", {"b", "a"})}, source).ok());
  ASSERT_TRUE(catalog.add({file_of("c", {"b", "a"}), file_of("d", {"c"})}, source).ok());
  EXPECT_THAT(asked, ElementsAre("b.proto"));
}

TEST(Catalog, KnowsTheWellKnown) {
  Catalog catalog;
  Catalog::File file = file_of("a");
  file.add_dependency("google/protobuf/timestamp.proto");
  EXPECT_TRUE(catalog.add({file}, none).ok());
  EXPECT_NE(catalog.pool().FindMessageTypeByName("google.protobuf.Timestamp"), nullptr);
}

TEST(Catalog, NamesTheFileThatIsWrong) {
  Catalog catalog;
  EXPECT_EQ(catalog.add({file_of("a", {"b"})}, none).error().message(), "there is no b.proto");

  Catalog::File broken = file_of("x");
  broken.mutable_message_type(0)->add_field()->set_name("no number");
  Result<void> added = catalog.add({file_of("y", {"x"}), broken}, none);
  ASSERT_EQ(added.code(), Code::invalid_argument);
  EXPECT_THAT(added.error().message(), HasSubstr("the contract x.proto can't be used: "));
}

TEST(Catalog, ACircleIsRefused) {
  Catalog catalog;
  Result<void> added = catalog.add({file_of("a", {"b"}), file_of("b", {"a"})}, none);
  ASSERT_EQ(added.code(), Code::invalid_argument);
  EXPECT_EQ(added.error().message(), "the contract a.proto imports itself");
}

TEST(Catalog, AnEndlessChainIsCut) {
  Catalog catalog;
  int asked = 0;
  Result<void> added = catalog.add({file_of("a0", {"a1"})}, [&](const std::string&) -> Result<Catalog::Files> {
    ++asked;
    return Catalog::Files{file_of("a" + std::to_string(asked), {"a" + std::to_string(asked + 1)})};
  });
  EXPECT_EQ(added.code(), Code::resource_exhausted);
}

}  // namespace
}  // namespace holon::contract
