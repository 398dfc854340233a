#include "frontend/html.h"

namespace shop {

std::string escape(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size());
  for (char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

namespace detail {

Html fill(std::string_view pattern, const std::vector<std::string>& pieces) {
  std::string text;
  for (const std::string& piece : pieces) {
    const std::size_t next = pattern.find("{}");  // there is one: Pattern counted
    text += pattern.substr(0, next);
    text += piece;
    pattern.remove_prefix(next + 2);
  }
  return Html::trusted(text.append(pattern));
}

}  // namespace detail

}  // namespace shop
