// A server against clients that are silent, slow, too many or too old: raw ones, which say just what they are told.
// long: one fixture, and a test for each way in which a client goes wrong

#include "server/server.h"

#include <sys/resource.h>
#include <unistd.h>

#include <cstring>

#include "fiber/call.h"
#include "holon/task.h"
#include "holon/try.h"
#include "server/arrival.h"
#include "server/raw_client.h"
#include "telemetry/refusals.h"
#include "testdata/probe.holon.h"
#include "wire/http2_raw.h"

namespace holon::server {
namespace {

namespace raw = wire::raw;
using probe::v1::Message;
using std::chrono::milliseconds;
using std::chrono::seconds;

class Leaf final : public probe::v1::Leaf::Service {
 public:
  /// Answers with `number` bytes.
  Result<Message> Echo(Call& call, const Message& request) override {
    ++echoes;
    priority = internal::CallAccess::priority(call);
    Message reply;
    reply.set_bytes(std::string(static_cast<std::size_t>(request.number()), 'x'));
    return reply;
  }
  Result<Message> WaitForEnd(Call& call, const Message&) override {
    ++waiting;
    Result<void> slept = sleep(call, milliseconds(60));
    --waiting;
    TRY(slept);
    return Message();
  }
  int echoes = 0;
  int priority = -1;  ///< of the last one
  int waiting = 0;
};

std::string request_block(std::string_view method, std::string_view more = "") {
  return raw::request_block(raw::field("te", "trailers") + raw::field("content-type", "application/grpc") + std::string(more),
                            "/probe.v1.Leaf/" + std::string(method));
}
std::string framed(const Message& message) {
  std::string bytes = message.SerializeAsString();
  return std::string(1, '\0') + raw::big_endian(bytes.size(), 4) + bytes;
}
/// A whole call.
std::string call_of(std::string_view method, std::uint32_t stream = 1, const Message& message = {}) {
  return raw::headers(stream, request_block(method)) + raw::data(stream, framed(message), raw::END_STREAM);
}

class ServerTest : public ::testing::Test {
 protected:
  ServerTest() { router_.add(probe::v1::Leaf::info(), leaf_); }
  ~ServerTest() override {
    if (server_ != nullptr) server_->drain(env::os().now());
    ::unlink(unix_address().host.c_str());
  }

  static env::Address unix_address() {
    return *env::Address::parse("unix:" + ::testing::TempDir() + "holon_server_test_" + std::to_string(::getpid()));
  }
  void serve(const Limits& limits, const env::Address& where = unix_address(), HttpHandler* handler = nullptr) {
    server_ = std::make_unique<Server>(router_, std::vector<fiber::Loop*>{&loop_}, limits, handler);
    auto listening = server_->listen(where);
    ASSERT_TRUE(listening.ok()) << listening.error().to_string();
    address_ = *listening;
  }
  RawClient& connect() {
    clients_.push_back(std::make_unique<RawClient>(loop_, address_));
    return *clients_.back();
  }
  RawClient& greeted() {
    RawClient& client = connect();
    client.greet();
    EXPECT_TRUE(eventually([&] { return client.heard("SETTINGS ack"); }));
    return client;
  }

  template <class Condition>
  bool eventually(Condition condition, env::Duration most = seconds(10)) {
    for (env::Time until = env::os().now() + most; env::os().now() < until;) {
      if (condition()) return true;
      turn();
    }
    return condition();
  }
  void turn(env::Duration time = milliseconds(1)) {
    fiber::Waiter waiter;
    waiter.wait(env::os().now() + time);
  }
  /// How often `rule` refused since this test began.
  std::uint64_t refusals(std::string_view rule) {
    auto before = refused_before_.find(rule);
    return telemetry::refusals_of(rule) - (before == refused_before_.end() ? 0 : before->second);
  }
  void SetUp() override {
    for (const telemetry::Refusal& refusal : telemetry::refusals()) refused_before_[refusal.rule] = refusal.count;
  }

