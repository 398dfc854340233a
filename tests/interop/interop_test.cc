// holon calls a grpc-js server.
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <stdexcept>
#include <thread>

#include "holon/client.h"
#include "holon/task.h"
#include "interop.holon.h"

extern char** environ;

namespace interop {
namespace {

using namespace std::chrono_literals;

constexpr auto patience = 20s;

/// `node grpcjs_server.js`, and the port it printed. It ends when its standard input does.
class GrpcJsServer {
 public:
  GrpcJsServer() {
    int input[2];
    int output[2];
    if (::pipe2(input, O_CLOEXEC) != 0 || ::pipe2(output, O_CLOEXEC) != 0) throw std::runtime_error("no pipes");
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, input[0], 0);
    ::posix_spawn_file_actions_adddup2(&actions, output[1], 1);
    std::string node = NODE_PROGRAM;
    std::string script = GRPCJS_SERVER;
    char* arguments[] = {node.data(), script.data(), nullptr};
    int failed = ::posix_spawn(&pid_, node.c_str(), &actions, nullptr, arguments, environ);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(input[0]);
    ::close(output[1]);
    input_ = input[1];
    if (failed == 0) read_port(output[0]);
    ::close(output[0]);
    if (port_ == 0) throw std::runtime_error("node " + script + " did not say its port");
  }
  ~GrpcJsServer() {
    ::close(input_);
    ::waitpid(pid_, nullptr, 0);
  }
  GrpcJsServer(const GrpcJsServer&) = delete;
  GrpcJsServer& operator=(const GrpcJsServer&) = delete;

  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  void read_port(int output) {
    char text[16] = {};
    std::size_t size = 0;
    while (size + 1 < sizeof text && std::string_view(text).find('\n') == std::string_view::npos) {
      ssize_t got = ::read(output, text + size, sizeof text - 1 - size);
      if (got <= 0) break;
      size += static_cast<std::size_t>(got);
    }
    port_ = std::atoi(text);
  }

  pid_t pid_ = -1;
  int input_ = -1;
  int port_ = 0;
};

class HolonCallsGrpcJs : public testing::Test {
 protected:
  static void SetUpTestSuite() { server_ = new GrpcJsServer; }
  static void TearDownTestSuite() {
    delete server_;
    server_ = nullptr;
  }

  auto call(std::chrono::nanoseconds timeout = patience) { return client_.call(timeout); }
  WaitCounts waits(const std::string& text) {
    Message request;
    request.set_text(text);
    return interop_->Waits(*call(), request).value();
  }
  void await_ended(const std::string& text) {
    auto end = holon::Clock::now() + patience;
    while (waits(text).ended() != 1) ASSERT_LT(holon::Clock::now(), end) << "the handler never heard of its end";
  }

