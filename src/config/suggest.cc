#include "config/suggest.h"

#include <algorithm>
#include <numeric>

namespace holon::config {
namespace {

constexpr std::size_t listed_most = 20;

// Levenshtein's distance, by the row.
std::size_t distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < to.size(); ++j) {
      std::size_t replaced = diagonal + (from[i] == to[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string suggestion(std::string_view word, const std::vector<std::string>& known) {
  if (known.empty()) return {};
  const std::string& nearest = *std::min_element(known.begin(), known.end(), [&](const auto& a, const auto& b) {
    return distance(word, a) < distance(word, b);
  });
  if (distance(word, nearest) <= std::max<std::size_t>(1, (word.size() + 1) / 3)) {
    return "; did you mean " + nearest + "?";
  }
  if (known.size() <= listed_most) return "; there is " + listed(known);
  std::vector<std::string> first(known.begin(), known.begin() + listed_most);
  first.push_back(std::to_string(known.size() - listed_most) + " more");
  return "; there is " + listed(first);
}

std::string listed(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " and " : ", ";
    text += words[i];
  }
  return text;
}

}  // namespace holon::config
