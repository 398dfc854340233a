#include "app/node_link.h"

#include <algorithm>
#include <utility>

#include "app/called.h"
#include "app/faults.h"
#include "app/permissions.h"
#include "env/process.h"
#include "holon/log.h"
#include "holon/outgoing_call.h"

namespace holon::app {
namespace {

constexpr auto reattach_first = std::chrono::milliseconds(20);
constexpr auto reattach_most = std::chrono::seconds(1);
constexpr int asks = 8;  // in the time that a host may run at first
// A timer that is so late was held up with its loop, and so were the node's answers.
constexpr auto held_up_after = std::chrono::milliseconds(50);
constexpr auto last_answer_within = std::chrono::milliseconds(100);

/// It answers at a Unix socket, where to try costs next to nothing, and a node that is back must be heard before the time that this
/// host may run is over: the wait that others get may be as long as that.
client::Limits limits_to_node() {
  client::Limits limits;
  limits.back_off_most = std::chrono::milliseconds(100);
  return limits;
}

}  // namespace

Result<std::shared_ptr<crypto::ClientTls>> HostIdentity::load(env::Environment& world) const {
  if (own.empty()) return std::shared_ptr<crypto::ClientTls>();
  return crypto::ClientTls::load(world, {.roots = authority, .own = {own, own}});
}

NodeLink::NodeLink(fiber::Loop& loop, const env::Address& node, std::string host, std::vector<std::string> services,
                   client::Pools& pools, std::shared_ptr<crypto::ClientTls> tls)
    : loop_(loop),
      pools_(pools),
      tls_(std::move(tls)),
      to_node_({&loop}, limits_to_node()),
      refs_({}, &to_node_),
      hosts_(refs_.ref<node::v1::Hosts>()),
      overdue_timer_([this] { overdue(); }),
      following_(call_) {
  self_.set_host(std::move(host));
  self_.set_pid(loop.environment().processes().self().pid);
  self_.mutable_services()->Assign(services.begin(), services.end());
  client::Endpoints to_node;
  to_node.everything = {node};
  to_node_.update(std::move(to_node));
  (void)following_.spawn([this](Call& call) { return follow(call); });
}

NodeLink::~NodeLink() = default;

void NodeLink::bound_absence(env::Duration at_first, std::function<void()> abandoned) {
  abandoned_ = std::move(abandoned);
  may_run_until_ = loop_.now() + at_first;
  overdue_timer_.start(may_run_until_);
  (void)following_.spawn([this, pause = at_first / asks](Call& call) { return keep_asking(call, pause); });
}

Result<void> NodeLink::keep_asking(Call& call, env::Duration pause) {
  for (;;) {
    const env::Time asked = loop_.now();
    (void)ask_leave(call, 2 * pause).ok();  // what was answered last holds
    HOLON_TRY(sleep(call, std::max<env::Duration>(asked + pause - loop_.now(), env::Duration::zero())));
  }
}

/// What the node answers counts from before it was asked: by any clock it ends too early.
Result<void> NodeLink::ask_leave(Call& call, env::Duration within) {
  const env::Time asked = loop_.environment().now();
  OutgoingCall bounded(call);
  bounded.timeout(within);
  node::v1::MayRunRequest self;
  self.set_host(self_.host());
  self.set_pid(self_.pid());
  const node::v1::MayRunReply reply = HOLON_TRY(hosts_->MayRun(bounded, self));
  if (reply.for_ms() <= 0) return {};
  may_run_until_ = std::max<env::Time>(may_run_until_, asked + std::chrono::milliseconds(reply.for_ms()));
  overdue_timer_.start(may_run_until_);
  return {};
}

/// A handler that holds up its loop, or a machine that does, is no reason to end a host whose node is well.
void NodeLink::overdue() {
  if (loop_.now() < may_run_until_ + held_up_after) return abandoned_();
  (void)following_.spawn([this](Call& call) -> Result<void> {
    (void)ask_leave(call, last_answer_within).ok();
    HOLON_TRY(call.check());
    if (loop_.environment().now() >= may_run_until_) abandoned_();
    return {};
  });
}

Result<void> NodeLink::attached(Call& call) {
  while (!knows_directory_) HOLON_TRY(fiber::wait(first_directory_, call));
  return {};
}

Result<void> NodeLink::ready(Call& call) {
  node::v1::ReadyRequest request;
  request.set_host(self_.host());
  request.set_pid(self_.pid());
  self_.set_ready(true);
  HOLON_TRY(hosts_->Ready(call, request));
  return {};
}

// The node may go and come again: the last directory stays in force meanwhile. Faults do not: nobody could list or remove them.
Result<void> NodeLink::follow(Call& call) {
  env::Duration pause = reattach_first;
  for (;;) {
    env::Time before = loop_.now();
    Result<void> ended = attach_once(call);
    if (pools_.faults().any()) log::write(log::Level::warning, "the faults that were set are over: they end with the tie to the node");
    pools_.faults().set({});
    HOLON_TRY(call.check());
    if (loop_.now() - before > reattach_most) {
      pause = reattach_first;
      log::write(log::Level::warning, "lost the node; going on with the directory it told last",
                 {{"reason", ended.ok() ? "the stream ended" : ended.error().message()}});
    }
    HOLON_TRY(sleep(call, pause));
    pause = std::min<env::Duration>(pause * 2, reattach_most);
  }
}

Result<void> NodeLink::attach_once(Call& call) {
  Reader<node::v1::Directory> directories = hosts_->Attach(call, self_);
  for (;;) {
    std::optional<node::v1::Directory> directory = HOLON_TRY(directories.next());
    if (!directory) return {};
    learn(*directory);
  }
}

/// What did not change is not asked anew at every door.
void NodeLink::learn_permissions(const node::v1::Directory& directory) {
  if (!directory.has_permissions()) return;
  std::string told = directory.permissions().SerializeAsString();
  if (std::exchange(permissions_, told) != told) pools_.guard().set(policy_of(directory.permissions()));
}

void NodeLink::learn_called(const node::v1::Directory& directory) {
  client::SaidOfServices called = said_of(directory.called());
  if (called == called_) return;
  called_ = std::move(called);
  pools_.heed(called_);
}

void NodeLink::learn(const node::v1::Directory& directory) {
  learn_permissions(directory);
  learn_called(directory);
  client::Endpoints endpoints;
  endpoints.may_grow = true;
  endpoints.zone = directory.zone();
  for (const node::v1::ServiceEndpoints& service : directory.services()) {
    auto& endpoints_of_service = endpoints.services[service.service()];
    for (const node::v1::Endpoint& told : service.endpoints()) {
      Result<client::Endpoint> endpoint = client::Endpoint::parse(told.address(), tls_, told.server_name());
      if (!endpoint.ok()) {
        log::write(log::Level::error, endpoint.error().message());
        continue;
      }
      endpoint->node = told.node();
      endpoint->zone = told.zone();
      endpoints_of_service.push_back(std::move(*endpoint));
    }
  }
  pools_.update(std::move(endpoints));
  std::vector<faults::Rule> rules;
  for (const node::v1::Fault& fault : directory.faults()) {
    rules.push_back(rule_of(fault));
    rules.back().until = end_of(fault, loop_.environment());
  }
  pools_.faults().set(std::move(rules));
  knows_directory_ = true;
  first_directory_.wake();
}

}  // namespace holon::app
