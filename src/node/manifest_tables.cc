// The tables of docs/manifest.md.
#include "config/suggest.h"
#include "node/manifest_keys.h"

namespace holon::node {
namespace {

using config::Key;
using config::Keys;

/// "services.NAME.health"
std::string title_of(std::string_view path) {
  std::string title;
  for (char c : path) {
    if (c == '*') {
      title += title.ends_with("NAME.") ? "HOST" : "NAME";
    } else {
      title += c == '/' ? '.' : c;
    }
  }
  return title;
}

std::string quoted(const std::string& code) { return code.empty() ? "" : "`" + code + "`"; }

/// "What it grants its clients."
std::string sentence(std::string words) {
  if (words[0] >= 'a' && words[0] <= 'z') words[0] = static_cast<char>(words[0] - 'a' + 'A');
  return words + ".";
}

std::string number_of(const Key& key) {
  if (key.least > 0 && key.most < Key().most) return std::to_string(key.least) + " to " + std::to_string(key.most);
  return key.least > 0 ? "number from " + std::to_string(key.least) : "number";
}

/// "text, or a list of them"
std::string type_of(const Key& key) {
  std::vector<std::string> forms;
  if (key.is(Key::words)) {
    for (const std::string& choice : key.choices) forms.push_back(quoted(choice));
  }
  if (key.is(Key::text)) forms.emplace_back("text");
  if (key.is(Key::texts)) forms.emplace_back("list of texts");
  if (key.is(Key::number)) forms.push_back(number_of(key));
  if (key.is(Key::boolean)) forms.emplace_back("`true` or `false`");
  if (key.is(Key::duration)) forms.emplace_back("time");
  if (key.is(Key::size)) forms.emplace_back("size");
  if (key.is(Key::cores)) forms.emplace_back("decimal number");
  if (key.is(Key::map)) forms.emplace_back("map");
  if (key.is(Key::named)) forms.emplace_back("map of names");
  if (key.is(Key::message)) forms.emplace_back("message");
  std::string text;
  for (std::size_t i = 0; i < forms.size(); ++i) text += (i == 0 ? "" : ", ") + forms[i];
  if (key.is(Key::list)) return "list of: " + text;
  return text + (key.is(Key::or_list) ? "; or a list" : "");
}

std::string row_of(const Key& key) {
  std::string meaning = key.meaning;
  const bool alone = key.beside.empty() || (key.beside.size() == 1 && key.beside.front() == key.name());
  if (!alone) {
    std::vector<std::string> others;
    for (const std::string& other : key.beside) others.push_back(quoted(other));
    meaning += "; beside " + config::listed(others);
  }
  if (!key.apart.empty()) {
    std::vector<std::string> others;
    for (const std::string& other : key.apart) others.push_back(quoted(other));
    meaning += "; not beside " + config::listed(others);
  }
  const std::string otherwise = key.required ? "required" : quoted(key.otherwise);
  return "| `" + std::string(key.name()) + "` | " + type_of(key) + " | " + meaning + " | " + otherwise + " | " +
         quoted(key.example) + " |\n";
}

std::string table_of(const Keys& keys, const std::string& path) {
  std::string table = "| key | value | meaning | default | example |\n|---|---|---|---|---|\n";
  for (const Key* key : keys.children(path)) table += row_of(*key);
  return table;
}

}  // namespace

std::string manifest_tables() {
  const Keys& keys = manifest_keys();
  std::string text = "### The file\n" + table_of(keys, "");
  for (const Key& key : keys.all()) {
    if (!key.is(Key::map)) continue;
    text += "\n### `" + title_of(key.path) + "`\n" + sentence(key.meaning) + "\n";
    text += key.like.empty() ? "\n" + table_of(keys, key.path) : "The keys are those of `" + title_of(key.like) + "`";
    if (key.like.empty()) continue;
    std::string own;
    for (const Key* child : keys.children(key.path)) {
      if (child->path.starts_with(key.path + "/")) own += row_of(*child);
    }
    text += own.empty() ? ".\n" : ", and:\n\n| key | value | meaning | default | example |\n|---|---|---|---|---|\n" + own;
  }
  return text;
}

}  // namespace holon::node
