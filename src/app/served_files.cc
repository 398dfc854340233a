#include "app/served_files.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>

#include <algorithm>

namespace holon::app {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;

constexpr std::size_t bytes_at_once_max = 1 << 20;

const DescriptorPool& pool() { return *DescriptorPool::generated_pool(); }

std::string serialized(const FileDescriptor& file) {
  google::protobuf::FileDescriptorProto proto;
  file.CopyTo(&proto);
  return proto.SerializeAsString();
}

}  // namespace

void ServedFiles::add(const internal::ServiceInfo& contract) {
  services_.emplace(contract.name);
  add(*contract.file());
}

void ServedFiles::add(const FileDescriptor& file) {
  if (!files_.insert(&file).second) return;
  for (int i = 0; i < file.dependency_count(); ++i) add(*file.dependency(i));
}

ServedFiles::Files ServedFiles::with_imports(const FileDescriptor& file) const {
  Files serialized_files;
  std::size_t bytes = 0;
  std::vector<const FileDescriptor*> found = {&file};
  for (std::size_t i = 0; i < found.size(); ++i) {
    std::string next = serialized(*found[i]);
    bytes += next.size();
    if (i > 0 && bytes > bytes_at_once_max) break;
    serialized_files.push_back(std::move(next));
    for (int k = 0; k < found[i]->dependency_count(); ++k) {
      const FileDescriptor* import = found[i]->dependency(k);
      if (std::ranges::find(found, import) == found.end()) found.push_back(import);
    }
  }
  return serialized_files;
}

Result<ServedFiles::Files> ServedFiles::by_name(const std::string& name) const {
  const FileDescriptor* file = pool().FindFileByName(name);
  if (!has(file)) return not_found("no file " + name + " is served here");
  return with_imports(*file);
}

Result<ServedFiles::Files> ServedFiles::with_symbol(const std::string& symbol) const {
  const FileDescriptor* file = pool().FindFileContainingSymbol(symbol);
  if (!has(file)) return not_found("nothing that is called " + symbol + " is served here");
  return with_imports(*file);
}

Result<ServedFiles::Files> ServedFiles::with_extension(const std::string& type, int number) const {
  const Descriptor* message = pool().FindMessageTypeByName(type);
  const FieldDescriptor* extension = message != nullptr ? pool().FindExtensionByNumber(message, number) : nullptr;
  if (extension == nullptr || !has(extension->file())) {
    return not_found("nothing that is served here extends " + type + " by number " + std::to_string(number));
  }
  return with_imports(*extension->file());
}

Result<std::vector<int>> ServedFiles::extensions_of(const std::string& type) const {
  const Descriptor* message = pool().FindMessageTypeByName(type);
  if (message == nullptr || !has(message->file())) return not_found("no message " + type + " is served here");
  std::vector<const FieldDescriptor*> extensions;
  pool().FindAllExtensions(message, &extensions);
  std::vector<int> numbers;
  for (const FieldDescriptor* extension : extensions) {
    if (has(extension->file())) numbers.push_back(extension->number());
  }
  std::ranges::sort(numbers);
  return numbers;
}

}  // namespace holon::app
