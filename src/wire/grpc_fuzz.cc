// Headers and messages of any kind: what is read can be written, and is read again as the same.
#include <google/protobuf/wrappers.pb.h>

#include <algorithm>

#include "tests/fuzz/fuzz.h"
#include "wire/grpc.h"
#include "wire/gzip.h"

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
  auto wrong = read_request(writer.write({.method = head.path.substr(1),
                                          .origin = {"a", "http"},
                                          .timeout = head.timeout,
                                          .trace = head.trace,
                                          .caller = head.caller,
                                          .hops = head.hops,
                                          .priority = head.priority,
                                          .metadata = head.metadata}).fields(),
                            again);
  fuzz_require(!wrong, "what was read can be written");
  fuzz_require(again.path == head.path && again.hops == head.hops && again.priority == head.priority &&
                   again.caller == head.caller && again.trace.traceparent() == head.trace.traceparent(),
               "what is written is read as the same");
  fuzz_require(head.timeout.has_value() == again.timeout.has_value(), "a timeout stays one");
  fuzz_require(entries(again.metadata) <= entries(head.metadata), "no metadata comes from nowhere");
}

bool equal(const Metadata& a, const Metadata& b) { return std::equal(a.begin(), a.end(), b.begin(), b.end()); }

bool equal(const std::optional<Result<void>>& a, const std::optional<Result<void>>& b) {
  if (!a || !b || a->ok() || b->ok()) return a.has_value() == b.has_value() && (!a || a->ok() == b->ok());
  return a->error().to_string() == b->error().to_string() && a->error().details() == b->error().details();
}

/// A beginning that was remembered means what it meant when it was read.
void read_remembered(Headers headers, std::size_t remembered) {
  RequestHead plain;
  std::optional<BadRequest> bad = read_request(headers, plain);
  HeaderMemo memo;
  memo.fields = std::min(remembered, headers.size());
  for (int time = 0; time < 2; ++time) {
    RequestHead head;
    std::optional<BadRequest> again = read_request(headers, &memo, head);
    fuzz_require(bad.has_value() == again.has_value(), "a remembered request is good or bad as before");
    fuzz_require(!bad || (bad->http_status == again->http_status && bad->error.message() == again->error.message()),
                 "a remembered request is bad for the same reason");
    fuzz_require(head.path == plain.path && head.timeout == plain.timeout && head.caller == plain.caller &&
                     head.hops == plain.hops && head.form == plain.form && equal(head.metadata, plain.metadata),
                 "a remembered request is the same");
  }
  HeaderMemo of_response;
  of_response.fields = headers.size();
  for (bool end : {true, true, false}) {
    ResponseHead head = read_response(headers, &of_response, end);
    fuzz_require(equal(head.status, read_response(headers, end).status), "a remembered response is the same");
  }
}

/// All blocks that a server writes are read as what was put in.
void write_responses(const Metadata& metadata, std::string_view text, std::size_t list_bytes_max) {
  ResponseWriter writer;
  writer.bound(list_bytes_max);
  for (Encoding encoding : {Encoding::identity, Encoding::gzip}) {
    ResponseHead head = read_response(writer.headers(metadata, encoding).fields(), false);
    fuzz_require(!head.status && head.encoding == encoding, "an answer begins without a status");
  }
  fuzz_require(read_response(writer.trailers({}, metadata).fields(), true).status->ok(), "success stays success");
  const Error error(Code::aborted, std::string(text), std::string(text));
  for (bool only : {true, false}) {
    OutgoingHeaders block = only ? writer.trailers_only(error, metadata, metadata) : writer.trailers(error, metadata);
    ResponseHead head = read_response(block.fields(), true);
    fuzz_require(head.status->error().code() == Code::aborted, "a code always arrives");
    const std::string& details = head.status->error().details();
    fuzz_require(details.empty() || details == text, "details arrive whole or not at all");
  }
  const int http_status = text.size() % 2 == 0 ? 405 : 415;
  ResponseHead refused = read_response(writer.plain(http_status, error), true);
  fuzz_require(refused.status->error().code() == Code::aborted, "a status goes before HTTP's");
}

