// Names: those that an object has had so far, to find one that comes twice.
#pragma once

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace holon::contract {

class Names {
 public:
  /// False if it is there already.
  bool add(std::string_view name) {
    if (many_.empty()) {
      if (std::ranges::find(few_, name) != few_.end()) return false;
      if (few_.size() < few_max) {
        few_.emplace_back(name);
        return true;
      }
      many_.insert(few_.begin(), few_.end());
    }
    return many_.emplace(name).second;
  }

 private:
  static constexpr std::size_t few_max = 12;

  std::vector<std::string> few_;
  std::set<std::string, std::less<>> many_;  ///< a tree, since names that share a hash are easily made
};

}  // namespace holon::contract
