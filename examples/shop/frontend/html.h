// HTML that cannot be injected into: whatever is put in is escaped, unless it is Html already.
//
//   Html item = html(R"(<li><a href="/product/{}">{}</a></li>)", product.id(), product.name());
//   page += item;
//
// `{}` takes the next argument: text escaped for element content and double-quoted attributes, Html as it is.
// The template is a literal: a wrong number of arguments does not compile.
#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <vector>

namespace shop {

class Html {
 public:
  Html() = default;
  Html& operator+=(const Html& more) {
    text_ += more.text_;
    return *this;
  }
  bool empty() const { return text_.empty(); }
  const std::string& text() const { return text_; }

  /// What is HTML already, by whoever vouches for it: files of this shop.
  static Html trusted(std::string_view html) {
    Html result;
    result.text_ = html;
    return result;
  }

 private:
  std::string text_;
};

std::string escape(std::string_view text);

namespace detail {

inline std::string piece(const Html& html) { return html.text(); }
inline std::string piece(std::string_view text) { return escape(text); }
template <std::integral N>
std::string piece(N number) {
  return std::to_string(number);
}

Html fill(std::string_view pattern, const std::vector<std::string>& pieces);

/// A literal whose `{}` were counted by the compiler.
template <std::size_t Count>
struct Pattern {
  template <std::size_t Size>
  consteval Pattern(const char (&literal)[Size]) : text(literal, Size - 1) {
    std::size_t found = 0;
    for (std::size_t at = 0; (at = text.find("{}", at)) != std::string_view::npos; at += 2) ++found;
    if (found != Count) throw "the number of arguments is not that of {}";
  }
  std::string_view text;
};

}  // namespace detail

template <class... Pieces>
Html html(detail::Pattern<sizeof...(Pieces)> pattern, const Pieces&... pieces) {
  return detail::fill(pattern.text, {detail::piece(pieces)...});
}

}  // namespace shop
