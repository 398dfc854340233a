// A Client that is told a name of DNS: several addresses, a dead one among them, and records that change. The server is the test's own.
#include <csignal>
#include <set>

#include "env/disk.h"
#include "env/fake_dns.h"
#include "env/reactor.h"
#include "tests/mesh/chain_application.h"

namespace holon {
namespace {

using std::chrono::seconds;

class NamesTest : public ChainTest {
 protected:
  void TearDown() override {
    for (const env::ProcessId& process : processes_) (void)env::os().processes().signal(process, SIGKILL, false);
    for (const env::ProcessId& process : processes_) env::os().processes().reap(process);
    ChainTest::TearDown();
  }

  /// Five at an IP address of this machine. Gives its port: the one it is told, or, for 0, one of the system's choice.
  int start(const std::string& ip, int port = 0) {
    const std::filesystem::path log = folder_ / (ip + ".log");
    env::Spawn what;
    what.arguments = {CHAIN_PROGRAM, "--holon-services=five", "--listen=" + ip + ":" + std::to_string(port != 0 ? port : free_port(ip))};
    what.output = log;
    processes_.push_back(env::os().processes().spawn(what).value());
    const std::string address = what.arguments.back().substr(std::string("--listen=").size());
    EXPECT_TRUE(eventually([&] { return ask(address).ok(); })) << env::os().disk().read(log).value_or("");
    return std::stoi(address.substr(address.rfind(':') + 1));
  }
  int pid() const { return processes_.back().pid; }

  static int free_port(const std::string& ip) {
    const std::unique_ptr<env::Reactor> reactor = env::os().make_reactor();
    return reactor->listen(env::Address::parse(ip + ":0").value()).value()->address().port;
  }
  static Result<chain::AskReply> ask(const std::string& address) {
    Client client(address);
    return ask(client);
  }
  static Result<chain::AskReply> ask(Client& client) {
    Ref<chain::Five> five(client);
    auto call = client.call(seconds(10));
    return five->Ask(*call, {});
  }
  /// Who answers these many calls, of which none may fail.
  static std::set<int> answered_by(Client& client, int calls = 40) {
    std::set<int> pids;
    for (int i = 0; i < calls; ++i) {
      const Result<chain::AskReply> reply = ask(client);
      EXPECT_TRUE(reply.ok()) << reply.error().to_string();
      if (reply.ok()) pids.insert(reply->pid());
    }
    return pids;
  }
  std::string name(int port) const { return "dns://" + dns_.server() + "/five.test:" + std::to_string(port); }

  env::FakeDns dns_;
  std::vector<env::ProcessId> processes_;
};

TEST_F(NamesTest, CallsAreSpreadOverAllThatAnswerAndADeadOneCostsNone) {
  const int port = start("127.0.0.1");
  const int one = pid();
  start("127.0.0.2", port);
  const int two = pid();
  dns_.set_host("five.test", {"127.0.0.1", "127.0.0.2", "127.0.0.3"});  // nobody is at the last one
  Client client(name(port));
  EXPECT_EQ(answered_by(client), (std::set{one, two}));
}

TEST_F(NamesTest, RecordsThatChangeAreFollowed) {
  const int port = start("127.0.0.1");
  const int one = pid();
  dns_.set_host("five.test", {"127.0.0.1"}, 1);
  Client client(name(port));
  EXPECT_EQ(answered_by(client), std::set{one});
  start("127.0.0.2", port);
  const int two = pid();
  dns_.set_host("five.test", {"127.0.0.2"}, 1);
  EXPECT_TRUE(eventually([&] { return answered_by(client, 1) == std::set{two}; }));
}

TEST_F(NamesTest, WhoHasMovedIsFoundThoughTheRecordsWereGoodForLonger) {
  const int port = start("127.0.0.1");
  const env::ProcessId first = processes_.back();
  dns_.set_host("five.test", {"127.0.0.1"}, 3600);
  Client client(name(port));
  ASSERT_TRUE(ask(client).ok());
  start("127.0.0.2", port);
  const int two = pid();
  dns_.set_host("five.test", {"127.0.0.2"}, 3600);
  ASSERT_TRUE(env::os().processes().signal(first, SIGKILL, false).ok());
  EXPECT_EQ(answered_by(client, 5), std::set{two}) << "the calls wait for what DNS says, and none fails";
}

TEST_F(NamesTest, AServicesRecordsSayItsPortsToo) {
  const int first_port = start("127.0.0.1");
  const int one = pid();
  const int second_port = start("127.0.0.2");
  const int two = pid();
  dns_.set_service("_grpc._tcp.five.test", {{1, first_port, "one.test"}, {1, second_port, "two.test"}, {2, first_port, "spare.test"}});
  dns_.set_host("one.test", {"127.0.0.1"});
  dns_.set_host("two.test", {"127.0.0.2"});
  dns_.set_host("spare.test", {"127.0.0.3"});
  Client client("dns://" + dns_.server() + "/_grpc._tcp.five.test");
  EXPECT_EQ(answered_by(client), (std::set{one, two}));
}

TEST_F(NamesTest, ANameThatIsNoneIsToldAtOnce) {
  EXPECT_THROW(Client("dns:///five.test"), std::invalid_argument);
}

}  // namespace
}  // namespace holon
