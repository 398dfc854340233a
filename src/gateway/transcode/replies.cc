#include "gateway/transcode/replies.h"

#include <charconv>

#include "gateway/headers.h"
#include "gateway/problem.h"
#include "gateway/transcode/answers.h"
#include "gateway/transcode/transcode.h"

namespace holon::gateway {
namespace {

constexpr std::string_view lines_type = "application/x-ndjson";
constexpr std::string_view events_type = "text/event-stream";
constexpr std::string_view retry = "retry: 3000\n";  // milliseconds that a browser waits before it connects again

/// The number of events that a client that comes again has seen.
std::uint64_t seen_before(const server::HttpRequest& request) {
  const std::string_view text = request.header("last-event-id");
  std::uint64_t seen = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), seen);
  return problem == std::errc() && end == text.data() + text.size() ? seen : 0;
}

}  // namespace

Replies::Replies(Visit& visit, const Entry& entry, const contract::Json& json, Form form)
    : visit_(visit), entry_(entry), json_(json), form_(form), seen_before_(seen_before(visit.request())) {}

Result<void> Replies::write(const google::protobuf::Message& reply, const Metadata& metadata) {
  Outgoing outgoing = HOLON_TRY(write_reply(entry_, reply, json_));
  const Mutex::Guard guard = HOLON_TRY(writing_.lock(visit_.call()));
  const bool first = !visit_.begun();
  if (first) begin(std::move(outgoing.content_type), metadata);
  ++sent_;
  if (form_ == Form::raw) return outgoing.body.empty() ? Result<void>() : visit_.write(std::move(outgoing.body));
  if (form_ == Form::lines) return visit_.write(std::move(outgoing.body) + '\n');
  std::string event(first ? retry : "");
  event += "id: " + std::to_string(seen_before_ + sent_) + "\ndata: " + outgoing.body + "\n\n";
  return visit_.write(std::move(event));
}

void Replies::begin(std::string content_type, const Metadata& metadata) {
  HeaderList headers;
  int status = 200;
  if (form_ == Form::raw) {
    status = chosen_status(metadata).value_or(200);
    if (content_type.empty()) content_type = "application/octet-stream";
  } else {
    content_type = form_ == Form::lines ? lines_type : events_type;
  }
  headers.emplace_back("content-type", std::move(content_type));
  pass_response(metadata, headers);
  if (form_ == Form::events && !metadata.has("cache-control")) headers.emplace_back("cache-control", "no-cache");
  visit_.begin(status, headers, std::nullopt);
}

Result<void> Replies::beat() {
  if (form_ == Form::raw) return {};
  const Mutex::Guard guard = HOLON_TRY(writing_.lock(visit_.call()));
  const bool first = !visit_.begun();
  if (first) begin({}, {});
  if (form_ == Form::lines) return {};
  return visit_.write(first ? std::string(retry) + "\n" : ":\n\n");
}

void Replies::finish(const Result<void>& status, const Metadata& metadata) {
  if (!visit_.begun()) {
    if (!status.ok()) return fail(visit_, status.error());
    begin({}, metadata);
  } else if (!status.ok()) {
    if (form_ == Form::raw || visit_.call().cancelled()) return visit_.abort();
    if (!visit_.write(error_text(status.error())).ok()) return visit_.abort();
  }
  visit_.end();
}

std::string Replies::error_text(const Error& error) const {
  std::string problem = problem_body(http_status(error.code()), error, json_);
  problem.pop_back();  // the line's end
  if (form_ == Form::lines) return "{\"error\":" + problem + "}\n";
  return "event: error\ndata: " + problem + "\n\n";
}

}  // namespace holon::gateway
