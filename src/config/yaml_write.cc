#include <yaml-cpp/emitter.h>
#include <yaml-cpp/emittermanip.h>

#include <algorithm>
#include <cctype>

#include "config/yaml.h"

namespace holon::config {
namespace {

using Kind = YamlNode::Kind;

bool is_plain_character(unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '/' || c == '.' || c == '-'; }

/// What some reader takes for a truth or for nothing.
bool is_word_of_yaml(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const auto known = {"null", "yes", "no", "on", "off", "y", "n"};
  return std::ranges::any_of(known, [&](const char* word) { return text == word; });
}

/// Decimal as everybody reads it: no leading zero, no other base, not too long.
bool is_plain_number(const std::string& text) {
  const std::size_t dot = std::min(text.find('.'), text.size());
  const std::string whole = text.substr(0, dot);
  const std::string part = dot == text.size() ? "0" : text.substr(dot + 1);
  const auto digits = [](const std::string& some) {
    return !some.empty() && some.size() <= 15 && some.find_first_not_of("0123456789") == std::string::npos;
  };
  return digits(whole) && digits(part) && (whole.size() == 1 || whole[0] != '0');
}

/// "5s", "256MiB": digits and then letters are no number of any reader's, other than "0x…" and "1e3".
bool is_measure(const std::string& text) {
  const std::size_t digits = text.find_first_not_of("0123456789");
  const bool begins = text[0] >= '1' && text[0] <= '9' && digits != std::string::npos;
  return begins && std::ranges::all_of(text.substr(digits), [](unsigned char c) { return std::isalpha(c) != 0; });
}

bool is_plain(const std::string& text) {
  if (text.empty() || !std::ranges::all_of(text, is_plain_character) || is_word_of_yaml(text)) return false;
  const bool begins_as_word = std::isalpha(static_cast<unsigned char>(text[0])) != 0 || text[0] == '/';
  return begins_as_word || is_plain_number(text) || is_measure(text);
}

void write(YAML::Emitter& out, const YamlNode& node);

void write_text(YAML::Emitter& out, const std::string& text) {
  if (!is_plain(text)) out << YAML::DoubleQuoted;
  out << text;
}

void write_list(YAML::Emitter& out, const YamlNode& list) {
  if (list.items.empty()) out << YAML::Flow;
  out << YAML::BeginSeq;
  for (const YamlNode& item : list.items) write(out, item);
  out << YAML::EndSeq;
}

void write_map(YAML::Emitter& out, const YamlNode& map) {
  if (map.entries.empty()) out << YAML::Flow;
  out << YAML::BeginMap;
  for (const auto& [key, value] : map.entries) {
    out << YAML::Key;
    write_text(out, key.text);
    out << YAML::Value;
    write(out, value);
  }
  out << YAML::EndMap;
}

void write(YAML::Emitter& out, const YamlNode& node) {
  switch (node.kind) {
    case Kind::null:
      out << YAML::Null;
      break;
    case Kind::scalar:
      write_text(out, node.text);
      break;
    case Kind::list:
      write_list(out, node);
      break;
    case Kind::map:
      write_map(out, node);
      break;
  }
}

}  // namespace

std::string to_yaml(const YamlNode& root) {
  YAML::Emitter out;
  write(out, root);
  return std::string(out.c_str(), out.size()) + "\n";
}

}  // namespace holon::config
