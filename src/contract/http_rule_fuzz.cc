// Any text is a path template or says where it is none. What is one has variables that are parts of it, and its shape, which is
// a template too, matches the same: the shape's shape is itself.
#include "contract/http_rule.h"
#include "tests/fuzz/fuzz.h"

namespace holon::contract {
namespace {

void check_variables(const PathTemplate& path, std::string_view text) {
  std::size_t end = 0;
  for (const PathVariable& variable : path.variables()) {
    fuzz_require(variable.first >= end && variable.end > variable.first, "variables stand one after the other");
    fuzz_require(variable.end <= path.segments().size(), "a variable is a part of its path");
    fuzz_require(!variable.field.empty() && text[variable.column - 1] == '{', "a variable has a name, and a place");
    end = variable.end;
  }
  for (std::size_t i = 0; i + 1 < path.segments().size(); ++i) {
    fuzz_require(path.segments()[i].kind != PathSegment::Kind::rest, "nothing follows the rest");
  }
}

}  // namespace
}  // namespace holon::contract

std::vector<std::string> holon::fuzz_seeds() {
  return {"/", "/v1/{name=shelves/*/books/**}:read", "/v1/*/a%2Fb/{book.id}", "/v1/{a}/{b=x}/{c=**}", "/a:b%3Ac"};
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace holon::contract;
  using holon::fuzz_require;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto parsed = PathTemplate::parse(text);
  if (const auto* error = std::get_if<TemplateError>(&parsed)) {
    fuzz_require(error->column >= 1 && error->column <= size + 1 && !error->what.empty(), "an error has a place and a remedy");
    return 0;
  }
  const auto& path = std::get<PathTemplate>(parsed);
  check_variables(path, text);
  const auto again = PathTemplate::parse(path.shape());
  fuzz_require(std::holds_alternative<PathTemplate>(again), "a shape is a template");
  fuzz_require(std::get<PathTemplate>(again).shape() == path.shape(), "a shape's shape is itself");
  return 0;
}
