#include "node/manifest_keys.h"

#include <google/protobuf/struct.pb.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include "config/reader.h"
#include "contract/json.h"
#include "env/environment.h"
#include "node/document.h"
#include "node/manifest.h"

namespace holon::node {
namespace {

using config::Key;
using config::Problems;
using config::YamlNode;

std::string content_of(const std::string& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

/// What stands in `file` of docs/ from `begin` on; with HOLON_UPDATE_GOLDEN set, `made` is put there first.
std::string committed(const std::string& file, const std::string& begin, const std::string& made) {
  const std::string path = std::string(HOLON_DOCS) + "/" + file;
  std::string text = content_of(path);
  const std::size_t at = std::min(text.find(begin), text.size());
  if (std::getenv("HOLON_UPDATE_GOLDEN") != nullptr) {
    text = text.substr(0, at) + made;
    std::ofstream(path) << text;
  }
  return text.substr(at);
}

TEST(ManifestKeys, TheCommittedSchemaIsTheirs) {
  EXPECT_TRUE(contract::check_json(manifest_schema()).ok());
  EXPECT_EQ(committed("holon.schema.json", "", manifest_schema()), manifest_schema())
      << "run node_test with HOLON_UPDATE_GOLDEN=1 to write it anew";
}

TEST(ManifestKeys, TheTablesOfTheDocsAreTheirs) {
  EXPECT_EQ(committed("manifest.md", "### The file\n", manifest_tables()), manifest_tables())
      << "run node_test with HOLON_UPDATE_GOLDEN=1 to write them anew";
}

TEST(ManifestKeys, AreEachDeclaredOnceBelowAKeyAndWithAMeaning) {
  std::set<std::string> paths;
  for (const Key& key : manifest_keys().all()) {
    EXPECT_TRUE(paths.insert(key.path).second) << key.path << " is there twice";
    EXPECT_FALSE(key.meaning.empty()) << key.path;
    const std::size_t slash = key.path.rfind('/');
    if (slash != std::string::npos) EXPECT_TRUE(paths.contains(key.path.substr(0, slash))) << key.path << " is below nothing";
  }
}

/// Whether a value is of a form, as the readers see it.
bool fits(const YamlNode& value, const Key& key) {
  if (value.kind == YamlNode::Kind::list) return key.is(Key::texts | Key::list | Key::or_list);
  if (value.kind == YamlNode::Kind::map) return key.is(Key::map | Key::named | Key::message);
  if (value.kind == YamlNode::Kind::null || key.is(Key::text)) return key.is(Key::text);
  if (key.is(Key::words) && std::ranges::find(key.choices, value.text) != key.choices.end()) return true;
  const std::optional<std::uint64_t> number = config::parse_number(value.text);
  return (key.is(Key::number) && number && *number >= key.least && *number <= key.most) ||
         (key.is(Key::boolean) && (value.text == "true" || value.text == "false")) ||
         (key.is(Key::duration) && config::parse_duration(value.text)) ||
         (key.is(Key::size) && config::parse_bytes(value.text)) || (key.is(Key::cores) && config::parse_cores(value.text));
}

TEST(ManifestKeys, DefaultsAndExamplesAreValuesOfTheirForms) {
  for (const Key& key : manifest_keys().all()) {
    EXPECT_TRUE(!key.example.empty() || key.name() == "*") << key.path << " has no example";
    EXPECT_FALSE(key.required && !key.otherwise.empty()) << key.path << " is required and has a default";
    for (const std::string& yaml : {key.otherwise, key.example}) {
      if (yaml.empty()) continue;
      Problems problems;
      const std::optional<YamlNode> value = config::parse_yaml(yaml, problems);
      ASSERT_TRUE(value.has_value()) << key.path << ": " << yaml;
      EXPECT_TRUE(fits(*value, key)) << key.path << ": " << yaml;
    }
  }
}

/// Every key of holon.yaml once, as its example has it: the readers know all that is declared.
TEST(ManifestKeys, AreAllKnownToTheReaders) {
  const std::vector<std::pair<std::string, std::string>> maps = {
      {"", "app: shop\nservices: {cart: {program: c}}\n"},
      {"services/*", "app: shop\nservices:\n  cart:\n    program: c\n"},
      {"services/*/health", "app: shop\nservices: {cart: {program: c, health: {"},
      {"services/*/resources", "app: shop\nservices: {cart: {program: c, resources: {"},
      {"placements/*/*", "app: shop\nservices: {cart: {program: c}}\nplacements: {p: {h: {"},
      {"limits", "app: shop\nservices: {cart: {program: c}}\nlimits: {"},
      {"dashboard", "app: shop\nservices: {cart: {program: c}}\ndashboard: {"},
      {"gateway", "app: shop\nservices: {cart: {program: c}}\ngateway: {"},
      {"gateway/limits", "app: shop\nservices: {cart: {program: c}}\ngateway: {limits: {"},
      {"gateway/routes", "app: shop\nservices: {cart: {program: c}}\ngateway: {routes: [{"},
  };
  for (const auto& [path, begin] : maps) {
    for (const Key* key : manifest_keys().children(path)) {
      const std::string name(key->name());
      std::string yaml = begin;
      if (path == "services/*") yaml += "    ";
      if (begin.find("    program") != std::string::npos && name == "program") continue;
      if (path.empty() && (name == "app" || name == "services")) continue;
      yaml += name + ": " + key->example;
      for (auto at = begin.rbegin(); at != begin.rend(); ++at) {
        if (begin.ends_with('{') && *at == '{') yaml += '}';
        if (begin.ends_with('{') && *at == '[') yaml += ']';
        if (*at == '\n') break;
      }
      Problems problems;
      const std::optional<YamlNode> root = config::parse_yaml(yaml, problems);
      ASSERT_TRUE(root.has_value()) << yaml << "\n" << config::to_text(problems, "yaml");
      read_manifest(*root, ".", env::os(), problems);
      EXPECT_EQ(config::to_text(problems, "yaml").find("is not known"), std::string::npos)
          << yaml << "\n" << config::to_text(problems, "yaml");
    }
  }
}

}  // namespace
}  // namespace holon::node
