#include "config/yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>
#include <unordered_map>

#include "config/utf8.h"

namespace holon::config {
namespace {

constexpr std::size_t depth_max = 16;
constexpr std::size_t bytes_max = std::size_t{1} << 20;

/// What ends the parsing at once.
struct TooDeep {
  Place place;
};

/// Builds the tree from the parser's events.
class Builder final : public YAML::EventHandler {
 public:
  Builder(Problems& problems, int file) : problems_(problems), file_(file) {}

  YamlNode take() { return std::move(root_); }
  Place place_of(const YAML::Mark& mark) const { return {.line = mark.line + 1, .column = mark.column + 1, .file = file_}; }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add(node(YamlNode::Kind::null, mark, "", anchor));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    problem(place_of(mark), "an alias stands here; write the value out");
    add(YamlNode{.place = place_of(mark)});
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    YamlNode scalar = node(YamlNode::Kind::scalar, mark, tag, anchor);
    scalar.text = value;
    add(std::move(scalar));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(node(YamlNode::Kind::list, mark, tag, anchor));
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(node(YamlNode::Kind::map, mark, tag, anchor));
  }
  void OnMapEnd() override { close(); }

 private:
  /// A list or map that is not complete yet.
  struct Open {
    YamlNode node;
    std::optional<YamlNode> key;
    std::unordered_map<std::string, int> lines;  ///< of the keys that were there
  };

  // yaml-cpp's tags: "?" for plain, "!" for quoted; anything else was written by hand.
  YamlNode node(YamlNode::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    Place place = place_of(mark);
    if (anchor != 0) problem(place, "an anchor stands here; write the value out where it is needed");
    if (!tag.empty() && tag != "?" && tag != "!") problem(place, "a tag stands here; holon.yaml uses none");
    return YamlNode{.kind = kind, .place = place};
  }

  void open(YamlNode node) {
    if (open_.size() >= depth_max) throw TooDeep{node.place};
    open_.push_back({std::move(node), std::nullopt, {}});
  }

  void close() {
    YamlNode done = std::move(open_.back().node);
    open_.pop_back();
    add(std::move(done));
  }

  void add(YamlNode node) {
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    Open& parent = open_.back();
    if (parent.node.kind == YamlNode::Kind::list) {
      parent.node.items.push_back(std::move(node));
    } else if (!parent.key) {
      parent.key = checked_key(parent, std::move(node));
    } else {
      // The parser says of a value that is not there where the next one is.
      if (node.kind == YamlNode::Kind::null && node.place.line != parent.key->place.line) node.place = parent.key->place;
      parent.node.entries.push_back({std::move(*parent.key), std::move(node)});
      parent.key.reset();
    }
  }

  YamlNode checked_key(Open& map, YamlNode key) {
    if (key.kind != YamlNode::Kind::scalar) {
      problem(key.place, "a key has to be a word");
      return key;
    }
    const auto [earlier, is_new] = map.lines.emplace(key.text, key.place.line);
    if (!is_new) {
      problem(key.place, "`" + key.text + ":` is written twice, first in line " + std::to_string(earlier->second) + "; remove one");
    }
    return key;
  }

  void problem(Place place, std::string what) { problems_.push_back({place, std::move(what)}); }

  Problems& problems_;
  int file_;
  std::vector<Open> open_;
  YamlNode root_;
};

/// Where `text` stops being UTF-8.
std::optional<Place> place_of_no_utf8(std::string_view text, int file) {
  Place place{.line = 1, .column = 1, .file = file};
  while (!text.empty()) {
    const std::size_t size = utf8_character(text);
    if (size == 0) return place;
    ++place.column;
    if (text[0] == '\n') place = {.line = place.line + 1, .column = 1, .file = file};
    text.remove_prefix(size);
  }
  return std::nullopt;
}

/// The first tab among the blanks that begin a line, of the first `lines` lines.
std::optional<Place> place_of_tab(std::string_view text, int lines, int file) {
  for (int line = 1; line <= lines; ++line) {
    const std::string_view written = text.substr(0, text.find('\n'));
    const std::size_t blanks = std::min(written.find_first_not_of(" \t"), written.size());
    const std::size_t tab = written.substr(0, blanks).find('\t');
    if (tab != written.npos) return Place{.line = line, .column = static_cast<int>(tab) + 1, .file = file};
    text.remove_prefix(std::min(written.size() + 1, text.size()));
  }
  return std::nullopt;
}

void parse(const std::string& text, int file, Builder& builder, Problems& problems) {
  try {
    std::istringstream input(text);
    YAML::Parser parser(input);
    parser.HandleNextDocument(builder);
    Problems ignored;
    Builder second(ignored, file);
    if (parser.HandleNextDocument(second)) {
      problems.push_back({second.take().place, "a second document begins here; holon.yaml is one"});
    }
  } catch (const TooDeep& deep) {
    problems.push_back({deep.place, "this is nested more than " + std::to_string(depth_max) + " deep"});
  } catch (const YAML::Exception& error) {
    const Place place = builder.place_of(error.mark);
    if (const std::optional<Place> tab = place_of_tab(text, place.line, file)) {
      problems.push_back({*tab, "a tab stands here; YAML is indented by spaces alone"});
    } else {
      problems.push_back({place, "this is not YAML: " + error.msg});
    }
  }
}

}  // namespace

const YamlNode* YamlNode::find(std::string_view key) const {
  for (const auto& [name, value] : entries) {
    if (name.text == key) return &value;
  }
  return nullptr;
}

std::optional<YamlNode> parse_yaml(const std::string& text, Problems& problems, int file) {
  if (text.size() > bytes_max) {
    problems.push_back({Place{.file = file}, "the file is larger than 1 MiB"});
    return std::nullopt;
  }
  if (const std::optional<Place> place = place_of_no_utf8(text, file)) {
    problems.push_back({*place, "this is no text in UTF-8; save the file as UTF-8"});
    return std::nullopt;
  }
  const std::size_t before = problems.size();
  Builder builder(problems, file);
  parse(text, file, builder, problems);
  if (problems.size() > before) return std::nullopt;
  return builder.take();
}

}  // namespace holon::config
