#include "frontend/form.h"

#include <cctype>
#include <charconv>
#include <optional>

#include "holon/try.h"
#include "table/table.h"

namespace shop {
namespace {

constexpr std::size_t largest_form = 64 * 1024;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view spaces = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(spaces);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(spaces) - begin + 1);
}

std::optional<char> hex_byte(std::string_view digits) {
  unsigned value = 0;
  if (digits.size() < 2) return std::nullopt;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + 2, value, 16);
  if (error != std::errc() || end != digits.data() + 2) return std::nullopt;
  return static_cast<char>(value);
}

holon::Result<std::string> decode(std::string_view encoded) {
  std::string text;
  for (std::size_t i = 0; i < encoded.size(); ++i) {
    if (encoded[i] != '%') {
      text += encoded[i] == '+' ? ' ' : encoded[i];
      continue;
    }
    const std::optional<char> byte = hex_byte(encoded.substr(i + 1));
    if (!byte) return holon::invalid_argument("the form has a % without two hexadecimal digits after it");
    text += *byte;
    i += 2;
  }
  return text;
}

}  // namespace

holon::Result<Form> Form::parse(const google::api::HttpBody& body) {
  if (!body.content_type().starts_with("application/x-www-form-urlencoded")) {
    return holon::invalid_argument("this takes forms, not \"" + body.content_type() + "\"");
  }
  if (body.data().size() > largest_form) return holon::resource_exhausted("the form is larger than 64 KiB");
  Form form;
  for (std::string_view field : split(body.data(), '&')) {
    if (field.empty()) continue;
    const std::size_t equals = std::min(field.find('='), field.size());
    std::string name = TRY(decode(field.substr(0, equals)));
    std::string value = TRY(decode(equals < field.size() ? field.substr(equals + 1) : ""));
    form.fields_.emplace(std::move(name), trimmed(value));
  }
  return form;
}

std::string_view Form::text(std::string_view field) const {
  auto found = fields_.find(field);
  return found == fields_.end() ? std::string_view() : found->second;
}

holon::Result<int> Form::number(std::string_view field, int least, int most) const {
  const std::string_view value = text(field);
  int number = 0;
  auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (value.empty() || error != std::errc() || end != value.data() + value.size() || number < least || number > most) {
    return holon::invalid_argument(std::string(field) + " is not a number from " + std::to_string(least) + " to " +
                                   std::to_string(most));
  }
  return number;
}

std::string_view cookie(std::string_view header, std::string_view name) {
  for (std::string_view pair : split(header, ';')) {
    pair = trimmed(pair);
    const bool found = pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=';
    if (found) return pair.substr(name.size() + 1);
  }
  return {};
}

std::string percent_encode(std::string_view text) {
  std::string encoded;
  for (unsigned char c : text) {
    if (c < 0x80 && (std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.' || c == '~')) {
      encoded += static_cast<char>(c);
    } else {
      encoded += {'%', "0123456789ABCDEF"[c >> 4], "0123456789ABCDEF"[c & 15]};
    }
  }
  return encoded;
}

}  // namespace shop
