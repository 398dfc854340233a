#include "node/contract_files.h"

#include <google/protobuf/compiler/importer.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <set>

#include "env/disk.h"
#include "google/api/annotations.pb.h"
#include "google/api/httpbody.pb.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "holon/options.pb.h"

namespace holon::node {
namespace {

namespace fs = std::filesystem;
using google::protobuf::FileDescriptor;
using google::protobuf::io::ZeroCopyInputStream;

/// Owns the text that it gives.
class TextStream final : public ZeroCopyInputStream {
 public:
  explicit TextStream(std::string text) : text_(std::move(text)), stream_(text_.data(), static_cast<int>(text_.size())) {}
  bool Next(const void** data, int* size) override { return stream_.Next(data, size); }
  void BackUp(int count) override { stream_.BackUp(count); }
  bool Skip(int count) override { return stream_.Skip(count); }
  std::int64_t ByteCount() const override { return stream_.ByteCount(); }

 private:
  std::string text_;
  google::protobuf::io::ArrayInputStream stream_;
};

/// Contracts of this program that only contract files name: the linker keeps what something names.
void keep_own_contracts() {
  (void)google::api::HttpBody::descriptor();
  (void)google::api::HttpRule::descriptor();
  (void)google::rpc::ErrorInfo::descriptor();
  (void)google::rpc::Status::descriptor();
  (void)holon::MethodOptions::descriptor();
}

/// Files below the import directories; then those that this program has compiled in, as text again.
class Sources final : public google::protobuf::compiler::SourceTree {
 public:
  explicit Sources(std::vector<fs::path> directories) : directories_(std::move(directories)) {}

  ZeroCopyInputStream* Open(const std::string& name) override {
    if (Result<std::string> text = read(name); text.ok()) return new TextStream(std::move(*text));
    const auto* own = google::protobuf::DescriptorPool::generated_pool()->FindFileByName(name);
    return own != nullptr ? new TextStream(own->DebugString()) : nullptr;
  }

  Result<std::string> read(const std::string& name) const {
    for (const fs::path& directory : directories_) {
      Result<std::string> text = env::os().disk().read(directory / name);
      if (text.ok()) return text;
    }
    return not_found("there is no contract " + name);
  }

  /// A path as its importers would write it: relative to the first directory that has it.
  std::string name_of(const std::string& file) const {
    for (const fs::path& directory : directories_) {
      if (env::os().disk().size(directory / file).ok()) return file;
      const fs::path relative = fs::absolute(file).lexically_normal().lexically_relative(
          fs::absolute(directory).lexically_normal());
      const bool below = !relative.empty() && *relative.begin() != "..";
      if (below && env::os().disk().size(directory / relative).ok()) return relative;
    }
    return file;
  }

 private:
  std::vector<fs::path> directories_;
};

class Mistakes final : public google::protobuf::compiler::MultiFileErrorCollector {
 public:
  void AddError(const std::string& file, int line, int column, const std::string& what) override {
    text_ += (text_.empty() ? "" : "\n") + file;
    if (line >= 0) text_ += ":" + std::to_string(line + 1) + ":" + std::to_string(column + 1);
    text_ += ": " + what;
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

contract::Catalog::File copy_of(const FileDescriptor& file) {
  contract::Catalog::File copy;
  file.CopyTo(&copy);
  file.CopyJsonNameTo(&copy);
  file.CopySourceCodeInfoTo(&copy);
  // Options are of types that the importer made; by way of bytes they become those that this program knows.
  contract::Catalog::File known;
  known.ParseFromString(copy.SerializeAsString());
  return known;
}

/// What this program has compiled in, and lies in none of the directories, is given as compiled: its text was made from that.
void add(const FileDescriptor& file, const Sources& sources, contract::Catalog::Files& into, std::set<std::string>& seen) {
  if (!seen.insert(file.name()).second) return;
  for (int i = 0; i < file.dependency_count(); ++i) add(*file.dependency(i), sources, into, seen);
  const auto* own = google::protobuf::DescriptorPool::generated_pool()->FindFileByName(file.name());
  into.push_back(copy_of(own != nullptr && !sources.read(file.name()).ok() ? *own : file));
}

}  // namespace

Result<ContractFiles> read_contracts(const std::vector<std::string>& files, const std::vector<fs::path>& imports) {
  keep_own_contracts();
  Sources sources(imports.empty() ? std::vector<fs::path>{"."} : imports);
  Mistakes mistakes;
  google::protobuf::compiler::Importer importer(&sources, &mistakes);
  ContractFiles found;
  std::set<std::string> seen;
  for (const std::string& name : files) {
    const FileDescriptor* file = importer.Import(sources.name_of(name));
    if (file == nullptr) continue;
    add(*file, sources, found.files, seen);
    if (Result<std::string> text = sources.read(file->name()); text.ok()) found.texts[file->name()] = std::move(*text);
    for (int i = 0; i < file->service_count(); ++i) found.services.push_back(file->service(i)->full_name());
  }
  if (!mistakes.text().empty()) return invalid_argument(mistakes.text());
  return found;
}

}  // namespace holon::node
