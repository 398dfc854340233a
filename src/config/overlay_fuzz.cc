// Two files and values for their variables, all of them any text: one is laid over the other, variables are resolved, and what
// comes out is written and read again as the same. No value becomes more than the one text it is.
#include <algorithm>

#include "config/overlay.h"
#include "config/variables.h"
#include "tests/fuzz/fuzz.h"

namespace holon::config {
namespace {

constexpr char separator = '\x1F';  // between the base, the overlay and the value of ${V}; YAML refuses it

std::size_t nodes_of(const YamlNode& node) {
  std::size_t count = 1;
  for (const YamlNode& item : node.items) count += nodes_of(item);
  for (const auto& [key, value] : node.entries) count += nodes_of(value);
  return count;
}

void escape(YamlNode& node) {
  for (YamlNode& item : node.items) escape(item);
  for (auto& [key, value] : node.entries) escape(value);
  if (node.kind == YamlNode::Kind::scalar) node.text = escaped(node.text);
}

VariableSources sources_with(const std::string& value) {
  VariableSources sources;
  sources.value = [&value](const std::string& name) { return name == "V" ? std::optional(value) : std::nullopt; };
  sources.file = [&value](const std::string& path) -> Result<std::string> {
    return path == "f" ? Result<std::string>(value) : not_found("there is no " + path);
  };
  return sources;
}

void check(const std::string& base, const std::string& overlay, const std::string& value) {
  Problems problems;
  std::optional<YamlNode> root = parse_yaml(base, problems);
  std::optional<YamlNode> over = parse_yaml(overlay, problems, 1);
  fuzz_require(!problems.empty() || (root && over), "what is refused has a problem");
  if (!root || !over) return;
  lay_over(*root, std::move(*over));
  const std::size_t nodes = nodes_of(*root);
  resolve(*root, sources_with(value), problems);
  fuzz_require(nodes_of(*root) == nodes, "a value is one text, whatever is in it");
  for (const auto& [place, what] : problems) fuzz_require(!what.empty() && place.line >= 1, "a problem has a place");
  fuzz_require(parse_variables(value, 2, problems).size() <= value.size(), "a variable has a line");

  const std::string written = to_yaml(*root);
  if (written.size() > std::size_t{1} << 20) return;
  Problems none;
  std::optional<YamlNode> again = parse_yaml(written, none);
  fuzz_require(again && to_yaml(*again) == written, "what is written is read as the same");
  escape(*again);
  resolve(*again, sources_with(value), none);
  fuzz_require(none.empty() && to_yaml(*again) == written, "what is escaped is resolved to the same");
}

}  // namespace
}  // namespace holon::config

std::vector<std::string> holon::fuzz_seeds() {
  const std::string s(1, holon::config::separator);
  return {"app: shop\nservices: {cart: {program: c, replicas: 2}}\n" + s + "services: {cart: {replicas: ~}, ads: [a]}\n" +
          s + "x: {y",
          "a: ${V}\nb: '${NONE:-x}$$'\nc: [\"${V:?no}\", \"${file:f}\"]\n" + s + "{}" + s + "A=1\nB='2'\n# c\n",
          "{a: {b: {c: 1}}, d: \"\\x01\\\"\\\\\"}" + s + "a: {b: null}" + s + "${V}$$\n- no: ~"};
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const std::size_t first = std::min(text.find(holon::config::separator), text.size());
  const std::size_t second = std::min(text.find(holon::config::separator, first + 1), text.size());
  const std::string overlay = first < text.size() ? text.substr(first + 1, second - first - 1) : "{}";
  holon::config::check(text.substr(0, first), overlay, second < text.size() ? text.substr(second + 1) : "");
  return 0;
}
