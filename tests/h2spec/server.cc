// A small HTTP/2 server over wire::Link for h2spec: any request is answered with 200 and its own body, once it is whole. Prints
// its port, and serves until its input ends.
#include <cstdio>
#include <list>
#include <map>
#include <string>
#include <thread>

#include <unistd.h>

#include "env/environment.h"
#include "fiber/loop.h"
#include "wire/link.h"

namespace holon::wire {
namespace {

class Echo final : private Http2Events {
 public:
  Echo(fiber::Loop& loop, std::unique_ptr<env::Stream> stream, std::function<void()> ended)
      : link_(loop, std::move(stream), Role::server, Http2Limits(), *this,
              [ended = std::move(ended)](const Error&) { ended(); }) {}

 private:
  void headers(StreamId stream, void*, Headers, bool end) override {
    if (end) answer(stream);
  }
  void data(StreamId stream, void*, Bytes bytes, bool end) override {
    bodies_[stream].append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    link_.session().consumed(stream, bytes.size());
    if (end) answer(stream);
  }
  void reset(StreamId stream, void*, Http2Code) override { bodies_.erase(stream); }
  void closed(StreamId stream, void*) override { bodies_.erase(stream); }
  void drained(StreamId, void*) override {}
  void goaway(StreamId, Http2Code, std::string_view) override {}
  void settings() override { link_.greeted(); }

  // Bytes even where none came: h2spec wants DATA frames to look at.
  void answer(StreamId stream) {
    const HeaderView head[] = {{":status", "200"}};
    link_.session().respond(stream, head);
    link_.session().send(stream, bodies_[stream].empty() ? "hello" : std::move(bodies_[stream]), true);
    link_.touch();
  }

  std::map<StreamId, std::string> bodies_;
  Link link_;
};

class Server final : private env::Watcher {
 public:
  explicit Server(fiber::Loop& loop)
      : loop_(loop), listener_(loop.reactor().listen(env::Address::parse("127.0.0.1:0").value()).value()) {
    listener_->watch(*this);
  }
  int port() const { return listener_->address().port; }

 private:
  void ready(bool, bool) override {
    for (;;) {
      Result<std::unique_ptr<env::Stream>> stream = listener_->accept();
      if (!stream.ok() || *stream == nullptr) return;
      auto place = echoes_.emplace(echoes_.end());
      *place = std::make_unique<Echo>(loop_, std::move(*stream), [this, place] {
        loop_.post([this, place] { echoes_.erase(place); });  // not within its own call
      });
    }
  }

  fiber::Loop& loop_;
  std::unique_ptr<env::Listener> listener_;
  std::list<std::unique_ptr<Echo>> echoes_;
};

int serve() {
  fiber::Loop loop(env::os(), 0);
  std::thread input([&loop] {
    for (char byte; ::read(STDIN_FILENO, &byte, 1) > 0;) continue;
    loop.stop();
  });
  std::unique_ptr<Server> server;
  loop.post([&] {
    server = std::make_unique<Server>(loop);
    std::printf("%d\n", server->port());
    std::fflush(stdout);
  });
  loop.run();
  input.join();
  server.reset();
  return 0;
}

}  // namespace
}  // namespace holon::wire

int main() { return holon::wire::serve(); }
