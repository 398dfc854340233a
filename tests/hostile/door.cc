// The program that is attacked by plain HTTP: a server with a handler, which answers as its paths say, beside the services by
// which a good client calls it and its refusals are told.
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "app/snapshot.h"
#include "fiber/waiter.h"
#include "server/server.h"
#include "tests/hostile/target.h"

namespace {

using namespace holon;  // NOLINT: a program, not a header

class Handler final : public server::HttpHandler {
 public:
  void serve(server::HttpExchange& exchange) override {
    internal::RootCall call(Clock::now() + std::chrono::minutes(1));
    server::HttpExchange::Watched watched(exchange, call);
    const std::string_view path = exchange.request().path();
    if (path == "/pour") return pour(exchange, call);
    if (path == "/draw") return static_cast<void>(exchange.respond(200, {}, std::string(256 << 10, 'd')));
    if (path != "/deaf") {
      for (;;) {
        const Result<std::optional<std::string>> piece = exchange.read(call);
        if (!piece.ok()) return static_cast<void>(exchange.respond(400, {}, piece.error().message()));
        if (!*piece) break;
      }
    }
    static_cast<void>(exchange.respond(200, {}, "hello"));
  }
  Refusal refuse(int, std::string_view why) override { return {{}, std::string(why)}; }

 private:
  static void pour(server::HttpExchange& exchange, Call& call) {
    static_cast<void>(exchange.begin(200, {}, {}));
    while (exchange.write(call, std::string(16 << 10, 'p')).ok()) continue;
    exchange.abort();
  }
};

}  // namespace

int main() {
  fiber::Loop loop(env::os(), 0);
  holon::hostile::Target target;
  app::HostService host(env::os(), "door");
  Handler handler;
  server::Router router;
  router.add(::hostile::Target::info(), target);
  router.add(node::v1::Host::info(), host);
  server::Limits limits;
  limits.body_time = limits.link.write_time = limits.idle_time = std::chrono::seconds(8);
  limits.head_time = std::chrono::seconds(6);
  server::Server server(router, {&loop}, limits, &handler);
  const Result<env::Address> where = server.listen(*env::Address::parse("127.0.0.1:0"));
  if (!where.ok()) return EXIT_FAILURE;
  fiber::Waiter stop;
  const Result<void> watched = loop.reactor().watch_signals({SIGTERM}, [&](int) { stop.wake(); });
  if (!watched.ok()) return EXIT_FAILURE;
  std::printf("answers on %s\n", where->to_string().c_str());
  std::fflush(stdout);
  stop.wait();
  server.drain(env::os().now() + std::chrono::seconds(5));
  return EXIT_SUCCESS;
}
