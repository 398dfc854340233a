#include "contract/catalog.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>

#include <algorithm>
#include <map>

namespace holon::contract {
namespace {

using google::protobuf::DescriptorPool;

/// Gathers what protobuf finds wrong in a file.
class Complaints final : public DescriptorPool::ErrorCollector {
 public:
  void AddError(const std::string&, const std::string& element, const google::protobuf::Message*, ErrorLocation,
                const std::string& message) override {
    text_ += (text_.empty() ? "" : "; ") + element + ": " + message;
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace

/// One `add`: files go into the pool after what they import.
class Catalog::Adding {
 public:
  Adding(DescriptorPool& pool, const Source& source) : pool_(pool), source_(source) {}

  void know(Files files) {
    for (File& file : files) waiting_.try_emplace(file.name(), std::move(file));
  }

  // The way down is a vector, not the stack: how far files import each other is the other side's choice.
  Result<void> build(const std::string& name) {
    std::vector<const File*> way;
    if (!known(name)) way.push_back(HOLON_TRY(find(name)));
    while (!way.empty()) {
      const std::string* missing = missing_import(*way.back());
      if (missing == nullptr) {
        HOLON_TRY(build(*way.back()));
        way.pop_back();
        continue;
      }
      const File* import = HOLON_TRY(find(*missing));
      if (std::ranges::find(way, import) != way.end()) {
        return invalid_argument("the contract " + *missing + " imports itself");
      }
      way.push_back(import);
    }
    return {};
  }

 private:
  bool known(const std::string& name) const { return pool_.FindFileByName(name) != nullptr; }

  const std::string* missing_import(const File& file) const {
    auto missing = std::ranges::find_if(file.dependency(), [this](const std::string& name) { return !known(name); });
    return missing == file.dependency().end() ? nullptr : &*missing;
  }

  Result<void> build(const File& file) {
    Complaints complaints;
    if (pool_.BuildFileCollectingErrors(file, &complaints) != nullptr) return {};
    return invalid_argument("the contract " + file.name() + " can't be used: " + complaints.text());
  }

  Result<const File*> find(const std::string& name) {
    auto found = waiting_.find(name);
    if (found != waiting_.end()) return &found->second;
    Result<Files> given = source_(name);
    if (given.ok()) know(std::move(*given));
    found = waiting_.find(name);
    if (found == waiting_.end()) {
      std::unique_ptr<File> own = own_file(name);
      if (own == nullptr) return given.ok() ? not_found("nobody has the contract " + name) : given.error();
      found = waiting_.try_emplace(name, std::move(*own)).first;
    }
    if (waiting_.size() > files_max) {
      return resource_exhausted("more than " + std::to_string(files_max) + " contract files belong together");
    }
    return &found->second;
  }

  DescriptorPool& pool_;
  const Source& source_;
  std::map<std::string, File> waiting_;  ///< stable: `build` points into it
};

Catalog::Catalog()
    : pool_(std::make_unique<DescriptorPool>()),
      factory_(std::make_unique<google::protobuf::DynamicMessageFactory>(pool_.get())),
      json_(std::make_unique<Json>(*pool_)) {}
Catalog::~Catalog() = default;
Catalog::Catalog(Catalog&&) noexcept = default;

Result<void> Catalog::add(Files files, const Source& source) {
  std::vector<std::string> names;
  for (const File& file : files) names.push_back(file.name());
  Adding adding(*pool_, source);
  adding.know(std::move(files));
  for (const std::string& name : names) HOLON_TRY(adding.build(name));
  return {};
}

std::unique_ptr<google::protobuf::Message> Catalog::make(const google::protobuf::Descriptor& type) const {
  return std::unique_ptr<google::protobuf::Message>(factory_->GetPrototype(&type)->New());
}

std::unique_ptr<Catalog::File> own_file(const std::string& name) {
  const google::protobuf::FileDescriptor* file = DescriptorPool::generated_pool()->FindFileByName(name);
  if (file == nullptr) return nullptr;
  auto copy = std::make_unique<Catalog::File>();
  file->CopyTo(copy.get());
  return copy;
}

}  // namespace holon::contract
