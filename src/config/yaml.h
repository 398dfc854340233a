// YAML as a tree that knows where each part stands, without YAML's traps: scalars stay the text that was written (`no`
// is "no", `010` is "010"), and duplicate keys, anchors, aliases, tags and deep nesting are refused. Sole user of
// yaml-cpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/problem.h"

namespace holon::config {

struct YamlNode {
  enum class Kind { null, scalar, list, map };

  Kind kind = Kind::null;
  Place place;
  std::string text;                                  ///< of a scalar
  std::vector<YamlNode> items;                       ///< of a list
  std::vector<std::pair<YamlNode, YamlNode>> entries;  ///< of a map, in order; keys are scalars and differ

  const YamlNode* find(std::string_view key) const;
};

/// The document; nothing, and at least one problem more, if it is not acceptable.
std::optional<YamlNode> parse_yaml(const std::string& text, Problems& problems);

}  // namespace holon::config
