#include "config/variables.h"

#include <algorithm>

#include "config/suggest.h"

namespace holon::config {
namespace {

constexpr std::size_t value_bytes_max = std::size_t{1} << 20;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

bool is_name(std::string_view text) {
  return !text.empty() && is_letter(text[0]) &&
         std::ranges::all_of(text, [](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

/// Puts values into one scalar after the other.
class Resolver {
 public:
  Resolver(const VariableSources& sources, Problems& problems) : sources_(sources), problems_(problems) {}

  void resolve(YamlNode& node) {
    for (YamlNode& item : node.items) resolve(item);
    for (auto& [key, value] : node.entries) resolve(value);
    if (node.kind == YamlNode::Kind::scalar && node.text.find('$') != std::string::npos) replace(node);
  }

 private:
  void replace(YamlNode& scalar) {
    const std::string written = scalar.text;
    std::string_view rest = written;
    std::string text;
    secret_ = false;
    while (!rest.empty()) {
      const std::size_t dollar = std::min(rest.find('$'), rest.size());
      text += rest.substr(0, dollar);
      rest.remove_prefix(dollar);
      if (!rest.empty()) text += take(rest, scalar.place);
    }
    if (text.size() > value_bytes_max) problem(scalar.place, "this value has become larger than 1 MiB");
    scalar.text = std::move(text);
    scalar.secret = secret_ ? written : "";
  }

  /// What stands for the begin of `rest`, which is a dollar; takes it off.
  std::string take(std::string_view& rest, Place place) {
    const char next = rest.size() > 1 ? rest[1] : ' ';
    if (next == '{') return take_braces(rest, place);
    if (is_letter(next)) problem(place, "a variable is written ${NAME}; write $$ for a dollar");
    rest.remove_prefix(next == '$' ? 2 : 1);
    return "$";
  }

  std::string take_braces(std::string_view& rest, Place place) {
    const std::size_t end = rest.find('}');
    if (end == rest.npos) {
      problem(place, "${ has no } after it; write $$ for a dollar");
      rest = {};
      return {};
    }
    const std::string_view inside = rest.substr(2, end - 2);
    rest.remove_prefix(end + 1);
    if (inside.starts_with("file:")) return content_of(std::string(inside.substr(5)), place);
    return inside.starts_with("secret:") ? secret_of(inside.substr(7), place) : value_of(inside, place);
  }

  /// What is shown is what is written, so there may be no other value in it.
  std::string secret_of(std::string_view inside, Place place) {
    secret_ = true;
    if (inside.find(":-") == inside.npos) return value_of(inside, place);
    problem(place, "${secret:" + std::string(inside) + "} would show a secret; write ${secret:NAME} or ${secret:NAME:?message}");
    return {};
  }

  std::string content_of(const std::string& path, Place place) {
    secret_ = true;
    Result<std::string> content = sources_.file(path);
    if (!content.ok()) {
      problem(place, "${file:" + path + "}: " + content.error().message());
      return {};
    }
    if (content->ends_with('\n')) content->pop_back();
    if (content->ends_with('\r')) content->pop_back();
    return std::move(*content);
  }

  std::string value_of(std::string_view inside, Place place) {
    const std::size_t colon = std::min(inside.find(':'), inside.size());
    const std::string name(inside.substr(0, colon));
    const std::string_view rule = inside.substr(colon);
    if (!is_name(name) || !(rule.empty() || rule.starts_with(":-") || rule.starts_with(":?"))) {
      problem(place, "${" + std::string(inside) + "} is none of ${NAME}, ${NAME:-otherwise}, ${NAME:?message}, ${secret:NAME}, " +
                         "${file:PATH}");
      return {};
    }
    const std::optional<std::string> value = sources_.value(name);
    if (rule.empty() && value) return *value;
    if (value && !value->empty()) return *value;
    if (rule.starts_with(":-")) return std::string(rule.substr(2));
    problem(place, rule.empty() ? unset(name) : "the variable " + name + " is not set: " + std::string(rule.substr(2)));
    return {};
  }

  std::string unset(const std::string& name) const {
    const std::string guess = suggestion(name, sources_.names());
    const bool near = guess.find("did you mean") != std::string::npos;
    return "the variable " + name + " is not set" + (near ? guess : "; set it, or write ${" + name + ":-otherwise}");
  }

  void problem(Place place, std::string what) { problems_.push_back({place, std::move(what)}); }

  const VariableSources& sources_;
  Problems& problems_;
  bool secret_ = false;  ///< whether the scalar at hand has one
};

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r";
  const std::size_t begin = std::min(text.find_first_not_of(blanks), text.size());
  text.remove_prefix(begin);
  return text.substr(0, text.find_last_not_of(blanks) + 1);
}

std::string_view without_quotes(std::string_view text) {
  const bool quoted = text.size() >= 2 && (text[0] == '"' || text[0] == '\'') && text.back() == text[0];
  return quoted ? text.substr(1, text.size() - 2) : text;
}

}  // namespace

void resolve(YamlNode& root, const VariableSources& sources, Problems& problems) { Resolver(sources, problems).resolve(root); }

std::map<std::string, std::string> parse_variables(std::string_view text, int file, Problems& problems) {
  std::map<std::string, std::string> variables;
  for (int line = 1; !text.empty(); ++line) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view written = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (written.empty() || written[0] == '#') continue;
    const std::size_t equals = std::min(written.find('='), written.size());
    const std::string name(trimmed(written.substr(0, equals)));
    const Place place{.line = line, .column = 1, .file = file};
    if (equals == written.size() || !is_name(name)) {
      problems.push_back({place, "a line is NAME=VALUE, or a # and a comment"});
    } else if (!variables.emplace(name, without_quotes(trimmed(written.substr(equals + 1)))).second) {
      problems.push_back({place, name + " is set twice; remove one"});
    }
  }
  return variables;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    out += text[i];
    if (text[i] == '$') out += '$';
  }
  return out;
}

}  // namespace holon::config
