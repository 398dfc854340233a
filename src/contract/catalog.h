// Catalog: contracts that are known only while running: their descriptors, messages without generated code, and JSON of them.
//
//   Catalog catalog;
//   TRY(catalog.add(files, [&](const std::string& name) { return ask_for(name); }));
//   const auto* type = catalog.pool().FindMessageTypeByName("shop.Cart");
//   std::unique_ptr<Message> cart = catalog.make(*type);
//   TRY(catalog.json().parse(text, *cart));
//
// One thread fills it. From then on any number may use it: what is const changes nothing that others see.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "contract/json.h"
#include "holon/result.h"

namespace google::protobuf {
class DescriptorPool;
class DynamicMessageFactory;
class FileDescriptorProto;
}  // namespace google::protobuf

namespace holon::contract {

class Catalog {
 public:
  using File = google::protobuf::FileDescriptorProto;
  using Files = std::vector<File>;
  /// Gives a file by its name, and maybe more files with it.
  using Source = std::function<Result<Files>(const std::string& name)>;

  static constexpr std::size_t files_max = 2'000;  ///< in one `add`

  Catalog();
  ~Catalog();
  Catalog(Catalog&&) noexcept;

  /// Adds files, in any order, and before each what it imports: from among them, from `source`, or, what nobody gives, from
  /// the contracts of this program (google/protobuf/timestamp.proto). A file whose name is known already is left as it is.
  /// INVALID_ARGUMENT names the file that is wrong.
  Result<void> add(Files files, const Source& source);

  const google::protobuf::DescriptorPool& pool() const { return *pool_; }
  const Json& json() const { return *json_; }
  std::unique_ptr<google::protobuf::Message> make(const google::protobuf::Descriptor& type) const;

 private:
  class Adding;

  std::unique_ptr<google::protobuf::DescriptorPool> pool_;
  std::unique_ptr<google::protobuf::DynamicMessageFactory> factory_;
  std::unique_ptr<Json> json_;
};

/// A file of this program's own contracts; null if there is none.
std::unique_ptr<google::protobuf::FileDescriptorProto> own_file(const std::string& name);

}  // namespace holon::contract
