// Writing header blocks; reading them is in grpc.cc.
#include <array>
#include <cstring>

#include "wire/grpc.h"
#include "wire/metadata.h"

namespace holon::wire {
namespace {

constexpr std::size_t error_text_bytes_max = 4 << 10;
constexpr int priority_default = 1;

/// 16 lower-case digits, without the allocations of TraceContext's own texts.
void append_hex(std::string& out, std::uint64_t number) {
  struct Pairs {
    char text[512];
    constexpr Pairs() : text() {
      for (int i = 0; i < 512; ++i) text[i] = "0123456789abcdef"[i % 2 == 0 ? i / 2 >> 4 : i / 2 & 15];
    }
  };
  static constexpr Pairs pairs;
  char digits[16];
  for (int i = 14; i >= 0; i -= 2, number >>= 8) std::memcpy(digits + i, pairs.text + 2 * (number & 255), 2);
  out.append(digits, 16);
}

/// What a field takes of a header list (RFC 9113, 6.5.2).
std::size_t list_bytes(std::string_view name, std::size_t value_bytes) { return name.size() + value_bytes + 32; }

/// Cuts a percent-encoded text to `bytes_max`, but in no escape and in no character of UTF-8.
void cut_message(std::string& encoded, std::size_t bytes_max) {
  if (encoded.size() <= bytes_max) return;
  std::size_t end = bytes_max;
  auto inside = [&](std::size_t at) {
    for (std::size_t back = 1; back <= 2 && back <= at; ++back) {
      if (encoded[at - back] == '%') return true;
    }
    return encoded[at] == '%' && encoded[at + 1] >= '8' && encoded[at + 1] <= 'B';  // a byte that continues a character
  };
  while (end > 0 && inside(end)) --end;
  while (end > 0 && encoded[end - 1] == ' ') --end;  // a value ends with none (RFC 9113, 8.2.1)
  encoded.resize(end);
}

}  // namespace

void HeaderBlock::begin() {
  views_.clear();
  texts_used_ = 0;
}

std::string& HeaderBlock::text() {
  if (texts_used_ == texts_.size()) texts_.emplace_back();
  std::string& text = texts_[texts_used_++];
  text.clear();
  return text;
}

void HeaderBlock::add_metadata(const Metadata& metadata) {
  for (const auto& [name, value] : metadata) {
    if (!is_carried(name, value)) continue;
    if (name == claims_name) {
      add_once(name, text() = base64_encode(value));  // they would push all else out of HPACK's table
    } else if (name.ends_with("-bin")) {
      add(name, text() = base64_encode(value));
    } else {
      add(name, value);
    }
  }
}

void HeaderBlock::add_status(const Result<void>& status, std::size_t list_bytes_max) {
  if (status.ok()) return add("grpc-status", "0");
  const Error& error = status.error();
  add("grpc-status", text() = std::to_string(static_cast<int>(error.code())));
  std::size_t left = list_bytes_max;
  auto take = [&left](std::size_t bytes) {
    left -= std::min(left, bytes);
    return left;
  };
  for (const HeaderView& header : views_) take(list_bytes(header.name, header.value.size()));
  constexpr std::string_view message_name = "grpc-message";
  std::string& message = text() = percent_encode(error.message());
  cut_message(message, std::min(error_text_bytes_max, take(list_bytes(message_name, 0))));
  if (!message.empty()) add_once(message_name, message);
  if (error.details().empty()) return;
  constexpr std::string_view details_name = "grpc-status-details-bin";
  std::string& details = text() = base64_encode(error.details());
  if (list_bytes(details_name, details.size()) <= take(message.size())) add_once(details_name, details);
}

OutgoingHeaders RequestWriter::write(const RequestFields& request) {
  begin();
  if (request.timeout) add_once("grpc-timeout", text() = encode_timeout(*request.timeout));
  if ((request.trace.trace_high | request.trace.trace_low) != 0) write_traceparent(request.trace);
  if (request.earlier_attempts > 0) add(earlier_attempts_name, text() = std::to_string(request.earlier_attempts));
  add_metadata(request.metadata);
  return {recurring(request), views_};
}

const HeaderTemplate& RequestWriter::recurring(const RequestFields& request) {
  constexpr std::size_t kept_count = 256;
  if (kept_.empty()) kept_.resize(kept_count);
  std::size_t hash = std::hash<std::string_view>()(request.method) + static_cast<std::size_t>(request.hops);
  Kept& kept = kept_[hash % kept_count];
  bool same = kept.method == request.method && kept.authority == request.origin.authority &&
              kept.scheme == request.origin.scheme && kept.caller == request.caller && kept.hops == request.hops &&
              kept.priority == request.priority && kept.encoding == request.encoding;
  if (same) return *kept.fields;
  kept.method = request.method;
  kept.authority = request.origin.authority;
  kept.scheme = request.origin.scheme;
  kept.caller = request.caller;
  kept.hops = request.hops;
  kept.priority = request.priority;
  kept.encoding = request.encoding;
  kept.fields = make(kept);
  return *kept.fields;
}

std::unique_ptr<HeaderTemplate> RequestWriter::make(const Kept& kept) {
  std::string path = "/" + kept.method;
  std::string hops = std::to_string(kept.hops);
  std::string priority = std::to_string(kept.priority);
  std::vector<HeaderView> fields = {{":method", "POST"},
                                    {":scheme", kept.scheme},
                                    {":path", path},
                                    {":authority", kept.authority},
                                    {"te", "trailers"},
                                    {"content-type", "application/grpc"},
                                    {"user-agent", "holon/0.1"},
                                    {"grpc-accept-encoding", accepted_encodings}};
  if (kept.encoding == Encoding::gzip) fields.push_back({"grpc-encoding", "gzip"});
  if (!kept.caller.empty()) fields.push_back({"holon-caller", kept.caller});
  if (kept.hops != 0) fields.push_back({"holon-hops", hops});
  if (kept.priority != priority_default) fields.push_back({"holon-priority", priority});
  return std::make_unique<HeaderTemplate>(fields);
}

void RequestWriter::write_traceparent(const TraceContext& trace) {
  std::string& out = text();
  out.append("00-");
  append_hex(out, trace.trace_high);
  append_hex(out, trace.trace_low);
  out.append("-");
  append_hex(out, trace.span);
  out.append(trace.sampled ? "-01" : "-00");
  add_once("traceparent", out);
}

namespace {

constexpr HeaderView status_200 = {":status", "200"};
constexpr HeaderView type_grpc = {"content-type", "application/grpc"};

/// What answers have in common.
const HeaderTemplate& head_of(Encoding encoding) {
  static const HeaderTemplate identity(std::array{status_200, type_grpc});
  static const HeaderTemplate gzip(std::array{status_200, type_grpc, HeaderView{"grpc-encoding", "gzip"}});
  return encoding == Encoding::gzip ? gzip : identity;
}

/// … and those without a message: what a caller learns from an UNIMPLEMENTED compressed message.
const HeaderTemplate& head_without_message() {
  static const HeaderTemplate fields(
      std::array{status_200, type_grpc, HeaderView{"grpc-accept-encoding", accepted_encodings}});
  return fields;
}

const HeaderTemplate& status_ok() {
  static const HeaderTemplate fields(std::array{HeaderView{"grpc-status", "0"}});
  return fields;
}

}  // namespace

OutgoingHeaders ResponseWriter::headers(const Metadata& metadata, Encoding encoding) {
  begin();
  add_metadata(metadata);
  return {head_of(encoding), views_};
}

OutgoingHeaders ResponseWriter::trailers(const Result<void>& status, const Metadata& metadata) {
  begin();
  add_metadata(metadata);
  if (status.ok()) return {status_ok(), views_};
  add_status(status, list_bytes_max_);
  return views_;
}

OutgoingHeaders ResponseWriter::trailers_only(const Result<void>& status, const Metadata& headers,
                                              const Metadata& trailers) {
  begin();
  add_metadata(headers);
  add_metadata(trailers);
  std::size_t taken = 0;
  for (const HeaderView& field : head_without_message().fields()) taken += list_bytes(field.name, field.value.size());
  add_status(status, list_bytes_max_ - std::min(list_bytes_max_, taken));
  return {head_without_message(), views_};
}

Headers ResponseWriter::plain(int http_status, const Error& error) {
  begin();
  add(":status", text() = std::to_string(http_status));
  if (http_status == 405) add("allow", "POST");
  add_status(error, list_bytes_max_);
  return views_;
}

}  // namespace holon::wire
