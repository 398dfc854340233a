// Headers and messages of any kind: what is read can be written, and is read again as the same.
#include <algorithm>

#include "wire/fuzz.h"
#include "wire/grpc.h"

namespace holon::wire {
namespace {

/// Lines "name=value".
std::vector<HeaderView> headers_of(std::string_view text) {
  std::vector<HeaderView> headers;
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    std::size_t equals = std::min(line.find('='), line.size());
    headers.push_back({line.substr(0, equals), line.substr(std::min(equals + 1, line.size()))});
  }
  return headers;
}

std::size_t entries(const Metadata& metadata) {
  return static_cast<std::size_t>(std::distance(metadata.begin(), metadata.end()));
}

void read_and_write_again(Headers headers) {
  RequestHead head;
  if (read_request(headers, head)) return;
  RequestWriter writer;
  RequestHead again;
  auto wrong = read_request(writer.write(head.path, head.authority, head.timeout, head.trace, head.caller, head.hops,
                                         head.priority, head.metadata), again);
  fuzz_require(!wrong, "what was read can be written");
  fuzz_require(again.path == head.path && again.hops == head.hops && again.priority == head.priority &&
                   again.caller == head.caller && again.trace.traceparent() == head.trace.traceparent(),
               "what is written is read as the same");
  fuzz_require(head.timeout.has_value() == again.timeout.has_value(), "a timeout stays one");
  fuzz_require(entries(again.metadata) <= entries(head.metadata), "no metadata comes from nowhere");
}

void read_response_and_write_again(Headers headers) {
  ResponseHead head = read_response(headers, true);
  fuzz_require(head.status.has_value() || std::any_of(headers.begin(), headers.end(), [](const HeaderView& header) {
                 return header.name == ":status" && header.value.starts_with('1');
               }), "a response that ends has a status");
  if (!head.status || head.status->ok()) return;
  ResponseWriter writer;
  ResponseHead again = read_response(writer.trailers(*head.status, head.metadata), true);
  fuzz_require(again.status->code() == head.status->code(), "a code stays the same");
}

void cut_messages(std::string_view bytes, std::size_t piece) {
  MessageReader whole(1000);
  MessageReader cut(1000);
  bool whole_good = whole.feed(std::as_bytes(std::span(bytes))).ok();
  bool cut_good = true;
  std::vector<std::string> got;
  for (std::size_t at = 0; at < bytes.size() && cut_good; at += piece) {
    cut_good = cut.feed(std::as_bytes(std::span(bytes.substr(at, piece)))).ok();
    while (auto message = cut_good ? cut.next() : std::nullopt) got.emplace_back(*message);
  }
  fuzz_require(whole_good == cut_good, "cuts make no difference to what is refused");
  if (!whole_good) return;
  for (const std::string& message : got) fuzz_require(whole.next() == message, "cuts make no difference to messages");
  fuzz_require(!whole.next() && whole.partial() == cut.partial() && whole.buffered() == cut.buffered(),
               "nor to the rest");
}

void decode(std::string_view text) {
  if (auto bytes = base64_decode(text)) {
    fuzz_require(base64_decode(base64_encode(*bytes)) == *bytes, "base64 is reversible");
  }
  fuzz_require(percent_decode(percent_encode(text)) == text, "percent-encoding is reversible");
  if (auto timeout = decode_timeout(text)) {
    fuzz_require(*decode_timeout(encode_timeout(*timeout)) >= *timeout, "timeouts are rounded up");
  }
  if (auto trace = parse_traceparent(text)) {
    fuzz_require(parse_traceparent(trace->traceparent())->trace_id() == trace->trace_id(), "a trace id stays the same");
  }
}

}  // namespace

std::vector<std::string> fuzz_seeds() {
  std::string messages;
  for (std::size_t size : {0, 3, 200}) {
    append_prefix(messages, size);
    messages.append(size, 'm');
  }
  return {
      "\1:method=POST\n:path=/a.B/C\n:authority=a\ncontent-type=application/grpc\ngrpc-timeout=5S\nholon-hops=3\n"
      "holon-caller=a.B\nholon-priority=2\nx-key-bin=AAEC,/w==\nx-key=v\n"
      "traceparent=00-0123456789abcdeffedcba9876543210-00f067aa0ba902b7-01",
      "\1:status=200\ncontent-type=application/grpc\ngrpc-status=5\ngrpc-message=no%20such\n"
      "grpc-status-details-bin=CAU",
      "\1:status=503\n",
      "\3" + messages,
      "\1" "100000u",
      "\1" "00-0123456789abcdeffedcba9876543210-00f067aa0ba902b7-01",
  };
}

}  // namespace holon::wire

/// The first byte says how messages are cut.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace holon::wire;
  if (size == 0) return 0;
  std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  std::vector<HeaderView> headers = headers_of(input);
  read_and_write_again(headers);
  read_response_and_write_again(headers);
  cut_messages(input, 1 + data[0] % 16);
  decode(input);
  return 0;
}
