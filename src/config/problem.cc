#include "config/problem.h"

#include <algorithm>
#include <utility>

namespace holon::config {

std::string to_text(Problems problems, std::string_view file) {
  std::ranges::stable_sort(problems, [](const Problem& a, const Problem& b) {
    return std::pair(a.place.line, a.place.column) < std::pair(b.place.line, b.place.column);
  });
  std::string text;
  for (const Problem& problem : problems) {
    text += std::string(file) + ":" + std::to_string(problem.place.line) + ":" + std::to_string(problem.place.column) +
            ": " + problem.what + "\n";
  }
  return text;
}

}  // namespace holon::config
