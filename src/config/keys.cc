#include "config/keys.h"

#include <algorithm>

namespace holon::config {
namespace {

std::string_view parent_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == path.npos ? std::string_view() : path.substr(0, slash);
}

bool contains(const std::vector<std::string>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

/// Fills in what is below one path.
class Filler {
 public:
  explicit Filler(const Keys& keys) : keys_(keys) {}

  void fill(YamlNode& value, const Key& key) {
    if (value.kind == YamlNode::Kind::list && key.is(Key::list | Key::or_list)) {
      for (YamlNode& item : value.items) fill(item, key);
    } else if (value.kind == YamlNode::Kind::map && key.is(Key::map)) {
      fill_map(value, key.path);
    } else if (const Key* each = keys_.find(key.path + "/*"); value.kind == YamlNode::Kind::map && each != nullptr) {
      for (auto& [name, content] : value.entries) fill(content, *each);
    }
  }

  void fill_map(YamlNode& map, std::string_view path) {
    for (const Key* key : keys_.children(path)) {
      if (map.find(key->name()) == nullptr && !key->otherwise.empty() && may_stand(*key, map)) add(map, *key);
      for (auto& [name, content] : map.entries) {
        if (name.text == key->name()) fill(content, *key);
      }
    }
  }

 private:
  static bool may_stand(const Key& key, const YamlNode& map) {
    const auto is_there = [&](const std::string& other) { return map.find(other) != nullptr; };
    return key.beside.empty() || std::ranges::any_of(key.beside, is_there);
  }

  static void add(YamlNode& map, const Key& key) {
    Problems none;
    std::optional<YamlNode> value = parse_yaml(key.otherwise, none);
    if (!value) return;
    YamlNode name{.kind = YamlNode::Kind::scalar, .place = map.place, .text = std::string(key.name())};
    map.entries.push_back({std::move(name), std::move(*value)});
  }

  const Keys& keys_;
};

}  // namespace

const Key* Keys::find(std::string_view path) const {
  const auto found = std::ranges::find(all_, path, &Key::path);
  return found == all_.end() ? nullptr : &*found;
}

std::vector<const Key*> Keys::children(std::string_view path) const {
  std::vector<const Key*> found;
  for (const Key& key : all_) {
    if (!key.path.empty() && parent_of(key.path) == path && key.name() != "*") found.push_back(&key);
  }
  const Key* own = find(path);
  if (own == nullptr || own->like.empty()) return found;
  for (const Key* key : children(own->like)) {
    if (key != own) found.push_back(key);
  }
  return found;
}

std::vector<std::string> Keys::below(std::string_view path) const {
  std::vector<std::string> names;
  for (const Key* key : children(path)) names.emplace_back(key->name());
  return names;
}

std::vector<std::string> Keys::variants(std::string_view path) const {
  std::vector<std::string> names;
  for (const Key* key : children(path)) {
    if (key->beside.size() == 1 && key->beside.front() == key->name()) names.emplace_back(key->name());
  }
  return names.size() > 1 ? names : std::vector<std::string>();
}

std::vector<std::string> Keys::below(std::string_view path, std::string_view variant) const {
  std::vector<std::string> names;
  for (const Key* key : children(path)) {
    if (key->beside.empty() || contains(key->beside, variant)) names.emplace_back(key->name());
  }
  return names;
}

void fill_in(YamlNode& root, const Keys& keys) {
  if (root.kind == YamlNode::Kind::map) Filler(keys).fill_map(root, "");
}

}  // namespace holon::config
