// The document of testdata/openapi.proto is testdata/openapi.json: after a deliberate change, HOLON_UPDATE_GOLDEN=1 writes it
// anew. tests/openapi shows it to public validators.
#include "contract/openapi.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "contract/json.h"

namespace holon::contract {
namespace {

using google::protobuf::FileDescriptor;
using google::protobuf::ServiceDescriptor;

std::string read(const std::string& file) { return (std::ostringstream() << std::ifstream(file).rdbuf()).str(); }

/// A contract as protoc reads it, with its comments.
class Compiled {
 public:
  explicit Compiled(const std::string& file) {
    const std::string out = testing::TempDir() + "openapi_test." + std::to_string(getpid()) + ".desc";
    const std::string command = HOLON_PROTOC " -I" HOLON_CONTRACT_TESTDATA " -I" HOLON_CONTRACTS
                                " --include_imports --include_source_info --descriptor_set_out=" + out + " " + file;
    EXPECT_EQ(std::system(command.c_str()), 0) << command;
    google::protobuf::FileDescriptorSet files;
    EXPECT_TRUE(files.ParseFromString(read(out)));
    for (const auto& each : files.file()) EXPECT_NE(pool_.BuildFile(each), nullptr) << each.name();
    file_ = pool_.FindFileByName(file);
    std::filesystem::remove(out);
  }

  std::vector<const ServiceDescriptor*> services() const {
    std::vector<const ServiceDescriptor*> all;
    for (int i = 0; file_ != nullptr && i < file_->service_count(); ++i) all.push_back(file_->service(i));
    return all;
  }

 private:
  google::protobuf::DescriptorPool pool_;
  const FileDescriptor* file_ = nullptr;
};

TEST(OpenApi, SaysWhatTheContractSays) {
  const std::string golden = HOLON_CONTRACT_TESTDATA "/openapi.json";
  const Compiled contracts("openapi.proto");
  const std::string document = openapi(contracts.services(),
                                       {.title = "Library",
                                        .version = "1.2",
                                        .description = "Lends books.",
                                        .servers = {"https://library.example"},
                                        .security = {{.name = "staff", .description = "Who works here."},
                                                     {.name = "partner", .kind = OpenApiSecurity::Kind::header, .field = "x-api-key"},
                                                     {.name = "page", .kind = OpenApiSecurity::Kind::cookie, .field = "session"}},
                                        .security_optional = true});
  EXPECT_TRUE(check_json(document).ok());
  if (std::getenv("HOLON_UPDATE_GOLDEN") != nullptr) std::ofstream(golden) << document;
  EXPECT_EQ(document, read(golden));
}

TEST(OpenApi, OfNothingIsADocumentStill) {
  const std::string document = openapi({}, {});
  EXPECT_TRUE(check_json(document).ok());
  EXPECT_NE(document.find("\"paths\": {}"), document.npos);
  EXPECT_NE(document.find("\"security\": []"), document.npos);  // everybody may call
}

}  // namespace
}  // namespace holon::contract
