// Hosts with two loops: what a process does, seen from a client on a thread of its own.

#include "app/host.h"

#include <thread>

#include "env/disk.h"
#include "holon/client.h"
#include "holon/try.h"
#include "testdata/probe.holon.h"

namespace holon {
namespace {

using probe::v1::Message;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// Burns CPU, and says on which thread it did.
class Busy final : public probe::v1::Leaf::Service {
 public:
  Result<Message> Echo(Call& call, const Message& request) override {
    Message reply = request;
    reply.set_caller(std::string(call.caller()));
    return reply;
  }
  Result<Message> AnswerLate(Call&, const Message& request) override {
    auto until = Clock::now() + milliseconds(1);
    while (Clock::now() < until) {
    }
    Message reply = request;
    reply.set_text(std::to_string(std::hash<std::thread::id>()(std::this_thread::get_id())));
    return reply;
  }
  Result<Message> WaitForEnd(Call& call, const Message&) override {
    TRY(sleep(call, milliseconds(200)));
    return Message();
  }
  Result<void> Count(Call&, const Message& request, Writer<Message>& out) override {
    for (int i = 0; i < request.number(); ++i) {
      Message message;
      message.set_number(i);
      TRY(out.write(message));
    }
    return {};
  }
};

class Front final : public probe::v1::Middle::Service {
 public:
  explicit Front(Wiring& wiring) : leaf_(wiring) {}
  Result<Message> Relay(Call& call, const Message& request) override { return leaf_->Echo(call, request); }

 private:
  Ref<probe::v1::Leaf> leaf_;
};

class HostTest : public ::testing::Test {
 protected:
  void SetUp() override { start({}); }
  void TearDown() override { stop(); }

  void start(std::chrono::milliseconds drain) {
    socket_ = "unix:" + ::testing::TempDir() + "host_test.sock";
    app::Options options;
    options.loops = 2;
    options.listen = {*env::Address::parse(socket_)};
    options.data = ::testing::TempDir() + "host_test_data";
    if (drain.count() > 0) options.drain = drain;
    std::atomic<bool> up{false};
    thread_ = std::thread([this, options, &up] {
      app::Host host(env::os(), options);
      host_ = &host;
      host.add(internal::factory_of<Busy>());
      host.add(internal::factory_of<Front>());
      host.on_ready([&] { up = true; });
      exit_code_ = host.run();
    });
    while (!up) std::this_thread::yield();
  }
  void stop() {
    if (!thread_.joinable()) return;
    host_->stop();
    thread_.join();
    EXPECT_EQ(exit_code_, 0);
  }

  std::string socket_;
  app::Host* host_ = nullptr;
  std::thread thread_;
  int exit_code_ = -1;
};

TEST_F(HostTest, AnswersOnBothLoops) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      Client client(socket_);
      Ref<probe::v1::Middle> front(client);
      for (int i = 0; i < 200; ++i) {
        Message request;
        request.set_number(i);
        auto call = client.call(seconds(10));
        Result<Message> reply = front->Relay(*call, request);
        ASSERT_TRUE(reply.ok()) << reply.error().to_string();
        EXPECT_EQ(reply->number(), i);
        EXPECT_EQ(reply->caller(), "probe.v1.Middle");
      }
    });
  }
  for (auto& thread : threads) thread.join();
}

TEST_F(HostTest, OneBusyConnectionUsesBothLoops) {
  Client client(socket_);
  Ref<probe::v1::Leaf> leaf(client);
  auto call = client.call(seconds(20));
  TaskGroup group(*call);
  std::vector<Task<Message>> tasks;
  for (int i = 0; i < 64; ++i) {
    tasks.push_back(group.spawn([&, i](Call& branch) {
      Message request;
      request.set_number(i);
      return leaf->AnswerLate(branch, request);
    }));
  }
  std::map<std::string, int> threads;
  for (auto& task : tasks) {
    Result<Message> reply = task.get();
    ASSERT_TRUE(reply.ok()) << reply.error().to_string();
    ++threads[reply->text()];
  }
  EXPECT_EQ(threads.size(), 2u) << "requests that had not started were not handed to the idle loop";
}

TEST_F(HostTest, CancelledCallsOnAnotherLoopEnd) {
  for (int round = 0; round < 20; ++round) {
    Client client(socket_);
    Ref<probe::v1::Leaf> leaf(client);
    auto call = client.call(seconds(20));
    TaskGroup group(*call);
    for (int i = 0; i < 32; ++i) {
      (void)group.spawn([&](Call& branch) { return leaf->AnswerLate(branch, Message()); });
    }
    EXPECT_TRUE(leaf->Echo(*call, Message()).ok());
    group.cancel();
  }
  Client client(socket_);
  Ref<probe::v1::Leaf> leaf(client);
  EXPECT_TRUE(leaf->Echo(*client.call(seconds(10)), Message()).ok());
}

TEST_F(HostTest, ADrainLosesNoCall) {
  Client client(socket_);
  Ref<probe::v1::Leaf> leaf(client);
  auto call = client.call(seconds(20));
  TaskGroup group(*call);
  std::vector<Task<Message>> tasks;
  for (int i = 0; i < 20; ++i) {
    tasks.push_back(group.spawn([&](Call& branch) { return leaf->WaitForEnd(branch, Message()); }));
  }
  ASSERT_TRUE(leaf->Echo(*call, Message()).ok());  // the others have arrived before it
  host_->stop();
  for (auto& task : tasks) {
    Result<Message> reply = task.get();
    EXPECT_TRUE(reply.ok()) << reply.error().to_string();
  }
  thread_.join();
  EXPECT_EQ(exit_code_, 0);
}

TEST_F(HostTest, TellsWhatItCounted) {
  Client client(socket_);
  Ref<probe::v1::Middle> front(client);
  ASSERT_TRUE(front->Relay(*client.call(seconds(10)), Message()).ok());
  Ref<node::v1::Host> self(client);
  Result<node::v1::SnapshotReply> snapshot = self->Snapshot(*client.call(seconds(10)), {});
  ASSERT_TRUE(snapshot.ok()) << snapshot.error().to_string();
  bool seen = false;
  for (const auto& calls : snapshot->calls()) {
    seen |= calls.caller() == "probe.v1.Middle" && calls.method() == "probe.v1.Leaf/Echo" && calls.local();
  }
  EXPECT_TRUE(seen) << snapshot->DebugString();
  EXPECT_GT(snapshot->private_bytes(), 0u);
}

}  // namespace
}  // namespace holon
