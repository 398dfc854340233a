#include "config/problem.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace holon::config {

std::string to_text(Problems problems, std::string_view file) {
  return to_text(std::move(problems), std::vector{std::string(file)});
}

std::string to_text(Problems problems, const std::vector<std::string>& files) {
  std::ranges::stable_sort(problems, {}, [](const Problem& problem) {
    return std::tuple(problem.place.file, problem.place.line, problem.place.column);
  });
  std::string text;
  for (const auto& [place, what] : problems) {
    text += files.at(static_cast<std::size_t>(place.file)) + ":" + std::to_string(place.line) + ":" +
            std::to_string(place.column) + ": " + what + "\n";
  }
  return text;
}

}  // namespace holon::config
