// Keys: the declaration of what a file may say. From it come the keys that its reader knows, the schema for editors, the tables
// of its page in the docs, and what is filled in where nothing is said.
//
//   const Keys keys({{.path = "replicas", .forms = Key::number, .meaning = "how many run", .otherwise = "1", .example = "2"}});
//   if (!in.is_map(*root, "app.yaml", keys.below(""))) return;
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "config/yaml.h"

namespace holon::config {

/// A key, and what its value may be.
struct Key {
  enum Form : unsigned {
    text = 1,
    number = 2,    ///< whole, between `least` and `most`
    boolean = 4,
    duration = 8,  ///< "500ms"
    size = 16,     ///< "64KiB"
    cores = 32,    ///< "0.5"
    words = 64,    ///< one of `choices`
    map = 128,     ///< of the keys below it
    named = 256,   ///< of names that one chooses; what each has is declared below it as `*`
    message = 512,  ///< a map whose keys a contract declares
    texts = 1024,   ///< a list of texts
    list = 2048,    ///< a list of the others
    or_list = 4096,  ///< one of the others, or a list of them
  };

  std::string path;  ///< "services/*/health/period"
  unsigned forms = text;
  std::string meaning;
  std::string otherwise = {};  ///< the value that holds if it is left out, as YAML; empty: there is none
  std::string example = {};    ///< a value, as YAML
  bool required = false;
  std::vector<std::string> choices = {};
  std::vector<std::string> beside = {};  ///< it may stand only beside one of these; beside itself alone: see `variants`
  std::vector<std::string> apart = {};   ///< it may not stand beside any of these
  std::string like = {};                 ///< a path whose keys belong here too
  std::uint64_t least = 0;
  std::uint64_t most = std::numeric_limits<std::uint32_t>::max();

  bool is(unsigned form) const { return (forms & form) != 0; }
  std::string_view name() const { return std::string_view(path).substr(path.rfind('/') + 1); }
};

class Keys {
 public:
  explicit Keys(std::vector<Key> all) : all_(std::move(all)) {}

  const std::vector<Key>& all() const { return all_; }
  const Key* find(std::string_view path) const;
  /// The keys of the map at `path`, in the order they are declared; at "", those of the file.
  std::vector<const Key*> children(std::string_view path) const;
  /// Their names.
  std::vector<std::string> below(std::string_view path) const;
  /// Those that stand beside themselves alone, if there are several: the map has exactly one of them.
  std::vector<std::string> variants(std::string_view path) const;
  /// Their names, without those that may not stand beside `variant`.
  std::vector<std::string> below(std::string_view path, std::string_view variant) const;

 private:
  std::vector<Key> all_;
};

/// Writes what is left out and has a value all the same. What may stand only beside another key is left out where that is.
void fill_in(YamlNode& root, const Keys& keys);

}  // namespace holon::config
