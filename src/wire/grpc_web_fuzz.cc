// gRPC-Web of any kind: how the base64 of a body is cut makes no difference, and what ends a body is lines.
#include <algorithm>

#include "tests/fuzz/fuzz.h"
#include "wire/grpc_web.h"

namespace holon::wire {
namespace {

struct Decoded {
  bool good = true;
  std::string bytes;
  bool partial = false;
};

Decoded decode(std::string_view text, std::size_t piece) {
  Base64Reader reader;
  Decoded decoded;
  for (std::size_t at = 0; at < text.size(); at += piece) {
    decoded.good = reader.feed(text.substr(at, piece), decoded.bytes);
  }
  decoded.partial = reader.partial();
  return decoded;
}

void cut_base64(std::string_view text, std::size_t piece) {
  const Decoded whole = decode(text, text.size() + 1);
  const Decoded cut = decode(text, piece);
  fuzz_require(whole.good == cut.good && whole.bytes == cut.bytes, "cuts make no difference");
  fuzz_require(whole.bytes.size() <= text.size() / 4 * 3, "four digits are three bytes at most");
  if (!whole.good || whole.partial) return;
  std::string again;
  append_base64(again, whole.bytes);
  const Decoded back = decode(again, piece);
  fuzz_require(back.good && !back.partial && back.bytes == whole.bytes, "base64 is reversible");
}

/// Each line "name: value", names lower-case, values printable: no trailer can pass for another.
void require_lines(std::string_view lines) {
  while (!lines.empty()) {
    const std::size_t end = lines.find("\r\n");
    fuzz_require(end != std::string_view::npos, "a line has an end");
    const std::string_view line = lines.substr(0, end);
    const std::size_t colon = line.find(": ");
    fuzz_require(colon != std::string_view::npos && colon > 0, "a line has a name and a value");
    for (char c : line) fuzz_require(c >= 0x20 && c <= 0x7e, "a line is printable");
    lines.remove_prefix(end + 2);
  }
}

void end_body(std::string_view input) {
  Metadata trailers;
  const std::size_t half = input.size() / 2;
  trailers.add("x-text", std::string(input.substr(0, half)));
  trailers.add("x-bytes-bin", std::string(input.substr(half)));
  trailers.add(input.substr(0, input.size() % 20), "value");
  const Error error(static_cast<Code>(1 + input.size() % 16), std::string(input), std::string(input));
  std::string body;
  WebResponseWriter().append_end(body, error, trailers);
  fuzz_require(body.size() > prefix_bytes && body[0] == web_trailers_flag, "trailers have their flag");
  require_lines(std::string_view(body).substr(prefix_bytes));
}

/// The heads of answers are what their names say, and no field of theirs breaks a line.
void begin_body(std::string_view input) {
  Metadata metadata;
  metadata.add("x-text", std::string(input));
  WebResponseWriter writer;
  auto has = [](Headers headers, std::string_view name, std::string_view value) {
    return std::count_if(headers.begin(), headers.end(),
                         [&](const HeaderView& header) { return header.name == name && header.value == value; }) == 1;
  };
  const bool text_form = input.size() % 2 == 0;
  const Encoding encoding = input.size() % 3 == 0 ? Encoding::gzip : Encoding::identity;
  writer.head(text_form ? Form::web_text : Form::web, metadata, encoding);
  Headers head = writer.with("vary", "origin");
  fuzz_require(has(head, ":status", "200") && has(head, "vary", "origin"), "a field that is added is there, once");
  fuzz_require(has(head, "content-type", text_form ? "application/grpc-web-text+proto" : "application/grpc-web+proto"),
               "an answer says its form");
  fuzz_require(has(head, "grpc-encoding", "gzip") == (encoding == Encoding::gzip), "an answer says its encoding");
  for (const HeaderView& header : head) {
    for (char c : header.value) fuzz_require(c >= 0x20 && c <= 0x7e, "a value is printable");
  }
  const int status = input.size() % 2 == 0 ? 405 : 415;
  Headers plain = writer.plain(status, Error(Code::unimplemented, std::string(input)));
  fuzz_require(has(plain, ":status", std::to_string(status)) && has(plain, "grpc-status", "12"), "a refusal has both statuses");
  fuzz_require(has(plain, "allow", "POST, OPTIONS") == (status == 405), "405 says what is allowed");
  Headers preflight = writer.preflight("https://shop", input);
  fuzz_require(has(preflight, "access-control-allow-methods", "POST"), "a page may call");
  fuzz_require(input.empty() || has(preflight, "access-control-allow-headers", input), "a page may say what it asked to say");
}

void read_form(std::string_view content_type, std::string_view accept) {
  const HeaderView request[] = {
      {":method", "POST"}, {":path", "/a.B/C"}, {"content-type", content_type}, {"accept", accept}};
  RequestHead head;
  if (read_request(request, head)) return;
  fuzz_require((head.form == Form::grpc) == (head.answer_form == Form::grpc), "an answer is of its request's kind");
}

}  // namespace
}  // namespace holon::wire

std::vector<std::string> holon::fuzz_seeds() {
  using namespace wire;
  std::string flushed;
  for (const char* piece : {"f", "foobar", "fo"}) append_base64(flushed, piece);
  return {
      "\1" + flushed,
      "\3Zm9vYmFy",
      "\2Zg==Zm8=Zm9v",
      "\1 application/grpc-web-text+proto",
      "\4 application/grpc-web",
      "\1 50% of\r\ngrpc-status: 0\r\n",
  };
}

/// The first byte says how the rest is cut.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace holon::wire;
  if (size == 0) return 0;
  std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  cut_base64(input, 1 + data[0] % 16);
  begin_body(input);
  end_body(input);
  std::string_view type = input.substr(std::min<std::size_t>(1, input.size()));
  read_form(type, "application/grpc-web-text");
  read_form("application/grpc-web", type);
  return 0;
}
