// A closed loop of calls without a mesh: one connection, a stream for each call, its deadline and trace context in the headers, and
// nothing else. No balancing, no breaker, no budget, no hedge, nothing counted.
#include <vector>

#include "client/connection.h"
#include "client/reception.h"
#include "fiber/call.h"
#include "holon/task.h"
#include "holon/try.h"
#include "payload.h"
#include "rpc/meter.h"
#include "wire/grpc.h"
#include "wire/message.h"

namespace {

using bench::EchoMessage;
using bench::Meter;
using holon::Result;
using holon::client::Connection;
using holon::client::Reception;

class Caller {
 public:
  explicit Caller(std::shared_ptr<Connection> connection) : connection_(std::move(connection)) {}

  Result<EchoMessage> echo(holon::internal::Scope& scope, const EchoMessage& request) {
    Reception reception(holon::wire::message_bytes_max);
    ++trace_.span;
    const holon::wire::RequestFields head{
        .method = "bench.Echo/Echo", .origin = connection_->origin(), .timeout = std::chrono::minutes(1), .trace = trace_};
    if (!reception.open(connection_, writer_.write(head))) return holon::unavailable("no stream to spare");
    std::string bytes;
    TRY(holon::wire::append_message(bytes, request, {}, holon::wire::message_bytes_max));
    reception.send(std::move(bytes), true);
    while (!reception.status()) reception.wait(holon::Deadline::max(), scope);
    TRY(*reception.status());
    const auto message = TRY(reception.next());
    EchoMessage reply;
    if (!message || !reply.ParseFromArray(message->data(), static_cast<int>(message->size()))) return holon::internal_error("no echo");
    return reply;
  }

 private:
  std::shared_ptr<Connection> connection_;
  holon::wire::RequestWriter writer_;
  holon::TraceContext trace_{.trace_high = 1, .trace_low = 2};
};

Result<std::shared_ptr<Connection>> connect(holon::fiber::Loop& loop, const std::string& text, holon::internal::Scope& scope) {
  const auto address = TRY(holon::env::Address::parse(text));
  auto stream = TRY(loop.reactor().connect(address));
  auto connection = std::make_shared<Connection>(loop, std::move(stream), "localhost", "http", holon::wire::LinkTimes(),
                                                 holon::wire::never);
  holon::fiber::Waiter changed;
  connection->on_change([&changed] { changed.wake(); });
  while (connection->state() == Connection::State::connecting) changed.wait(holon::Deadline::max(), &scope);
  connection->on_change([] {});
  if (connection->state() != Connection::State::open) return connection->why();
  return connection;
}

Result<void> run(holon::internal::RootCall& call, const bench::Load& load, holon::fiber::Loop& loop, Meter& meter) {
  Caller caller(TRY(connect(loop, load.address, holon::internal::CallAccess::scope(call))));
  const EchoMessage request = bench::hundred_bytes();
  std::vector<holon::Task<void>> places;
  holon::TaskGroup group(call);
  for (int i = 0; i < load.in_flight; ++i) {
    places.push_back(group.spawn([&](holon::Call& branch) -> Result<void> {
      std::int64_t began = Meter::now();
      do {
        const EchoMessage reply = TRY(caller.echo(holon::internal::CallAccess::scope(branch), request));
        if (reply.id() != request.id() + 1) return holon::internal_error("a wrong echo");
      } while (meter.goes_on_after(began));
      return {};
    }));
  }
  for (auto& place : places) TRY(place.get());
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  const bench::Load load = bench::load_of(argc, argv);
  holon::fiber::Loop loop(holon::env::os(), 0);
  holon::internal::RootCall call(loop.environment().now() + std::chrono::minutes(1));
  Meter meter(load);
  if (const auto done = run(call, load, loop, meter); !done.ok()) bench::give_up(done.error().to_string());
  meter.report(0);
}
