// Limits, with small figures: who is too slow, too many, or reads nothing.
#include "gateway/acceptor.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include <array>
#include <cstring>

#include "fiber/waiter.h"
#include "gateway/test_contract.h"
#include "holon/log.h"

namespace holon::gateway {
namespace {

constexpr std::chrono::seconds patience{10};

/// Answers each call with an empty message once it is let go.
class Held final : public Upstream {
 public:
  Result<void> unary(Call& call, const google::protobuf::MethodDescriptor&, const google::protobuf::Message&,
                     google::protobuf::Message&) const override {
    ++calls;
    return hold ? fiber::wait(door, call) : Result<void>();
  }
  mutable fiber::Waiter door;
  mutable int calls = 0;
  bool hold = false;
};

/// A client on the same loop: what it reads gathers until it is asked.
class Client final : private env::Watcher {
 public:
  Client(fiber::Loop& loop, const env::Address& address) : stream_(loop.reactor().connect(address).value()) {
    stream_->watch(*this);
  }
  void send(std::string_view text) {
    while (!text.empty()) {
      const env::Bytes bytes = std::as_bytes(std::span(text));
      const env::Io io = stream_->write({&bytes, 1});
      text.remove_prefix(io.bytes);
      if (io.state == env::IoState::blocked && wait() == fiber::Wake::late) throw std::runtime_error("nobody reads");
      if (io.state == env::IoState::failed) return;
    }
  }
  /// All that comes until the connection ends, or until `text` has come.
  std::string read_until(std::string_view text = {}) {
    for (;;) {
      std::array<std::byte, 4096> buffer;
      const env::Io io = stream_->read(buffer);
      got_.append(reinterpret_cast<const char*>(buffer.data()), io.bytes);
      if (io.state == env::IoState::ended || io.state == env::IoState::failed) return got_ + "<end>";
      if (!text.empty() && got_.find(text) != std::string::npos) return got_;
      if (io.state == env::IoState::blocked && wait() == fiber::Wake::late) return got_ + "<nothing>";
    }
  }

 private:
  void ready(bool, bool) override { waiter_.wake(); }
  fiber::Wake wait() { return waiter_.wait(env::os().now() + patience); }

  std::string got_;
  fiber::Waiter waiter_;
  std::unique_ptr<env::Stream> stream_;
};

class Door : public ::testing::Test {
 protected:
  Door() { log::set_level(log::Level::warning); }
  ~Door() override {
    upstream.hold = false;
    upstream.door.wake();
    if (acceptor == nullptr) return;
    fiber::Waiter drained;
    loop.post([&] { acceptor->drain([&] { drained.wake(); }); });
    if (drained.wait(env::os().now() + patience) == fiber::Wake::late) ADD_FAILURE() << "the door does not close";
  }
  void open() {
    auto listener = loop.reactor().listen(env::Address::parse("127.0.0.1:0").value()).value();
    address = listener->address();
    acceptor = std::make_unique<Acceptor>(loop, gateway, limits, std::move(listener));
  }
  Client& connect() { return *clients.emplace_back(std::make_unique<Client>(loop, address)); }

  const Contracts contracts = Contracts::load(testing::library_manifest()).value();
  Held upstream;
  Gateway gateway{contracts, upstream, patience};
  Limits limits;
  fiber::Loop loop{env::os(), 0};
  env::Address address;
  std::unique_ptr<Acceptor> acceptor;
  std::vector<std::unique_ptr<Client>> clients;
};

constexpr std::string_view get = "GET /v1/books/7 HTTP/1.1\r\nHost: x\r\n\r\n";
constexpr std::string_view post = "POST /v1/books HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n";
constexpr std::string_view body = "{\"id\":\"7\"}";

TEST_F(Door, ClosesOnAHeadThatDoesNotEnd) {
  limits.head_time = std::chrono::milliseconds(30);
  open();
  Client& client = connect();
  client.send("GET / HTTP/1.1\r\n");
  EXPECT_EQ(client.read_until(), "<end>");
  EXPECT_EQ(connect().read_until(), "<end>") << "one that says nothing at all is not kept either";
}

TEST_F(Door, AnswersABodyThatDoesNotEnd) {
  limits.body_time = std::chrono::milliseconds(30);
  open();
  Client& client = connect();
  client.send(post);
  client.send("{");
  EXPECT_EQ(client.read_until().substr(0, 12), "HTTP/1.1 408");
  EXPECT_EQ(upstream.calls, 0);
}

TEST_F(Door, ClosesWhatIsIdle) {
  limits.idle_time = std::chrono::milliseconds(30);
  open();
  Client& client = connect();
  client.send(get);
  const std::string all = client.read_until();
  EXPECT_EQ(all.substr(0, 12), "HTTP/1.1 200");
  EXPECT_TRUE(all.ends_with("{}<end>")) << all;
}

TEST_F(Door, TakesSoManyCallsAndNoMore) {
  limits.requests_max = 1;
  upstream.hold = true;
  open();
  Client& first = connect();
  first.send(get);
  while (upstream.calls == 0) fiber::Waiter().wait(env::os().now() + std::chrono::milliseconds(1));
  Client& second = connect();
  second.send(get);
  const std::string refusal = second.read_until("details");
  EXPECT_EQ(refusal.substr(0, 12), "HTTP/1.1 503");
  EXPECT_NE(refusal.find("retry-after: 1\r\n"), std::string::npos) << refusal;
  upstream.door.wake();
  EXPECT_EQ(first.read_until("{}").substr(0, 12), "HTTP/1.1 200");
  upstream.hold = false;
  second.send(get);
  EXPECT_NE(second.read_until("HTTP/1.1 200").find("HTTP/1.1 200"), std::string::npos) << "the place is free again";
}

TEST_F(Door, TakesSoManyBytesAndNoMore) {
  limits.body_bytes_max = 15;
  open();
  Client& first = connect();
  first.send(post);
  first.send(body.substr(0, 7));
  Client& second = connect();
  second.send(post);
  second.send(body);
  EXPECT_EQ(second.read_until("details").substr(0, 12), "HTTP/1.1 503");
  first.send(body.substr(7));
  EXPECT_EQ(first.read_until("{}").substr(0, 12), "HTTP/1.1 200");
  Client& third = connect();
  third.send(post);
  third.send(body);
  EXPECT_EQ(third.read_until("{}").substr(0, 12), "HTTP/1.1 200") << "the bytes are free again";
}

TEST_F(Door, TakesSoManyConnectionsAndNoMore) {
  limits.connections_max = 1;
  open();
  Client& first = connect();
  first.send(get);
  first.read_until("{}");
  EXPECT_EQ(connect().read_until(), "<end>");
}

TEST_F(Door, ReadsNoFurtherFromWhoDoesNotRead) {
  limits.write_time = std::chrono::milliseconds(200);
  open();
  Client& client = connect();
  const std::string request = "GET /nowhere/" + std::string(2000, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n";
  std::string flood;
  for (int i = 0; i < 20'000; ++i) flood += request;  // 40 MB of requests, and more of answers
  client.send(flood);  // returns when the gateway has given up on it
  EXPECT_TRUE(client.read_until().ends_with("<end>"));
  EXPECT_EQ(acceptor->connections(), 0u);
}

}  // namespace
}  // namespace holon::gateway
