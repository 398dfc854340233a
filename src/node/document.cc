#include "node/document.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <map>

#include "config/overlay.h"
#include "config/reader.h"
#include "config/secrets.h"
#include "config/suggest.h"
#include "config/utf8.h"
#include "config/variables.h"
#include "env/disk.h"
#include "env/environment.h"
#include "node/manifest_keys.h"

namespace holon::node {
namespace {

namespace fs = std::filesystem;
using config::Problems;
using config::YamlNode;
using Kind = YamlNode::Kind;

constexpr std::uint64_t secret_bytes_max = 1 << 20;

/// "holon.production.yaml" beside "holon.yaml".
fs::path overlay_file(const fs::path& file, const std::string& overlay) {
  return file.parent_path() / (file.stem().string() + "." + overlay + file.extension().string());
}

/// The names of the overlays that are there.
std::vector<std::string> overlays_beside(env::Environment& world, const fs::path& file) {
  const std::string before = file.stem().string() + ".";
  const std::string after = file.extension().string();
  std::vector<std::string> names;
  for (const fs::path& path : world.disk().list(folder_of_file(file)).value_or({})) {
    const std::string name = path.filename().string();
    if (!name.starts_with(before) || !name.ends_with(after) || name.size() <= before.size() + after.size()) continue;
    names.push_back(name.substr(before.size(), name.size() - before.size() - after.size()));
  }
  std::ranges::sort(names);
  return names;
}

/// Gathers one document from its files.
class Loader {
 public:
  Loader(env::Environment& world, const DocumentFiles& files, Problems& problems)
      : world_(world), files_(files), base_(folder_of_file(files.file)), problems_(problems) {}

  Result<Document> load() {
    Result<std::string> text = world_.disk().read(files_.file);
    if (text.code() == Code::not_found) {
      return not_found("there is no " + files_.file.string() + " here; go where it is, or name it by -f FILE");
    }
    if (!text.ok()) return text.error();
    document_.root = parse(files_.file, *text);
    for (const std::string& overlay : files_.overlays) HOLON_TRY(add(overlay));
    refuse_nothing();
    if (usable_) resolve_variables();
    if (!usable_) document_.root = YamlNode();
    return std::move(document_);
  }

 private:
  int add_file(const fs::path& file) {
    document_.files.push_back(file.string());
    return static_cast<int>(document_.files.size()) - 1;
  }

  YamlNode parse(const fs::path& file, const std::string& text) {
    std::optional<YamlNode> root = config::parse_yaml(text, problems_, add_file(file));
    usable_ = usable_ && root;
    return root.value_or(YamlNode());
  }

  Result<void> add(const std::string& overlay) {
    const fs::path file = overlay_file(files_.file, overlay);
    Result<std::string> text = world_.disk().read(file);
    if (text.code() == Code::not_found) {
      const std::vector<std::string> known = overlays_beside(world_, files_.file);
      return not_found("there is no overlay " + file.string() + config::suggestion(overlay, known));
    }
    if (!text.ok()) return text.error();
    YamlNode over = parse(file, *text);
    if (over.kind == Kind::null) return {};
    if (over.kind == Kind::map) {
      config::lay_over(document_.root, std::move(over));
    } else {
      problems_.push_back({over.place, "an overlay has keys with values, as in `default: monolith`"});
    }
    return {};
  }

  void refuse_nothing() {
    if (!usable_ || document_.root.kind != Kind::null) return;
    problems_.push_back({config::Place(), "nothing is written here; begin with `app: NAME` and `services:`, or by `holon new app "
                                          "NAME`"});
    usable_ = false;
  }

  void resolve_variables() {
    config::VariableSources sources;
    sources.value = [this](const std::string& name) { return value(name); };
    sources.names = [this] { return names(); };
    sources.file = [this](const std::string& path) { return content(path); };
    // The names of the files have variables of the environment alone.
    if (YamlNode* files = find(document_.root, "variables")) {
      config::resolve(*files, sources, problems_);
      read_variables(*files);
    }
    for (auto& [key, part] : document_.root.entries) {
      if (key.text != "variables") config::resolve(part, sources, problems_);
    }
    hide_secrets();
  }

