#include "app/manifest.h"

#include <elf.h>
#include <google/protobuf/descriptor.h>
#include <link.h>

#include <cstring>
#include <set>

namespace holon::app {
namespace {

void add_file(const google::protobuf::FileDescriptor& file, google::protobuf::FileDescriptorSet& into,
              std::set<std::string>& known) {
  if (!known.insert(file.name()).second) return;
  for (int i = 0; i < file.dependency_count(); ++i) add_file(*file.dependency(i), into, known);
  auto& copy = *into.add_file();
  file.CopyTo(&copy);
  file.CopyJsonNameTo(&copy);
}

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
  std::set<std::string> files;
  assembly.each([&](const internal::ServiceInfo& contract, Service&) {
    node::v1::ManifestService& service = *manifest.add_services();
    service.set_name(short_name(contract.name));
    service.set_contract(std::string(contract.name));
    add_file(*contract.file(), *manifest.mutable_contracts(), files);
    std::set<std::string> calls;
    for (const internal::ServiceInfo* callee : assembly.calls_of(contract)) {
      if (!calls.insert(std::string(callee->name)).second) continue;
      service.add_calls(std::string(callee->name));
      add_file(*callee->file(), *manifest.mutable_contracts(), files);
    }
  });
  return manifest;
}

}  // namespace holon::app
