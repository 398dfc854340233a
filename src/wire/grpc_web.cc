#include "wire/grpc_web.h"

#include <array>
#include <limits>

namespace holon::wire {
namespace {

constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<std::int8_t, 256> make_values() {
  std::array<std::int8_t, 256> values{};
  values.fill(-1);
  for (std::size_t i = 0; i < digits.size(); ++i) values[static_cast<unsigned char>(digits[i])] = static_cast<std::int8_t>(i);
  return values;
}
constexpr std::array<std::int8_t, 256> values = make_values();

std::string_view content_type(Form form) {
  return form == Form::web_text ? "application/grpc-web-text+proto" : "application/grpc-web+proto";
}

}  // namespace

void append_base64(std::string& out, std::string_view bytes) {
  out.reserve(out.size() + (bytes.size() + 2) / 3 * 4);
  auto byte = [&](std::size_t i) -> std::uint32_t { return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0; };
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::uint32_t group = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
    out += digits[group >> 18];
    out += digits[group >> 12 & 63];
    out += i + 1 < bytes.size() ? digits[group >> 6 & 63] : '=';
    out += i + 2 < bytes.size() ? digits[group & 63] : '=';
  }
}

bool Base64Reader::feed(std::string_view text, std::string& out) {
  out.reserve(out.size() + text.size() / 4 * 3 + 3);
  for (char c : text) {
    if (wrong_ || !take(c, out)) wrong_ = true;
  }
  return !wrong_;
}

// A group of four digits is three bytes; the last one or two digits may be padding, which stands for a byte less each.
bool Base64Reader::take(char c, std::string& out) {
  const int value = c == '=' ? 0 : values[static_cast<unsigned char>(c)];
  if (value < 0 || (c != '=' && padding_ > 0)) return false;
  if (c == '=') ++padding_;
  kept_ = kept_ << 6 | static_cast<std::uint32_t>(value);
  if (++digits_ < 4) return true;
  if (padding_ > 2) return false;
  for (unsigned i = 0; i < 3 - padding_; ++i) out += static_cast<char>(kept_ >> (16 - 8 * i) & 255);
  kept_ = 0;
  digits_ = 0;
  padding_ = 0;
  return true;
}

Headers WebResponseWriter::head(Form form, const Metadata& metadata, Encoding encoding) {
  begin();
  add(":status", "200");
  add("content-type", content_type(form));
  add("grpc-accept-encoding", accepted_encodings);
  if (encoding == Encoding::gzip) add("grpc-encoding", "gzip");
  add_metadata(metadata);
  return views_;
}

Headers WebResponseWriter::with(std::string_view name, std::string_view value) {
  add(name, value);
  return views_;
}

Headers WebResponseWriter::plain(int http_status, const Error& error) {
  begin();
  add(":status", text() = std::to_string(http_status));
  add("content-type", "text/plain; charset=utf-8");
  if (http_status == 405) add("allow", "POST, OPTIONS");
  add_status(error, ResponseWriter::list_bytes_default);
  return views_;
}

Headers WebResponseWriter::preflight(std::string_view origin, std::string_view headers) {
  constexpr std::string_view two_hours = "7200";  // browsers keep it no longer
  begin();
  add(":status", "204");
  add("access-control-allow-origin", origin);
  add("access-control-allow-methods", "POST");
  if (!headers.empty()) add("access-control-allow-headers", headers);
  add("access-control-max-age", two_hours);
  add("vary", "origin");
  return views_;
}

void WebResponseWriter::append_end(std::string& out, const Result<void>& status, const Metadata& trailers) {
  begin();
  add_metadata(trailers);
  add_status(status, std::numeric_limits<std::size_t>::max());
  const std::size_t start = out.size();
  append_prefix(out, 0);
  const std::size_t body = out.size();
  for (const HeaderView& line : views_) out.append(line.name).append(": ").append(line.value).append("\r\n");
  write_prefix(out.data() + start, web_trailers_flag, out.size() - body);
}

}  // namespace holon::wire