  /// Where people choose the keys, or their contracts do, and where the keys that there are may be for secrets.
  void hide_secrets() {
    if (YamlNode* cluster = find(document_.root, "cluster")) config::hide_by_name(*cluster);
    YamlNode* services = find(document_.root, "services");
    if (services == nullptr) return;
    for (auto& [name, service] : services->entries) {
      for (const char* key : {"environment", "settings", "config"}) {
        if (YamlNode* values = find(service, key)) config::hide_by_name(*values);
      }
    }
  }

  static YamlNode* find(YamlNode& map, std::string_view key) {
    for (auto& [name, value] : map.entries) {
      if (name.text == key) return &value;
    }
    return nullptr;
  }

  void read_variables(const YamlNode& files) {
    for (const config::Named& file : config::Reader(problems_).texts(files, "variables")) {
      if (file.text.empty()) continue;
      const fs::path path = base_ / file.text;
      Result<std::string> text = world_.disk().read(path);
      if (!text.ok()) {
        problems_.push_back({file.place, "variables: " + text.error().message()});
        continue;
      }
      for (auto& [name, value] : config::parse_variables(*text, add_file(path.lexically_normal()), problems_)) {
        variables_[name] = value;
      }
    }
  }

  std::optional<std::string> value(const std::string& name) const {
    if (const char* value = std::getenv(name.c_str())) return value;
    const auto found = variables_.find(name);
    return found == variables_.end() ? std::nullopt : std::optional(found->second);
  }

  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& [name, value] : variables_) names.push_back(name);
    for (char** entry = environ; *entry != nullptr; ++entry) {
      const std::string_view variable = *entry;
      names.emplace_back(variable.substr(0, variable.find('=')));
    }
    return names;
  }

  Result<std::string> content(const std::string& path) {
    const fs::path file = base_ / path;
    const std::uint64_t size = HOLON_TRY(world_.disk().size(file));
    if (size > secret_bytes_max) return invalid_argument(file.string() + " is larger than 1 MiB");
    std::string content = HOLON_TRY(world_.disk().read(file));
    if (!config::valid_utf8(content)) return invalid_argument(file.string() + " is no text in UTF-8");
    return content;
  }

  env::Environment& world_;
  const DocumentFiles& files_;
  fs::path base_;
  Problems& problems_;
  Document document_;
  bool usable_ = true;  ///< whether all of the files could be parsed
  std::map<std::string, std::string> variables_;
};

/// Writes each scalar as it has to be written to be read as this.
void unresolve(YamlNode& node) {
  for (YamlNode& item : node.items) unresolve(item);
  for (auto& [key, value] : node.entries) unresolve(value);
  if (node.kind == Kind::scalar) node.text = node.secret.empty() ? config::escaped(node.text) : node.secret;
}

}  // namespace

fs::path folder_of_file(const fs::path& file) { return file.has_parent_path() ? file.parent_path() : fs::path("."); }

Result<Document> load_document(env::Environment& world, const DocumentFiles& files, Problems& problems) {
  return Loader(world, files, problems).load();
}

std::string resolved_yaml(const Document& document) {
  YamlNode root = document.root;
  unresolve(root);
  config::fill_in(root, manifest_keys());
  return config::to_yaml(root);
}

void take_section(Document& document, const Document& other, const std::string& key) {
  const YamlNode* section = other.root.find(key);
  if (section == nullptr) return;
  for (auto& [name, value] : document.root.entries) {
    if (name.text == key) value = *section;
  }
}

std::string section_yaml(const Document& document, const std::string& key) {
  YamlNode root{.kind = Kind::map};
  const YamlNode* section = document.root.find(key);
  if (section != nullptr) root.entries.push_back({YamlNode{.kind = Kind::scalar, .text = key}, *section});
  return config::to_yaml(root);
}

}  // namespace holon::node
