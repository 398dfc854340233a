// YAML as a tree that knows where each part stands, without YAML's traps: scalars stay the text that was written (`no`
// is "no", `010` is "010"), and duplicate keys, anchors, aliases, tags and deep nesting are refused. Sole user of
// yaml-cpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/problem.h"

namespace holon::config {

struct YamlNode {
  enum class Kind { null, scalar, list, map };
  struct Entry;

  Kind kind = Kind::null;
  Place place;
  std::string text;                                  ///< of a scalar
  std::string secret;                                ///< of a scalar with a secret in it: what is shown instead
  std::vector<YamlNode> items;                       ///< of a list
  std::vector<Entry> entries;                        ///< of a map, in order; keys are scalars and differ

  const YamlNode* find(std::string_view key) const;
};

struct YamlNode::Entry {
  YamlNode key;
  YamlNode value;
};

/// The document; nothing, and at least one problem more, if it is not acceptable.
/// @param file  which one it is, for the places
std::optional<YamlNode> parse_yaml(const std::string& text, Problems& problems, int file = 0);

/// The tree as a text that gives it again when it is read, by readers of YAML that guess, too: what one of them could take for
/// something else stands in quotes. Secrets are not left out.
std::string to_yaml(const YamlNode& root);

}  // namespace holon::config