  static inline GrpcJsServer* server_ = nullptr;
  holon::Client client_{server_->address()};
  holon::Ref<Interop> interop_{client_};
};

TEST_F(HolonCallsGrpcJs, AUnaryCallComesBackAsItWent) {
  Message request;
  request.set_text("Zürich ☃");
  request.set_number(-7);
  request.set_data(std::string("\0\xff\n", 3));
  auto reply = interop_->Echo(*call(), request);
  ASSERT_TRUE(reply.ok()) << reply.error().to_string();
  EXPECT_EQ(reply->SerializeAsString(), request.SerializeAsString());
  EXPECT_TRUE(interop_->Echo(*call(), Message()).ok());
}

TEST_F(HolonCallsGrpcJs, ALargeMessageFitsThroughTheWindows) {
  Message request;
  request.set_data(std::string(3 << 20, 'h'));
  auto reply = interop_->Echo(*call(), request);
  ASSERT_TRUE(reply.ok()) << reply.error().to_string();
  EXPECT_EQ(reply->data(), request.data());
}

TEST_F(HolonCallsGrpcJs, AnErrorArrivesWithItsCodeAndMessage) {
  for (int code : {1, 2, 3, 5, 9, 13, 16}) {
    Failure request;
    request.set_code(code);
    request.set_message("100% \"wrong\"\nin Zürich");
    auto reply = interop_->Fail(*call(), request);
    ASSERT_FALSE(reply.ok());
    EXPECT_EQ(static_cast<int>(reply.code()), code);
    EXPECT_EQ(reply.error().message(), request.message());
  }
}

TEST_F(HolonCallsGrpcJs, AStreamArrivesInOrderAndWhole) {
  CountRequest request;
  request.set_count(2000);
  request.set_size(1000);
  auto running = call();
  auto messages = interop_->Count(*running, request);
  for (int i = 0; i < 2000; ++i) {
    auto message = messages.next();
    ASSERT_TRUE(message.ok()) << message.error().to_string();
    ASSERT_TRUE(message->has_value()) << "ended at " << i;
    ASSERT_EQ((*message)->number(), i);
  }
  auto end = messages.next();
  ASSERT_TRUE(end.ok()) << end.error().to_string();
  EXPECT_FALSE(end->has_value());
}

TEST_F(HolonCallsGrpcJs, AStreamEndsWithItsErrorAfterItsMessages) {
  CountRequest request;
  request.set_count(2);
  request.set_code(static_cast<int>(holon::Code::data_loss));
  auto running = call();
  auto messages = interop_->Count(*running, request);
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(messages.next().ok());
  auto end = messages.next();
  EXPECT_EQ(end.code(), holon::Code::data_loss);
  EXPECT_EQ(end.error().message(), "counted");
}

TEST_F(HolonCallsGrpcJs, AStreamLeftEarlyIsCancelledAndTheConnectionGoesOn) {
  CountRequest request;
  request.set_count(1'000'000'000);
  request.set_size(1000);
  {
    auto running = call();
    auto messages = interop_->Count(*running, request);
    for (int i = 0; i < 100; ++i) ASSERT_TRUE(messages.next().ok());
  }
  EXPECT_TRUE(interop_->Echo(*call(), Message()).ok());
}

TEST_F(HolonCallsGrpcJs, TheDeadlineAndTheTraceGoAlong) {
  auto running = call(15s);
  auto description = interop_->Describe(*running, Message());
  ASSERT_TRUE(description.ok()) << description.error().to_string();
  EXPECT_GT(description->remaining_ms(), 10'000);
  EXPECT_LE(description->remaining_ms(), 15'100);  // grpc-js adds the milliseconds to its own clock
  EXPECT_EQ(description->texts().at("user-agent").substr(0, 6), "holon/");
  EXPECT_THAT(description->texts().at("traceparent"), testing::HasSubstr(running->trace().trace_id()));
}

TEST_F(HolonCallsGrpcJs, ADeadlineEndsTheCallOnBothSides) {
  Message request;
  request.set_text("deadline");
  auto begun = holon::Clock::now();
  auto reply = interop_->Wait(*call(100ms), request);
  EXPECT_EQ(reply.code(), holon::Code::deadline_exceeded);
  EXPECT_GE(holon::Clock::now() - begun, 100ms);
  await_ended("deadline");
}

TEST_F(HolonCallsGrpcJs, ACancelledCallEndsItsHandler) {
  auto running = call();
  Message request;
  request.set_text("cancel");
  {
    holon::TaskGroup group(*running);
    group.spawn([&](holon::Call& branch) { return interop_->Wait(branch, request); });
    auto end = holon::Clock::now() + patience;
    while (waits("cancel").running() != 1) ASSERT_LT(holon::Clock::now(), end) << "the handler never ran";
  }
  await_ended("cancel");
}

TEST_F(HolonCallsGrpcJs, AThousandCallsAtATime) {
  auto running = call();
  std::vector<holon::Task<Message>> tasks;
  holon::TaskGroup group(*running);
  for (int i = 0; i < 1000; ++i) {
    tasks.push_back(group.spawn([this, i](holon::Call& branch) {
      Message request;
      request.set_number(i);
      return interop_->Echo(branch, request);
    }));
  }
  for (int i = 0; i < 1000; ++i) {
    auto reply = tasks[static_cast<std::size_t>(i)].get();
    ASSERT_TRUE(reply.ok()) << reply.error().to_string();
    EXPECT_EQ(reply->number(), i);
  }
}

TEST(Interop, AServerThatGoesIsUnavailable) {
  auto server = std::make_unique<GrpcJsServer>();
  holon::Client client(server->address());
  holon::Ref<Interop> interop(client);
  ASSERT_TRUE(interop->Echo(*client.call(patience), Message()).ok());
  server.reset();
  EXPECT_EQ(interop->Echo(*client.call(patience), Message()).code(), holon::Code::unavailable);
}

}  // namespace
}  // namespace interop
