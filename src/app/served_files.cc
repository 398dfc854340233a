#include "app/served_files.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>

#include <algorithm>

#include "contract/comments.h"

namespace holon::app {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;

constexpr std::size_t bytes_at_once_max = 1 << 20;

}  // namespace

void ServedFiles::add(const internal::ServiceInfo& contract) {
  services_.emplace(contract.name);
  comments_.add(contract);
  add(*contract.file());
}

void ServedFiles::add(const google::protobuf::ServiceDescriptor& service) {
  services_.insert(service.full_name());
  add(*service.file());
}

void ServedFiles::add(const FileDescriptor& file) {
  if (!files_.insert(&file).second) return;
  if (std::ranges::find(pools_, file.pool()) == pools_.end()) pools_.push_back(file.pool());
  for (int i = 0; i < file.dependency_count(); ++i) add(*file.dependency(i));
}

std::string ServedFiles::serialized(const FileDescriptor& file) const {
  google::protobuf::FileDescriptorProto proto;
  file.CopyTo(&proto);
  contract::add_comments(proto, [this](const std::string& name) { return comments_.of(name); });
  return proto.SerializeAsString();
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

template <class Find>
const FileDescriptor* ServedFiles::first(Find find) const {
  for (const DescriptorPool* pool : pools_) {
    if (const FileDescriptor* file = find(*pool); has(file)) return file;
  }
  return nullptr;
}

Result<ServedFiles::Files> ServedFiles::by_name(const std::string& name) const {
  const FileDescriptor* file = first([&](const DescriptorPool& pool) { return pool.FindFileByName(name); });
  if (file == nullptr) return not_found("no file " + name + " is served here");
  return with_imports(*file);
}

Result<ServedFiles::Files> ServedFiles::with_symbol(const std::string& symbol) const {
  const FileDescriptor* file = first([&](const DescriptorPool& pool) { return pool.FindFileContainingSymbol(symbol); });
  if (file == nullptr) return not_found("nothing that is called " + symbol + " is served here");
  return with_imports(*file);
}

Result<ServedFiles::Files> ServedFiles::with_extension(const std::string& type, int number) const {
  const FileDescriptor* file = first([&](const DescriptorPool& pool) -> const FileDescriptor* {
    const Descriptor* message = pool.FindMessageTypeByName(type);
    const FieldDescriptor* extension = message != nullptr ? pool.FindExtensionByNumber(message, number) : nullptr;
    return extension != nullptr ? extension->file() : nullptr;
  });
  if (file == nullptr) {
    return not_found("nothing that is served here extends " + type + " by number " + std::to_string(number));
  }
  return with_imports(*file);
}

Result<std::vector<int>> ServedFiles::extensions_of(const std::string& type) const {
  const FileDescriptor* file = first([&](const DescriptorPool& pool) -> const FileDescriptor* {
    const Descriptor* message = pool.FindMessageTypeByName(type);
    return message != nullptr ? message->file() : nullptr;
  });
  if (file == nullptr) return not_found("no message " + type + " is served here");
  std::vector<const FieldDescriptor*> extensions;
  file->pool()->FindAllExtensions(file->pool()->FindMessageTypeByName(type), &extensions);
  std::vector<int> numbers;
  for (const FieldDescriptor* extension : extensions) {
    if (has(extension->file())) numbers.push_back(extension->number());
  }
  std::ranges::sort(numbers);
  return numbers;
}

}  // namespace holon::app
