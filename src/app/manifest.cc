#include "app/manifest.h"

#include <elf.h>
#include <google/protobuf/descriptor.h>
#include <link.h>

#include <cstring>
#include <set>
#include <vector>

#include "app/compiled_comments.h"
#include "contract/comments.h"

namespace holon::app {
namespace {

/// The files of contracts, each once, after what it imports.
class Files {
 public:
  void add(const internal::ServiceInfo& contract) {
    comments_.add(contract);
    add(*contract.file());
  }

  void add(const google::protobuf::FileDescriptor& file) {
    if (!known_.insert(&file).second) return;
    for (int i = 0; i < file.dependency_count(); ++i) add(*file.dependency(i));
    files_.push_back(&file);
  }

  void write(google::protobuf::FileDescriptorSet& into) const {
    for (const google::protobuf::FileDescriptor* file : files_) {
      auto& copy = *into.add_file();
      file->CopyTo(&copy);
      file->CopyJsonNameTo(&copy);
      contract::add_comments(copy, [this](const std::string& name) { return comments_.of(name); });
    }
  }

 private:
  CompiledComments comments_;
  std::vector<const google::protobuf::FileDescriptor*> files_;
  std::set<const google::protobuf::FileDescriptor*> known_;
};

// The linker's note in the executable: equal for equal builds.
int find_build_id(dl_phdr_info* info, std::size_t, void* into) {
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const ElfW(Phdr)& header = info->dlpi_phdr[i];
    if (header.p_type != PT_NOTE) continue;
    const char* at = reinterpret_cast<const char*>(info->dlpi_addr + header.p_vaddr);
    const char* end = at + header.p_memsz;
    while (at + sizeof(ElfW(Nhdr)) <= end) {
      ElfW(Nhdr) note;
      std::memcpy(&note, at, sizeof note);
      const char* name = at + sizeof note;
      const char* content = name + ((note.n_namesz + 3) & ~3u);
      if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && std::memcmp(name, "GNU", 4) == 0) {
        static_cast<std::string*>(into)->assign(content, note.n_descsz);
        return 1;
      }
      at = content + ((note.n_descsz + 3) & ~3u);
    }
  }
  return 1;  // the executable is the first: look no further
}

std::string build_id() {
  std::string bytes;
  dl_iterate_phdr(find_build_id, &bytes);
  std::string hex;
  for (unsigned char byte : bytes) {
    constexpr char digits[] = "0123456789abcdef";
    hex += digits[byte >> 4];
    hex += digits[byte & 15];
  }
  return hex;
}

}  // namespace

node::v1::Manifest manifest_of(const Assembly& assembly) {
  node::v1::Manifest manifest;
  manifest.set_build_id(build_id());
  Files files;
  assembly.each([&](const internal::ServiceInfo& contract, Service&) {
    node::v1::ManifestService& service = *manifest.add_services();
    service.set_name(short_name(contract.name));
    service.set_contract(std::string(contract.name));
    files.add(contract);
    if (const google::protobuf::Descriptor* config = assembly.config_of(contract)) {
      service.set_config(config->full_name());
      files.add(*config->file());
    }
    std::set<std::string> calls;
    for (const internal::ServiceInfo* callee : assembly.calls_of(contract)) {
      if (!calls.insert(std::string(callee->name)).second) continue;
      service.add_calls(std::string(callee->name));
      files.add(*callee);
    }
  });
  files.write(*manifest.mutable_contracts());
  return manifest;
}

}  // namespace holon::app
