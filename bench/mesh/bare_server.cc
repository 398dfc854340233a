// The echo without a mesh: holon's HTTP/2 and gRPC framing, a fiber for each call, and nothing else. Nothing is counted, nobody waits
// for a turn or is turned away: what all that costs is the difference.
//   mesh_bare_server ADDRESS…
#include <map>
#include <memory>
#include <vector>

#include "fiber/loop.h"
#include "payload.h"
#include "rpc/meter.h"
#include "wire/grpc.h"
#include "wire/link.h"
#include "wire/message.h"

namespace {

using holon::wire::StreamId;

class Peer final : private holon::wire::Http2Events {
 public:
  Peer(holon::fiber::Loop& loop, std::unique_ptr<holon::env::Stream> stream)
      : loop_(loop),
        link_(loop, std::move(stream), holon::wire::Role::server, {.stream_window_bytes = holon::wire::stream_window_bytes}, *this,
              [](const holon::Error&) {}) {}

 private:
  void headers(StreamId stream, void*, holon::wire::Headers block, bool) override {
    holon::wire::RequestHead head;
    if (holon::wire::read_request(block, link_.session().recognised(), head)) bench::give_up("no request of gRPC");
    calls_[stream];
  }

  void data(StreamId stream, void*, holon::wire::Bytes bytes, bool end) override {
    link_.session().consumed(stream, bytes.size());
    if (!calls_[stream].feed(bytes).ok()) bench::give_up("no message of gRPC");
    if (end) loop_.spawn([this, stream] { answer(stream); });
  }

  void answer(StreamId stream) {
    const auto found = calls_.find(stream);
    if (found == calls_.end()) return;
    bench::EchoMessage request;
    const auto message = found->second.next();
    if (!message.ok() || !*message || !request.ParseFromArray((*message)->data(), static_cast<int>((*message)->size()))) {
      bench::give_up("no request of the echo");
    }
    std::string reply;
    if (!holon::wire::append_message(reply, bench::echoed(request), {}, holon::wire::message_bytes_max).ok()) return;
    link_.session().respond(stream, writer_.headers({}));
    link_.session().send(stream, std::move(reply), false);
    link_.session().trailers(stream, writer_.trailers({}, {}));
    link_.touch();
  }

  void reset(StreamId stream, void*, holon::wire::Http2Code) override { calls_.erase(stream); }
  void closed(StreamId stream, void*) override { calls_.erase(stream); }
  void drained(StreamId, void*) override {}
  void goaway(StreamId, holon::wire::Http2Code, std::string_view) override {}
  void settings() override { link_.greeted(); }

  holon::fiber::Loop& loop_;
  holon::wire::ResponseWriter writer_;
  std::map<StreamId, holon::wire::MessageReader> calls_;
  holon::wire::Link link_;
};

/// A listening socket, and who has come by it.
class Door final : private holon::env::Watcher {
 public:
  Door(holon::fiber::Loop& loop, const std::string& address) : loop_(loop) {
    const auto parsed = holon::env::Address::parse(address);
    auto listener = parsed.ok() ? loop.reactor().listen(*parsed) : parsed.error();
    if (!listener.ok()) bench::give_up(listener.error().to_string());
    listener_ = std::move(*listener);
    listener_->watch(*this);
  }

 private:
  void ready(bool, bool) override {
    for (;;) {
      auto stream = listener_->accept();
      if (!stream.ok() || *stream == nullptr) return;
      peers_.push_back(std::make_unique<Peer>(loop_, std::move(*stream)));
    }
  }

  holon::fiber::Loop& loop_;
  std::unique_ptr<holon::env::Listener> listener_;
  std::vector<std::unique_ptr<Peer>> peers_;
};

}  // namespace

int main(int argc, char** argv) {
  holon::fiber::Loop loop(holon::env::os(), 0);
  std::vector<std::unique_ptr<Door>> doors;
  for (int i = 1; i < argc; ++i) doors.push_back(std::make_unique<Door>(loop, argv[i]));
  loop.run();
}
