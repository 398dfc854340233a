// `holon events`: what the node did, and why.
#include "cmd/holon/link.h"
#include "cmd/holon/session.h"
#include "cmd/holon/terminal.h"
#include "cmd/holon/times.h"
#include "cmd/holon/verbs.h"

namespace holon::cli {
namespace {

Tone tone_of(const node::v1::Event& event) {
  if (event.kind() == "ready") return Tone::good;
  if (event.kind() == "failed" || event.kind() == "unhealthy" || event.kind() == "fault") return Tone::bad;
  return event.kind() == "ended" || event.kind() == "restarting" ? Tone::doubtful : Tone::plain;
}

/// "18:00:00.123  ended     cart.0  it crashed", and below it the last lines of its log.
bool print_event(const node::v1::Event& event, bool json, const Paint& paint) {
  if (json) return print_json(event);
  const std::string kind = event.kind() + std::string(event.kind().size() < 10 ? 10 - event.kind().size() : 0, ' ');
  std::printf("%s  %s  %s%s%s", paint.tinted(Tone::faint, clock_text(event.unix_us())).c_str(),
              paint.tinted(tone_of(event), kind).c_str(), event.host().c_str(), event.host().empty() ? "" : "  ",
              event.text().c_str());
  const bool told = event.cause().empty() || event.text().find(event.cause()) != std::string::npos;
  std::printf("%s%s\n", told ? "" : ": ", told ? "" : event.cause().c_str());
  for (const std::string& line : event.last_lines()) std::printf("    %s\n", line.c_str());
  return std::fflush(stdout) == 0;
}

}  // namespace

int events(const EventsOptions& options) {
  Session session;
  Result<std::int64_t> since = since_unix_ms(options.since, env::os());
  if (!since.ok()) return session.fail(since.error());
  if (!has_node(options.file)) return session.fail(no_node(options.file));
  node::v1::EventsRequest request;
  request.mutable_names()->Assign(options.names.begin(), options.names.end());
  request.set_since_unix_ms(*since);
  request.set_follow(options.follow);
  NodeLink node(options.file);
  const Paint paint(stdout);
  return each_message(session, node, node->Events(session.call(std::nullopt), request),
                      [&](const node::v1::Event& event) { return print_event(event, options.json, paint); });
}

}  // namespace holon::cli