  fiber::Loop loop_{env::os(), 0};
  Leaf leaf_;
  Router router_;
  std::map<std::string, std::uint64_t, std::less<>> refused_before_;
  std::unique_ptr<Server> server_;
  env::Address address_;
  std::vector<std::unique_ptr<RawClient>> clients_;
};

TEST_F(ServerTest, AnswersARawClient) {
  serve({});
  RawClient& client = greeted();
  client.say(call_of("Echo"));
  EXPECT_TRUE(eventually([&] { return client.heard("HEADERS 1 end"); })) << ::testing::PrintToString(client.heard());
}

TEST_F(ServerTest, AStrangerMaySayThatACallCanBeDoneWithoutButNotThatItIsUrgent) {
  serve({});
  RawClient& client = greeted();
  auto priority_of = [&, stream = 1u](std::string_view said) mutable {
    const int before = leaf_.echoes;
    client.say(raw::headers(stream, request_block("Echo", raw::field("holon-priority", said))) +
               raw::data(stream, framed({}), raw::END_STREAM));
    stream += 2;
    EXPECT_TRUE(eventually([&] { return leaf_.echoes > before; }));
    return leaf_.priority;
  };
  EXPECT_EQ(priority_of("critical"), internal::Priority::critical);
  EXPECT_EQ(priority_of("sheddable"), internal::Priority::sheddable);
  router_.open_to_strangers();
  EXPECT_EQ(priority_of("critical"), internal::Priority::normal);
  EXPECT_EQ(priority_of("sheddable"), internal::Priority::sheddable);
}

TEST_F(ServerTest, WhoDoesNotGreetInTimeIsLeft) {
  Limits limits;
  limits.link.preface_time = milliseconds(300);
  serve(limits);
  RawClient& silent = connect();
  RawClient& half = connect();
  half.say(raw::client_preface.substr(0, 10));
  RawClient& without_settings = connect();
  without_settings.say(raw::client_preface);
  RawClient& honest = greeted();
  EXPECT_TRUE(eventually([&] { return silent.closed() && half.closed() && without_settings.closed(); }));
  EXPECT_EQ(refusals("preface_timeout"), 3u);
  EXPECT_FALSE(honest.closed());
  EXPECT_TRUE(eventually([&] { return server_->connections() == 1u; }));
}

TEST_F(ServerTest, AFrameThatIsNotFinishedInTimeEndsItsConnection) {
  Limits limits;
  limits.link.frame_time = milliseconds(30);
  serve(limits);
  RawClient& client = greeted();
  std::string call = call_of("Echo");
  client.say(call.substr(0, call.size() - 3));
  EXPECT_TRUE(eventually([&] { return client.closed(); }));
  EXPECT_TRUE(client.heard("GOAWAY ENHANCE_YOUR_CALM"));
  EXPECT_EQ(refusals("slow_writer"), 1u);
}

TEST_F(ServerTest, AHeaderBlockThatIsNotFinishedInTimeEndsItsConnection) {
  Limits limits;
  limits.link.frame_time = milliseconds(30);
  serve(limits);
  RawClient& client = greeted();
  client.say(raw::headers(1, request_block("Echo"), raw::NONE));
  EXPECT_TRUE(eventually([&] { return client.closed(); }));
  EXPECT_EQ(refusals("slow_writer"), 1u);
}

TEST_F(ServerTest, MoreConnectionsThanItTakesAreClosedAtOnce) {
  Limits limits;
  limits.connections_max = 4;
  serve(limits);
  std::vector<RawClient*> busy;
  for (std::uint32_t i = 0; i < 4; ++i) {
    busy.push_back(&connect());
    busy.back()->greet();
    busy.back()->say(raw::headers(1, request_block("Echo")));  // a call whose request does not end
  }
  EXPECT_TRUE(eventually([&] { return server_->connections() == 4 && server_->calls() == 4; }));
  RawClient& more = connect();
  EXPECT_TRUE(eventually([&] { return more.closed(); }));
  EXPECT_EQ(refusals("too_many_connections"), 1u);
  EXPECT_TRUE(eventually([&] { return server_->connections() == 4u; }));
  busy[0]->say(raw::data(1, framed({}), raw::END_STREAM));
  EXPECT_TRUE(eventually([&] { return busy[0]->heard("HEADERS 1 end"); })) << "those that are in go on";
}

TEST_F(ServerTest, WhenItGetsCrowdedTheIdlestIsToldToGo) {
  Limits limits;
  limits.connections_max = 8;
  serve(limits);
  std::vector<RawClient*> idle;
  for (int i = 0; i < 7; ++i) idle.push_back(&greeted());
  idle[0]->say(call_of("Echo"));  // so the second is idle for longest
  EXPECT_TRUE(eventually([&] { return idle[0]->heard("HEADERS 1 end"); }));
  greeted();
  EXPECT_TRUE(eventually([&] { return idle[1]->heard("GOAWAY"); }));
  for (int i : {0, 2, 3, 4, 5, 6}) EXPECT_FALSE(idle[i]->heard("GOAWAY")) << i;
  EXPECT_EQ(refusals("too_many_connections"), 0u);
}

TEST_F(ServerTest, OneAddressGetsOnlySoManyConnections) {
  Limits limits;
  limits.connections_per_peer_max = 2;
  serve(limits, *env::Address::parse("127.0.0.1:0"));
  greeted();
  RawClient& second = greeted();
  RawClient& third = connect();
  EXPECT_TRUE(eventually([&] { return third.closed(); }));
  EXPECT_EQ(refusals("too_many_connections_of_a_peer"), 1u);
  EXPECT_FALSE(second.closed());
  clients_.erase(clients_.begin());
  EXPECT_TRUE(eventually([&] { return server_->connections() == 1; }));
  EXPECT_FALSE(greeted().closed()) << "a place that is free again";
}

TEST_F(ServerTest, ProcessesOfThisMachineAreNotCountedApart) {
  Limits limits;
  limits.connections_per_peer_max = 1;
  serve(limits);
  greeted();
  EXPECT_FALSE(greeted().closed());
  EXPECT_EQ(refusals("too_many_connections_of_a_peer"), 0u);
}

TEST_F(ServerTest, AnIdleConnectionIsToldToGo) {
  Limits limits;
  limits.idle_time = milliseconds(30);
  serve(limits);
  RawClient& idle = greeted();
  RawClient& busy = greeted();
  busy.say(raw::headers(1, request_block("Echo")));
  EXPECT_TRUE(eventually([&] { return idle.heard("GOAWAY NO_ERROR"); }));
  EXPECT_FALSE(busy.heard("GOAWAY"));
  busy.say(raw::data(1, framed({}), raw::END_STREAM));
  EXPECT_TRUE(eventually([&] { return busy.heard("GOAWAY NO_ERROR"); })) << "it is idle now, too";
  EXPECT_TRUE(busy.heard("HEADERS 1 end"));
}

TEST_F(ServerTest, AnOldConnectionFinishesWhatHasBegunAndCloses) {
  Limits limits;
  limits.age_max = milliseconds(30);
  serve(limits);
  RawClient& client = greeted();
  client.say(call_of("WaitForEnd"));
  EXPECT_TRUE(eventually([&] { return client.heard("GOAWAY NO_ERROR"); }));
  EXPECT_EQ(leaf_.waiting, 1);
  // It sees that, and says so.
  for (const raw::Frame& frame : raw::frames_of(client.received())) {
    if (frame.type == raw::PING) client.say(raw::ping(frame.payload, raw::ACK));
  }
  EXPECT_TRUE(eventually([&] { return client.closed(); }));
  EXPECT_TRUE(client.heard("HEADERS 1 end"));
}

TEST_F(ServerTest, AnOldConnectionThatDoesNotEndIsClosed) {
  Limits limits;
  limits.age_max = milliseconds(20);
  limits.age_grace = milliseconds(20);
  serve(limits);
  RawClient& client = greeted();
  client.say(raw::headers(1, request_block("Echo")));
  EXPECT_TRUE(eventually([&] { return client.closed(); }));
  EXPECT_TRUE(eventually([&] { return server_->connections() == 0u; }));
}

TEST_F(ServerTest, AReplyThatIsNotTakenEndsItsCall) {
  Limits limits;
  limits.link.write_time = milliseconds(40);
  limits.request_time = milliseconds(40);
  serve(limits);
  RawClient& client = connect();
  client.greet(raw::settings({{raw::INITIAL_WINDOW_SIZE, 10}}));
  Message much;
  much.set_number(100'000);
  client.say(call_of("Echo", 1, much));
  EXPECT_TRUE(eventually([&] { return client.heard("RST_STREAM 1 CANCEL"); })) << ::testing::PrintToString(client.heard());
  EXPECT_EQ(refusals("slow_reader"), 1u);
  EXPECT_FALSE(client.closed()) << "its other calls go on";
  client.say(call_of("WaitForEnd", 3));
  EXPECT_TRUE(eventually([&] { return client.heard("HEADERS 3"); }));
}

TEST_F(ServerTest, AReplyThatIsTakenSlowlyIsNotCut) {
  Limits limits;
  limits.link.write_time = milliseconds(60);
  limits.request_time = milliseconds(40);
  serve(limits);
  RawClient& client = connect();
  client.greet(raw::settings({{raw::INITIAL_WINDOW_SIZE, 10}}));
  Message much;
  much.set_number(1000);
  client.say(call_of("Echo", 1, much));
  for (int i = 0; i < 40; ++i) {
    turn(milliseconds(5));
    client.say(raw::window_update(1, 30));
  }
  EXPECT_TRUE(eventually([&] { return client.heard("HEADERS 1 end"); })) << ::testing::PrintToString(client.heard());
  EXPECT_EQ(refusals("slow_reader"), 0u);
}

TEST_F(ServerTest, WhoDoesNotReadItsRepliesGetsNoMoreUntilItDoes) {
  Limits limits;
  limits.unread_bytes_max = 250'000;
  serve(limits);
  RawClient& client = connect();
  client.greet(raw::settings({{raw::INITIAL_WINDOW_SIZE, 0}}));
  Message much;
  much.set_number(100'000);
  for (std::uint32_t i = 0; i < 20; ++i) client.say(call_of("Echo", 1 + 2 * i, much));
  EXPECT_TRUE(eventually([&] { return leaf_.echoes == 3; }));
  RawClient& other = greeted();
  other.say(call_of("Echo"));
  EXPECT_TRUE(eventually([&] { return other.heard("HEADERS 1 end"); })) << "others are served";
  EXPECT_EQ(leaf_.echoes, 3 + 1);
  EXPECT_EQ(server_->calls(), 17u);
  client.say(raw::window_update(0, 1 << 30) + raw::settings({{raw::INITIAL_WINDOW_SIZE, 1 << 20}}));
  EXPECT_TRUE(eventually([&] {
    for (std::uint32_t i = 0; i < 20; ++i) {
      if (!client.heard("HEADERS " + std::to_string(1 + 2 * i) + " end")) return false;
    }
    return true;
  }));
  EXPECT_EQ(leaf_.echoes, 20 + 1);
}

TEST_F(ServerTest, ACallThatWaitsForAReaderEndsWithItsDeadlineOrItsStream) {
  Limits limits;
  limits.unread_bytes_max = 1'000;
  limits.request_time = milliseconds(40);
  serve(limits);
  RawClient& client = connect();
  client.greet(raw::settings({{raw::INITIAL_WINDOW_SIZE, 0}}));
  Message much;
  much.set_number(100'000);
  client.say(call_of("Echo", 1, much));
  EXPECT_TRUE(eventually([&] { return leaf_.echoes == 1; }));
  std::string request = raw::data(3, framed(much), raw::END_STREAM);
  client.say(raw::headers(3, request_block("Echo", raw::field("grpc-timeout", "60m"))) + request);
  EXPECT_TRUE(eventually([&] { return client.heard("HEADERS 3 end"); })) << "its deadline has passed";
  client.say(call_of("Echo", 5, much));
  EXPECT_TRUE(eventually([&] { return server_->calls() == 1; }));
  client.say(raw::rst_stream(5, 8));
  EXPECT_TRUE(eventually([&] { return server_->calls() == 0; }));
  EXPECT_EQ(leaf_.echoes, 1);
}

TEST_F(ServerTest, ARequestWithoutDeadlineMustComeInTime) {
  Limits limits;
  limits.request_time = milliseconds(40);
  serve(limits);
  RawClient& client = greeted();
  client.say(raw::headers(1, request_block("Echo")) + raw::data(1, framed({}).substr(0, 3)));
  EXPECT_TRUE(eventually([&] { return client.heard("HEADERS 1 end"); }));
  EXPECT_EQ(refusals("slow_request"), 1u);
  EXPECT_EQ(leaf_.echoes, 0);
  EXPECT_EQ(server_->calls(), 0u);
}

TEST_F(ServerTest, ARequestWithADeadlineMayTakeAsLong) {
  Limits limits;
  limits.request_time = milliseconds(20);
  serve(limits);
  RawClient& client = greeted();
  client.say(raw::headers(1, request_block("Echo", raw::field("grpc-timeout", "10S"))));
  client.say(raw::headers(3, request_block("Echo", raw::field("grpc-timeout", "80m"))));
  EXPECT_TRUE(eventually([&] { return client.heard("HEADERS 3 end"); })) << "its deadline has passed";
  EXPECT_FALSE(client.heard("HEADERS 1"));
  client.say(raw::data(1, framed({}), raw::END_STREAM));
  EXPECT_TRUE(eventually([&] { return client.heard("HEADERS 1"); }));
  EXPECT_EQ(leaf_.echoes, 1);
  EXPECT_EQ(refusals("slow_request"), 0u);
}

/// What a gateway does: it serves methods that no service here has, and says which pages may call.
class Gateway final : public HttpHandler {
 public:
  void serve(HttpExchange& exchange) override { EXPECT_TRUE(exchange.respond(200, {}, "an exchange").ok()); }
  Refusal refuse(int, std::string_view why) override { return {{}, std::string(why)}; }
  std::optional<PageHeaders> admit_page(const HttpRequest& request) override {
    if (request.header("origin") != "https://shop.example" || request.authority != "api.example") return {};
    return PageHeaders{{"access-control-allow-origin", "https://shop.example"}, {"access-control-allow-credentials", "true"}};
  }
};

std::string arrived_from;

TEST_F(ServerTest, AFallbackServesWhatNoServiceHereHas) {
  internal::MethodInfo method = probe::v1::Leaf::info().methods[0];
  method.name = "far.Away/Method";
  method.serve = [](Service&, Call&, internal::Exchange& exchange) -> Result<void> {
    Message message;
    HOLON_TRY(exchange.read(message));
    const Arrival* arrival = arrival_of(exchange);
    arrived_from = arrival == nullptr ? "nowhere" : arrival->peer + " to " + arrival->authority + " " + arrival->origin;
    return exchange.write(message);
  };
  const Route route{&method, &leaf_, 0};
  router_.fall_back_to([&](std::string_view path) { return path == "/far.Away/Method" ? &route : nullptr; });
  Gateway gateway;
  serve({}, unix_address(), &gateway);
  RawClient& client = greeted();
  const std::string more = raw::field("te", "trailers") + raw::field("content-type", "application/grpc");
  client.say(raw::headers(1, raw::request_block(more, "/far.Away/Method")) + raw::data(1, framed({}), raw::END_STREAM));
  EXPECT_TRUE(eventually([&] { return client.heard("HEADERS 1 end"); }));
  EXPECT_EQ(arrived_from, "unix to a ");
  client.say(call_of("Echo", 3) + raw::headers(5, raw::request_block(more, "/far.Away/Other"),
                                               raw::END_HEADERS | raw::END_STREAM));
  EXPECT_TRUE(eventually([&] { return client.heard("HEADERS 3 end") && client.heard("HEADERS 5 end"); }));

  RawClient& page = connect();
  const auto call_from = [](std::string_view origin) {
    return "POST /far.Away/Method HTTP/1.1\r\nHost: api.example\r\nContent-Type: application/grpc-web\r\nContent-Length: 5\r\n"
           "Origin: " + std::string(origin) + "\r\n\r\n" + framed({});
  };
  page.say(call_from("https://shop.example"));
  EXPECT_TRUE(eventually([&] { return page.heard_text("grpc-status: 0"); })) << page.received();
  EXPECT_TRUE(page.heard_text("access-control-allow-credentials: true\r\n"));
  EXPECT_EQ(arrived_from, "unix to api.example https://shop.example");
  page.say(call_from("https://evil.example"));
  EXPECT_TRUE(eventually([&] { return page.heard_text("HTTP/1.1 403 "); }));
  RawClient& asks = connect();
  asks.say("OPTIONS /far.Away/Method HTTP/1.1\r\nHost: api.example\r\nOrigin: https://a\r\n"
           "Access-Control-Request-Method: POST\r\n\r\n");
  EXPECT_TRUE(eventually([&] { return asks.heard_text("an exchange"); })) << "what browsers ask before is the handler's, too";
}

TEST_F(ServerTest, AClientThatIsGoneWithoutAWordIsFoundOut) {
  Limits limits;
  limits.link.keepalive_time = milliseconds(20);
  limits.link.keepalive_timeout = milliseconds(20);
  serve(limits);
  RawClient& gone = greeted();
  EXPECT_TRUE(eventually([&] { return gone.closed(); }));
  EXPECT_TRUE(gone.heard("PING"));
  EXPECT_EQ(refusals("keepalive_timeout"), 1u);
}

TEST_F(ServerTest, WithoutDescriptorsTheIdleMakeRoom) {
  serve({});
  RawClient& idle = greeted();
  RawClient& late = connect();  // in the backlog: the loop has not turned
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  int next_free = ::dup(0);
  ASSERT_GE(next_free, 0);
  ::close(next_free);
  rlimit none_left{static_cast<rlim_t>(next_free), before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none_left), 0);
  late.greet();
  EXPECT_TRUE(eventually([&] { return idle.heard("GOAWAY"); }));
  EXPECT_GE(refusals("no_descriptors"), 1u);
  clients_.erase(clients_.begin());  // it does as it was told
  EXPECT_TRUE(eventually([&] { return late.heard("SETTINGS ack"); }));
  ::setrlimit(RLIMIT_NOFILE, &before);
}

TEST_F(ServerTest, ADrainIsNotHeldUpByAClientThatDoesNotListen) {
  serve({});
  greeted();
  env::Time before = env::os().now();
  server_->drain(before + seconds(30));
  EXPECT_LT(env::os().now() - before, seconds(10));
  EXPECT_TRUE(eventually([&] { return server_->connections() == 0u; }));
}

}  // namespace
}  // namespace holon::server
