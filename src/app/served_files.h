// ServedFiles: the contract files of what a host serves, with all they import: what reflection may tell.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "app/compiled_comments.h"
#include "holon/generated.h"
#include "holon/result.h"

namespace google::protobuf {
class DescriptorPool;
class FileDescriptor;
class ServiceDescriptor;
}  // namespace google::protobuf

namespace holon::app {

class ServedFiles {
 public:
  void add(const internal::ServiceInfo& contract);
  /// Of a pool that outlives this. Where two pools have a name, the one whose files were added first tells.
  void add(const google::protobuf::ServiceDescriptor& service);

  /// Full names of the services, in the order of the alphabet.
  const std::set<std::string>& services() const { return services_; }

  // The serialized google.protobuf.FileDescriptorProto of one file, then of what it imports, however far, up to 1 MiB, with their comments:
  // clients ask for what is missing. NOT_FOUND names what was asked for.
  using Files = std::vector<std::string>;
  Result<Files> by_name(const std::string& file) const;
  /// @param symbol  the full name of anything: a service, a method, a message, a field, an enum, a value, an extension
  Result<Files> with_symbol(const std::string& symbol) const;
  Result<Files> with_extension(const std::string& type, int number) const;

  /// The numbers by which the served files extend a message, ascending. NOT_FOUND if there is no such message.
  Result<std::vector<int>> extensions_of(const std::string& type) const;

 private:
  using File = google::protobuf::FileDescriptor;

  void add(const File& file);
  std::string serialized(const File& file) const;
  Files with_imports(const File& file) const;
  bool has(const File* file) const { return file != nullptr && files_.contains(file); }

  /// What `find`, asked of each pool, gives first that is served; null if there is nothing.
  template <class Find>
  const File* first(Find find) const;

  std::set<const File*> files_;
  std::vector<const google::protobuf::DescriptorPool*> pools_;  ///< of those files
  CompiledComments comments_;
  std::set<std::string> services_;
};

}  // namespace holon::app
