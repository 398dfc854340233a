// The comments of contracts, as generated code brings them along: descriptors that are compiled in have none.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "holon/generated.h"

namespace holon::app {

class CompiledComments {
 public:
  void add(const internal::ServiceInfo& contract) {
    for (const internal::Comment& comment : contract.comments) texts_.emplace(comment.name, comment.text);
  }
  /// Of the element with this full name; empty if it has none.
  std::string_view of(const std::string& full_name) const {
    auto found = texts_.find(full_name);
    return found == texts_.end() ? std::string_view() : found->second;
  }

 private:
  std::unordered_map<std::string_view, std::string_view> texts_;
};

}  // namespace holon::app
