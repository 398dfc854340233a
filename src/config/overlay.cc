#include "config/overlay.h"

#include <algorithm>
#include <utility>

namespace holon::config {
namespace {

using Kind = YamlNode::Kind;

/// A map in which nothing is to be removed: nothing of it was there before.
void drop_nulls(YamlNode& map) {
  if (map.kind != Kind::map) return;
  std::erase_if(map.entries, [](const auto& entry) { return entry.value.kind == Kind::null; });
  for (auto& [key, value] : map.entries) drop_nulls(value);
}

}  // namespace

void lay_over(YamlNode& base, YamlNode overlay) {
  if (base.kind != Kind::map || overlay.kind != Kind::map) {
    drop_nulls(overlay);
    base = std::move(overlay);
    return;
  }
  for (auto& [key, value] : overlay.entries) {
    const auto same = [&name = key.text](const auto& entry) { return entry.key.text == name; };
    const auto found = std::ranges::find_if(base.entries, same);
    if (value.kind == Kind::null) {
      std::erase_if(base.entries, same);
    } else if (found != base.entries.end()) {
      lay_over(found->value, std::move(value));
    } else {
      drop_nulls(value);
      base.entries.push_back({std::move(key), std::move(value)});
    }
  }
}

}  // namespace holon::config
