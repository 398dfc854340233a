#include "node/node.h"

#include <csignal>

#include "fiber/call.h"

namespace holon::node {
namespace {

constexpr auto look_at_logs_every = std::chrono::milliseconds(50);
constexpr auto last_answers_within = std::chrono::seconds(1);

}  // namespace

Node::Node(env::Environment& world, Deployment deployment, const std::filesystem::path& holon, NodeView& view,
           Logs logs)
    : world_(world),
      deployment_(std::move(deployment)),
      view_(view),
      loop_(world, 0),
      supervisor_(loop_, deployment_, holon, [this](const std::string& text) { view_.said(text); }),
      hosts_service_(supervisor_),
      control_service_(world, deployment_, supervisor_),
      log_timer_([this] { follow_logs(); }),
      logs_(logs) {}

Node::~Node() = default;

Result<void> Node::run() {
  lock_ = HOLON_TRY(deployment_.folder.take(world_));
  if (Result<void> started = start(); !started.ok()) {
    server_.reset();
    (void)world_.disk().remove(deployment_.folder.socket("node")).ok();
    return started;
  }
  loop_.run();
  clean_up();
  return {};
}

Result<void> Node::start() {
  HOLON_TRY(loop_.reactor().watch_signals({SIGTERM, SIGINT, SIGHUP}, [this](int signal) { on_signal(signal); }));
  if (logs_ == Logs::followed) follow_logs();  // from here on
  router_.add(v1::Hosts::info(), hosts_service_);
  router_.add(v1::Control::info(), control_service_);
  reflection_.add(v1::Control::info());
  reflection_.each([this](const internal::ServiceInfo& contract, Service& service) { router_.add(contract, service); });
  server_ = std::make_unique<server::Server>(router_, std::vector<fiber::Loop*>{&loop_});
  HOLON_TRY(server_->listen(HOLON_TRY(env::Address::parse(deployment_.folder.node_address()))));
  HOLON_TRY(open_dashboard());
  if (deployment_.cluster) {
    cluster_ = HOLON_TRY(Cluster::prepare(loop_, deployment_, [this](const std::string& text) { view_.said(text); }));
  }
  HOLON_TRY(supervisor_.start());  // its hosts attach at once; they are answered when the loop runs
  if (cluster_) {
    cluster_->join(supervisor_);
    control_service_.join(cluster_->wishes());
  }
  loop_.spawn([this] { watch_changes(); });
  return {};
}

Result<void> Node::open_dashboard() {
  if (!deployment_.dashboard.on) return {};
  dashboard_ = std::make_unique<Dashboard>(loop_, control_service_, deployment_.folder.dashboard());
  HOLON_TRY(dashboard_->listen(deployment_.dashboard));
  control_service_.set_dashboard(dashboard_->link());
  view_.opened(dashboard_->link());
  return {};
}

void Node::on_signal(int signal) {
  interrupted_ = signal == SIGINT;
  if (supervisor_.stopping()) return supervisor_.kill();
  view_.said(deployment_.app + ": stopping" + (interrupted_ ? "; once more to kill it at once" : ""));
  supervisor_.stop();
}

void Node::watch_changes() {
  internal::RootCall forever(Deadline::max());
  while (!supervisor_.stopped()) {
    std::uint64_t seen = supervisor_.changes().count();
    view_.changed(supervisor_.list());
    if (!supervisor_.changes().wait(forever, seen).ok()) break;
  }
  end();
}

void Node::end() {
  if (cluster_) cluster_->leave();
  if (dashboard_) dashboard_->close();
  reflection_.shut_down();
  server_->drain(world_.now() + last_answers_within);
  if (logs_ == Logs::followed) follow_logs();
  loop_.stop();
}

void Node::follow_logs() {
  v1::ListReply list = supervisor_.list();
  for (const v1::HostState& host : list.hosts()) {
    const std::shared_ptr<RotatingLog> log = supervisor_.logs().at(host.log());
    LogFollower& follower = followers_.try_emplace(host.host(), log, log->end()).first->second;
    const auto tell_gap = [&] {
      if (const std::uint64_t missed = follower.take_missed(); missed > 0) view_.missed(host.host(), missed);
    };
    follower.poll([&](std::string_view line) {
      tell_gap();
      view_.logged(host.host(), line);
    });
    tell_gap();
  }
  log_timer_.start(world_.now() + look_at_logs_every);
}

// What the next node must not find.
void Node::clean_up() {
  env::Disk& disk = world_.disk();
  server_.reset();
  for (const std::filesystem::path& socket : disk.list(deployment_.folder.sockets()).value_or({})) {
    (void)disk.remove(socket).ok();
  }
  (void)disk.remove(deployment_.folder.state()).ok();
}

}  // namespace holon::node
