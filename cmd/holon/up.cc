// `holon up` in the foreground: the node runs in this very process.
#include <utility>

#include "cmd/holon/link.h"
#include "cmd/holon/progress.h"
#include "cmd/holon/terminal.h"
#include "cmd/holon/verbs.h"
#include "env/environment.h"
#include "node/log_file.h"
#include "node/node.h"

namespace holon::cli {
namespace {

/// Shows a person what happens.
class Console final : public node::NodeView {
 public:
  explicit Console(const UpOptions& options) : options_(options), progress_(env::os().now()) {}

  void said(const std::string& text) override { say(text); }
  void opened(const std::string& link) override { say("its dashboard is " + link); }
  void changed(const node::v1::ListReply& list) override {
    progress_.show(list);
    if (!options_.watch || std::exchange(watched_, true)) return;
    if (Result<void> started = start_watching(options_); !started.ok()) say(started.error().message());
  }
  void logged(const std::string& host, std::string_view line) override {
    if (options_.json) return print_as_json(host, line);
    std::string prefix = paint_.by_name(host, host + " |");
    std::printf("%s %.*s\n", prefix.c_str(), static_cast<int>(line.size()), line.data());
    std::fflush(stdout);
  }
  void missed(const std::string& host, std::uint64_t lines) override {
    say_missed(host, lines);
    if (options_.json) print_as_json(host, {}, lines);
  }

 private:
  void print_as_json(const std::string& host, std::string_view line, std::uint64_t missed = 0) {
    node::v1::LogLine logged;
    logged.set_host(host);
    logged.set_unix_us(std::chrono::duration_cast<std::chrono::microseconds>(env::os().wall().time_since_epoch()).count());
    logged.set_text(node::as_text(line));
    logged.set_missed(missed);
    print_json(logged);
  }

  const UpOptions& options_;
  Progress progress_;
  bool watched_ = false;
  Paint paint_{stdout};
};

/// What `up -d` left running: its messages are the node's log.
class Record final : public node::NodeView {
 public:
  void said(const std::string& text) override { say(text); }
  void opened(const std::string&) override {}  // a link has the key, which no log has
  void changed(const node::v1::ListReply&) override {}
  void logged(const std::string&, std::string_view) override {}
  void missed(const std::string&, std::uint64_t) override {}
};

int say_it_runs_already(const UpOptions& options, const Error& error) {
  Result<node::v1::ListReply> list = NodeLink(options.file).list();
  if (!list.ok()) {
    say(error.message());
  } else {
    say(runs_already(*list));
  }
  return failed;
}

int run_node(const UpOptions& options, node::NodeView& view, node::Logs logs) {
  env::Environment& world = env::os();
  Result<node::Deployment> deployment = node::prepare(world, deployment_options(options));
  if (!deployment.ok()) {
    say(deployment.error().message());
    return failed;
  }
  node::Node node(world, std::move(*deployment), std::filesystem::canonical("/proc/self/exe"), view, logs);
  Result<void> ran = node.run();
  if (ran.code() == Code::already_exists && !node.began()) return say_it_runs_already(options, ran.error());
  if (!ran.ok()) {
    say(ran.error().message());
    return failed;
  }
  return node.interrupted() ? interrupted : succeeded;
}

}  // namespace

node::DeploymentOptions deployment_options(const UpOptions& options) {
  return {.file = options.file,
          .overlays = options.overlays,
          .placement = options.placement,
          .port = options.port,
          .strict = options.strict,
          .bin = options.bin};
}

int up(const UpOptions& options) {
  if (options.as_node) {
    Record record;
    return run_node(options, record, node::Logs::ignored) == failed ? failed : succeeded;
  }
  if (options.wait && !options.detach) {
    say("--wait goes with -d: without it `holon up` stays in the foreground");
    return misused;
  }
  if (options.watch && options.detach) {
    say("--watch goes without -d: it says what it builds and restarts");
    return misused;
  }
  if (options.detach) return up_in_background(options);
  Console console(options);
  return run_node(options, console, node::Logs::followed);
}

}  // namespace holon::cli