void read_response_and_write_again(Headers headers) {
  ResponseHead head = read_response(headers, true);
  fuzz_require(head.status.has_value() || std::any_of(headers.begin(), headers.end(), [](const HeaderView& header) {
                 return header.name == ":status" && header.value.starts_with('1');
               }), "a response that ends has a status");
  if (!head.status || head.status->ok()) return;
  ResponseWriter writer;
  ResponseHead again = read_response(writer.trailers(*head.status, head.metadata).fields(), true);
  fuzz_require(again.status->code() == head.status->code(), "a code stays the same");
}

/// Feeds `bytes` in pieces, and takes what becomes whole: the messages, and how it ended.
std::string messages_of(std::string_view bytes, std::size_t piece) {
  constexpr std::size_t bytes_max = 1000;
  MessageReader reader(bytes_max);
  reader.accept(Encoding::gzip);
  std::string seen;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    if (!reader.feed(std::as_bytes(std::span(bytes.substr(at, piece)))).ok()) return seen + "refused";
    while (reader.ready()) {
      Result<std::optional<std::string_view>> message = reader.next();
      if (!message.ok()) return seen + "refused";
      fuzz_require((*message)->size() <= bytes_max, "a message is within its bound, decompressed too");
      seen.append(**message).append(1, '\0');
    }
  }
  return seen + (reader.partial() ? "partial" : "whole") + std::to_string(reader.buffered());
}

void cut_messages(std::string_view bytes, std::size_t piece) {
  std::string whole = messages_of(bytes, bytes.size() + 1);
  std::string cut = messages_of(bytes, piece);
  // A prefix that comes later may refuse the stream: what is before it is taken only if it came before.
  fuzz_require(whole == cut || (whole.ends_with("refused") && cut.ends_with("refused")), "cuts make no difference");
}

/// A message that is sent arrives as it was, compressed or not, or is refused by its size.
void send_message(std::string_view text, std::size_t times) {
  google::protobuf::BytesValue message;
  for (std::size_t i = 0; i < times; ++i) message.mutable_value()->append(text);
  constexpr std::size_t bytes_max = 100'000;
  for (Encoding encoding : {Encoding::identity, Encoding::gzip}) {
    std::string sent;
    Result<void> appended = append_message(sent, message, encoding, bytes_max);
    fuzz_require(appended.ok() == (message.ByteSizeLong() <= bytes_max), "a message over the bound is refused");
    fuzz_require(appended.ok() || sent.empty(), "of a refused message nothing is sent");
    if (!appended.ok()) continue;
    MessageReader reader(bytes_max);
    reader.accept(encoding);
    fuzz_require(reader.feed(std::as_bytes(std::span(sent))).ok() && reader.ready(), "a message that is sent arrives");
    const auto taken = reader.next();
    fuzz_require(taken.ok() && **taken == message.SerializeAsString(), "a message arrives as it was");
    fuzz_require(reader.compressed() == (sent.size() < prefix_bytes + message.ByteSizeLong()), "only what gains is compressed");
  }
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
}  // namespace holon::wire

std::vector<std::string> holon::fuzz_seeds() {
  using namespace wire;
  std::string messages;
  for (std::size_t size : {0, 3, 200}) {
    append_prefix(messages, size);
    messages.append(size, 'm');
  }
  std::size_t prefix = messages.size();
  append_prefix(messages, 0);
  gzip_compress(std::string(500, 'm'), messages);
  messages[prefix] = 1;
  messages[prefix + 4] = static_cast<char>(messages.size() - prefix - 5);
  return {
      "\1:method=POST\n:path=/a.B/C\n:authority=a\ncontent-type=application/grpc\ngrpc-timeout=5S\nholon-hops=3\ngrpc-encoding=gzip\ngrpc-accept-encoding=identity, gzip\n"
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

/// The first byte says how messages are cut.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace holon::wire;
  if (size == 0) return 0;
  std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  std::vector<HeaderView> headers = headers_of(input);
  read_and_write_again(headers);
  read_response_and_write_again(headers);
  read_remembered(headers, data[0]);
  write_responses(read_response(headers, true).metadata, input, data[0] * 16);
  cut_messages(input, 1 + data[0] % 16);
  send_message(input, data[0]);
  decode(input);
  return 0;
}
