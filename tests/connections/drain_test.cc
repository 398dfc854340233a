// Servers that come and go on one listening socket, as a node's hosts do, while clients go on calling: no call fails.

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <future>
#include <map>
#include <optional>
#include <thread>

#include "fiber/waiter.h"
#include "holon/client.h"
#include "holon/task.h"
#include "holon/try.h"
#include "server/server.h"
#include "testdata/probe.holon.h"

namespace holon {
namespace {

using probe::v1::Message;
using std::chrono::milliseconds;
using std::chrono::seconds;

class Leaf final : public probe::v1::Leaf::Service {
 public:
  Result<Message> Echo(Call&, const Message& request) override { return request; }
  Result<Message> WaitForEnd(Call& call, const Message&) override {
    TRY(sleep(call, milliseconds(5)));
    return Message();
  }
  Result<void> Count(Call& call, const Message& request, Writer<Message>& out) override {
    for (int i = 0; i < request.number(); ++i) {
      Message message;
      message.set_number(i);
      TRY(out.write(message));
      TRY(sleep(call, milliseconds(1)));
    }
    return {};
  }
};

enum class Change {
  handed_over,  ///< the next server listens before the one before drains
  restarted,    ///< the one before is gone before the next is there
};

/// A thread on which servers follow each other on one socket, which the thread owns as a node does.
class Succession {
 public:
  /// @param servers  how many there will be
  Succession(const env::Address& where, int loops, Change change, int servers)
      : change_(change), loops_(loops), most_(servers), thread_([this, where] { run(where); }) {
    address_ = told_.get_future().get();
  }
  /// The last server drains.
  ~Succession() {
    may_end_ = true;
    thread_.join();
  }

  const std::string& address() const { return address_; }
  /// Whether the last server is there.
  bool complete() const { return servers_ >= most_; }

 private:
  void run(const env::Address& where) {
    fiber::Loop main(env::os(), 0);
    std::vector<std::unique_ptr<fiber::Loop>> others;
    std::vector<std::thread> threads;
    std::vector<fiber::Loop*> all{&main};
    for (int i = 1; i < loops_; ++i) {
      others.push_back(std::make_unique<fiber::Loop>(env::os(), static_cast<unsigned>(i)));
      all.push_back(others.back().get());
      threads.emplace_back([loop = others.back().get()] { loop->run(); });
    }
    main.spawn([&] {
      succeed_each_other(main, all, where);
      main.stop();
    });
    main.run();
    for (auto& loop : others) loop->stop();
    for (auto& thread : threads) thread.join();
  }

  void succeed_each_other(fiber::Loop& loop, const std::vector<fiber::Loop*>& all, const env::Address& where) {
    auto socket = loop.reactor().listen(where);
    if (!socket.ok()) return told_.set_value("");
    env::Address inherited{env::Address::Kind::descriptor, "", (*socket)->descriptor()};
    std::unique_ptr<server::Server> now = serve(all, inherited);
    told_.set_value((*socket)->address().to_string());
    while (++servers_ < most_) {
      pause(milliseconds(20));
      std::unique_ptr<server::Server> next;
      if (change_ == Change::handed_over) next = serve(all, inherited);
      now->drain(env::os().now() + seconds(10));
      if (change_ == Change::restarted) pause(milliseconds(10));  // nobody is there, and callers wait in the backlog
      now = next != nullptr ? std::move(next) : serve(all, inherited);
    }
    while (!may_end_) pause(milliseconds(1));
    now->drain(env::os().now() + seconds(10));
  }

  std::unique_ptr<server::Server> serve(const std::vector<fiber::Loop*>& loops, const env::Address& where) {
    auto server = std::make_unique<server::Server>(router_, loops);
    EXPECT_TRUE(server->listen(where).ok());
    return server;
  }
  static void pause(env::Duration time) {
    fiber::Waiter waiter;
    waiter.wait(env::os().now() + time);
  }

  struct Routes : server::Router {
    explicit Routes(Leaf& leaf) { add(probe::v1::Leaf::info(), leaf); }
  };
  const Change change_;
  const int loops_;
  const int most_;
  Leaf leaf_;
  Routes router_{leaf_};
  std::promise<std::string> told_;
  std::string address_;
  std::atomic<int> servers_{0};
  std::atomic<bool> may_end_{false};
  std::thread thread_;
};

/// Calls without end, as many at once as `at_once`, until `enough` says so; what failed, by its words.
struct Load {
  std::map<std::string, int> failures;
  int answered = 0;

  template <class Enough>
  void run(const std::string& address, int at_once, Enough enough) {
    Client client(address);
    Ref<probe::v1::Leaf> leaf(client);
    auto root = client.call(seconds(60));
    TaskGroup group(*root);
    std::vector<Task<void>> tasks;
    for (int i = 0; i < at_once; ++i) {
      tasks.push_back(group.spawn([&, i](Call& branch) -> Result<void> {
        while (!enough()) count(one(leaf, branch, i));
        return {};
      }));
    }
    for (auto& task : tasks) EXPECT_TRUE(task.get().ok());
  }

  /// One task in four streams, one lets the server wait, two are as fast as they can.
  static Result<void> one(Ref<probe::v1::Leaf>& leaf, Call& call, int kind) {
    Message request;
    request.set_number(5);
    switch (kind % 4) {
      case 0: {
        Reader<Message> numbers = leaf->Count(call, request);
        int count = 0;
        while (std::optional<Message> number = TRY(numbers.next())) ++count;
        return count == 5 ? Result<void>() : data_loss("a stream was cut short");
      }
      case 1:
        TRY(leaf->WaitForEnd(call, request));
        return {};
      default:
        TRY(leaf->Echo(call, request));
        return {};
    }
  }
  void count(const Result<void>& result) {
    result.ok() ? ++answered : ++failures[result.error().to_string()];
  }
};

struct Case {
  const char* address;
  int loops;
  Change change;
};

class DrainTest : public ::testing::TestWithParam<Case> {};

TEST_P(DrainTest, TwentyServersComeAndGoAndNoCallFails) {
  Case which = GetParam();
  std::string text = which.address;
  if (text == "unix:") text += ::testing::TempDir() + "holon_drain_test_" + std::to_string(::getpid());
  Succession servers(*env::Address::parse(text), which.loops, which.change, 20);
  ASSERT_FALSE(servers.address().empty()) << "cannot listen on " << text;
  Load load;
  load.run(servers.address(), 16, [&] { return servers.complete(); });
  EXPECT_TRUE(load.failures.empty()) << ::testing::PrintToString(load.failures);
  EXPECT_GT(load.answered, 200);
}

INSTANTIATE_TEST_SUITE_P(Ways, DrainTest,
                         ::testing::Values(Case{"unix:", 1, Change::handed_over}, Case{"unix:", 2, Change::handed_over},
                                           Case{"unix:", 2, Change::restarted}, Case{"127.0.0.1:0", 1, Change::handed_over},
                                           Case{"127.0.0.1:0", 2, Change::restarted}),
                         [](const auto& tested) {
                           std::string name = tested.param.address[0] == 'u' ? "unix" : "tcp";
                           name += tested.param.loops == 1 ? "_one_loop" : "_two_loops";
                           return name + (tested.param.change == Change::restarted ? "_restarted" : "_handed_over");
                         });

}  // namespace
}  // namespace holon
