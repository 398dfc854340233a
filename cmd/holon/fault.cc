// `holon fault add`, `list` and `remove`: what somebody does to calls, to see what becomes of the application.
#include <charconv>

#include "cmd/holon/fault_table.h"
#include "cmd/holon/link.h"
#include "cmd/holon/session.h"
#include "cmd/holon/terminal.h"
#include "cmd/holon/times.h"
#include "cmd/holon/verbs.h"
#include "faults/text.h"

namespace holon::cli {
namespace {

constexpr auto answer_within = std::chrono::seconds(5);

std::int64_t microseconds_of(env::Duration duration) {
  return std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
}

/// Which calls.
Result<void> read_calls(const FaultAddOptions& options, node::v1::Fault& fault) {
  fault.set_from(options.from);
  fault.set_to(options.to);
  fault.set_method(options.method);
  fault.set_percent(options.percent.value_or(0));
  for (const std::string& entry : options.metadata) {
    const std::size_t equals = entry.find('=');
    if (equals == entry.npos || equals == 0) return invalid_argument("--metadata " + entry + ": write NAME=VALUE, as user=ann");
    (*fault.mutable_metadata())[entry.substr(0, equals)] = entry.substr(equals + 1);
  }
  return {};
}

/// What becomes of them.
Result<void> read_effects(const FaultAddOptions& options, node::v1::Fault& fault) {
  if (!options.delay.empty()) {
    const faults::Delay delay = HOLON_TRY(faults::parse_delay(options.delay));
    fault.set_delay_us(microseconds_of(delay.mean));
    fault.set_jitter_us(microseconds_of(delay.jitter));
  }
  if (!options.abort.empty()) fault.set_abort_code(static_cast<int>(HOLON_TRY(faults::parse_code(options.abort))));
  if (!options.throttle.empty()) fault.set_per_second(HOLON_TRY(faults::parse_rate(options.throttle)));
  fault.set_black_hole(options.black_hole);
  fault.set_reset(options.reset);
  return {};
}

Result<node::v1::AddFaultRequest> request_of(const FaultAddOptions& options) {
  node::v1::AddFaultRequest request;
  HOLON_TRY(read_calls(options, *request.mutable_fault()));
  HOLON_TRY(read_effects(options, *request.mutable_fault()));
  if (options.time.empty()) return request;
  const env::Duration time = HOLON_TRY(faults::parse_duration(options.time));
  request.set_for_ms(std::chrono::ceil<std::chrono::milliseconds>(time).count());
  if (request.for_ms() == 0) return invalid_argument("--for " + options.time + ": write a time above zero, as 5min");
  return request;
}

Result<node::v1::RemoveFaultsRequest> request_of(const FaultRemoveOptions& options) {
  node::v1::RemoveFaultsRequest request;
  if (options.all != options.ids.empty()) return invalid_argument("say which faults by their numbers, or --all");
  for (const std::string& text : options.ids) {
    std::uint32_t id = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
    if (error != std::errc() || end != text.data() + text.size()) {
      return invalid_argument(text + " is no number of a fault; `holon fault list` shows them");
    }
    request.add_ids(id);
  }
  return request;
}

/// Shows what `ask(node, call)` comes to.
template <class Ask>
int show_faults(const NodeOptions& options, Session& session, Ask ask) {
  const Result<node::v1::FaultsReply> reply = ask_node(session, options.file, answer_within, ask);
  if (!reply.ok()) return session.fail(reply.error());
  if (options.json) return print_json(*reply) ? succeeded : failed;
  print_faults(reply->faults());
  return succeeded;
}

}  // namespace

int fault_add(const FaultAddOptions& options) {
  Session session;
  const Result<node::v1::AddFaultRequest> request = request_of(options);
  if (!request.ok()) return session.fail(request.error());
  const Result<node::v1::Fault> added =
      ask_node(session, options.file, answer_within, [&](NodeLink& node, Call& call) { return node->AddFault(call, *request); });
  if (!added.ok()) return session.fail(added.error());
  if (!added->warning().empty()) say("warning: it hits nothing: " + added->warning());
  if (options.json) return print_json(*added) ? succeeded : failed;
  std::printf("fault %u %s, until %s or the node's end\n", added->id(), added->text().c_str(),
              clock_text(added->until_unix_ms() * 1000).c_str());
  return succeeded;
}

int fault_list(const NodeOptions& options) {
  Session session;
  return show_faults(options, session, [](NodeLink& node, Call& call) { return node->ListFaults(call, {}); });
}

int fault_remove(const FaultRemoveOptions& options) {
  Session session;
  const Result<node::v1::RemoveFaultsRequest> request = request_of(options);
  if (!request.ok()) return session.fail(request.error());
  return show_faults(options, session, [&](NodeLink& node, Call& call) { return node->RemoveFaults(call, *request); });
}

}  // namespace holon::cli
