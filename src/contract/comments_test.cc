#include "contract/comments.h"

#include <google/protobuf/descriptor.pb.h>

#include <set>

#include "gmock/gmock.h"

namespace holon::contract {
namespace {

using google::protobuf::FileDescriptorProto;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

std::string text_of(const std::string& leading, const std::string& trailing = "") {
  google::protobuf::SourceLocation location{};
  location.leading_comments = leading;
  location.trailing_comments = trailing;
  return comment_text(location);
}

TEST(Comments, AreReadWithoutMarkersAndEmptyLinesAround) {
  EXPECT_EQ(text_of(" One line.\n"), "One line.");
  EXPECT_EQ(text_of("\n\n One.  \n\n   Indented.\n\n"), "One.\n\n  Indented.");
  EXPECT_EQ(text_of("", " behind\n"), "behind");
  EXPECT_EQ(text_of(" before\n", " behind\n"), "before");
  EXPECT_EQ(text_of(" \n", " behind\n"), "behind");
  EXPECT_EQ(text_of(""), "");
}

FileDescriptorProto shop() {
  FileDescriptorProto file;
  file.set_name("shop.proto");
  file.set_package("shop");
  auto& cart = *file.add_message_type();
  cart.set_name("Cart");
  auto& id = *cart.add_field();
  id.set_name("id");
  id.set_number(1);
  id.set_type(google::protobuf::FieldDescriptorProto::TYPE_STRING);
  id.set_label(google::protobuf::FieldDescriptorProto::LABEL_OPTIONAL);
  auto& state = *cart.add_enum_type();
  state.set_name("State");
  auto& open = *state.add_value();
  open.set_name("OPEN");
  open.set_number(0);
  auto& service = *file.add_service();
  service.set_name("Carts");
  auto& get = *service.add_method();
  get.set_name("Get");
  get.set_input_type(".shop.Cart");
  get.set_output_type(".shop.Cart");
  return file;
}

std::string_view each_its_name(const std::string& full_name) {
  static std::set<std::string> names;
  return *names.insert("On " + full_name + ".\nTwo lines.").first;
}

TEST(Comments, GivenBackToAFileAreOnTheElementsTheyNamed) {
  FileDescriptorProto file = shop();
  add_comments(file, each_its_name);
  google::protobuf::DescriptorPool pool;
  ASSERT_NE(pool.BuildFile(file), nullptr);
  EXPECT_EQ(comment_of(*pool.FindMessageTypeByName("shop.Cart")), "On shop.Cart.\nTwo lines.");
  EXPECT_EQ(comment_of(*pool.FindFieldByName("shop.Cart.id")), "On shop.Cart.id.\nTwo lines.");
  EXPECT_EQ(comment_of(*pool.FindEnumTypeByName("shop.Cart.State")), "On shop.Cart.State.\nTwo lines.");
  EXPECT_EQ(comment_of(*pool.FindEnumValueByName("shop.Cart.OPEN")), "On shop.Cart.OPEN.\nTwo lines.");
  EXPECT_EQ(comment_of(*pool.FindServiceByName("shop.Carts")), "On shop.Carts.\nTwo lines.");
  EXPECT_EQ(comment_of(*pool.FindMethodByName("shop.Carts.Get")), "On shop.Carts.Get.\nTwo lines.");

  std::vector<std::string> names;
  for (const NamedComment& comment : comments_for(*pool.FindServiceByName("shop.Carts"))) names.push_back(comment.name);
  EXPECT_THAT(names, UnorderedElementsAre("shop.Carts", "shop.Carts.Get", "shop.Cart", "shop.Cart.id"));
}

TEST(Comments, OfTwoCopiesAreMergedAndOnesOwnStay) {
  FileDescriptorProto one = shop(), two = shop();
  add_comments(one, [](const std::string& name) { return name == "shop.Cart" ? "first" : ""; });
  add_comments(two, [](const std::string& name) { return name == "shop.Cart" || name == "shop.Carts" ? "second" : ""; });
  merge_comments(two, one);
  merge_comments(two, one);
  ASSERT_EQ(one.source_code_info().location_size(), 2);
  EXPECT_EQ(one.source_code_info().location(0).leading_comments(), " first\n");
  EXPECT_EQ(one.source_code_info().location(1).leading_comments(), " second\n");
}

TEST(Comments, ThatAreNotThereAddNothing) {
  FileDescriptorProto file = shop();
  add_comments(file, [](const std::string&) { return ""; });
  EXPECT_FALSE(file.has_source_code_info());
  google::protobuf::DescriptorPool pool;
  EXPECT_THAT(comments_for(*pool.BuildFile(file)->service(0)), IsEmpty());
}

}  // namespace
}  // namespace holon::contract
