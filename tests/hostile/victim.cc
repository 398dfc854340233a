#include "tests/hostile/victim.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <iterator>
#include <sstream>

#include "env/environment.h"
#include "holon/client.h"
#include "holon/node/v1/node.holon.h"
#include "target.holon.h"

namespace holon::hostile {
namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;

constexpr milliseconds latency_max{100};
constexpr std::size_t growth_bytes_max = 32 << 20;
constexpr milliseconds call_pause{5};
constexpr milliseconds sample_pause{10};

std::string read_file(const fs::path& path) {
  std::ifstream file(path);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

node::v1::SnapshotReply snapshot(const std::string& address) {
  Client client(address);
  Ref<node::v1::Host> host(client);
  auto call = client.call(seconds(5));
  Result<node::v1::SnapshotReply> reply = host->Snapshot(*call, {});
  EXPECT_TRUE(reply.ok()) << "the host does not tell what it refused: " << reply.error().to_string();
  return reply.ok() ? *reply : node::v1::SnapshotReply();
}

}  // namespace

bool eventually(const std::function<bool()>& condition, milliseconds within) {
  for (auto until = std::chrono::steady_clock::now() + within; std::chrono::steady_clock::now() < until; ::usleep(2'000)) {
    if (condition()) return true;
  }
  return condition();
}

// ---- Victim ---------------------------------------------------------------------------------------------------------

Victim::Victim() {
  std::string pattern = testing::TempDir() + "hostile.XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  folder_ = pattern;
  env::Spawn what;
  what.arguments = {TARGET_PROGRAM, "--listen", "127.0.0.1:0", "--data", (folder_ / "data").string()};
  what.output = folder_ / "log";
  process_ = env::os().processes().spawn(what).value();
  const std::string says = "answers on 127.0.0.1:";
  bool up = eventually([&] {
    std::string log = read_file(folder_ / "log");
    std::size_t at = log.find(says);
    if (at == std::string::npos || log.find('\n', at) == std::string::npos) return false;
    port_ = std::stoi(log.substr(at + says.size()));
    return true;
  });
  if (!up) throw std::runtime_error("the host does not start: " + read_file(folder_ / "log"));
}

Victim::~Victim() {
  static_cast<void>(env::os().processes().signal(process_, SIGTERM, false));
  bool gone = eventually([&] { return !env::os().processes().alive(process_); }, seconds(15));
  EXPECT_TRUE(gone) << "the host does not end";
  if (!gone) static_cast<void>(env::os().processes().signal(process_, SIGKILL, false));
  env::os().processes().reap(process_);
  fs::remove_all(folder_);
}

std::uint64_t Victim::refusals(std::string_view rule) const {
  const node::v1::SnapshotReply told = snapshot(address());
  for (const auto& refusal : told.refusals()) {
    if (refusal.rule() == rule) return refusal.count();
  }
  return 0;
}

std::string Victim::all_refusals() const {
  std::string text;
  const node::v1::SnapshotReply told = snapshot(address());
  for (const auto& refusal : told.refusals()) {
    text += refusal.rule() + " " + std::to_string(refusal.count()) + "; ";
  }
  return text;
}

std::size_t Victim::lines_about(std::string_view rule) const {
  std::istringstream log(read_file(folder_ / "log"));
  std::size_t count = 0;
  for (std::string line; std::getline(log, line);) count += line.find(rule) != std::string::npos ? 1 : 0;
  return count;
}

fs::path Victim::of_process(const char* file) const { return fs::path("/proc") / std::to_string(process_.pid) / file; }

milliseconds Victim::cpu() const {
  std::string stat = read_file(of_process("stat"));
  std::istringstream rest(stat.substr(stat.rfind(')') + 1));
  std::vector<std::string> fields{std::istream_iterator<std::string>(rest), {}};
  long ticks = std::stol(fields.at(11)) + std::stol(fields.at(12));  // utime, stime: proc(5), fields 14 and 15
  return milliseconds(ticks * 1'000 / ::sysconf(_SC_CLK_TCK));
}

std::size_t Victim::descriptors() const {
  std::error_code error;
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(of_process("fd"), error), fs::directory_iterator()));
}

std::size_t Victim::private_bytes() const {
  std::istringstream rollup(read_file(of_process("smaps_rollup")));
  std::size_t kilobytes = 0;
  for (std::string line; std::getline(rollup, line);) {
    if (line.starts_with("Private_")) kilobytes += std::stoul(line.substr(line.find(':') + 1));
  }
  return kilobytes << 10;
}

// ---- Siege ----------------------------------------------------------------------------------------------------------

Siege::Siege(Victim& victim)
    : victim_(victim),
      bytes_before_(victim.private_bytes()),
      descriptors_before_(victim.descriptors()),
      bytes_most_(bytes_before_),
      client_([this] { call_on(); }),
      sampler_([this] { sample(); }) {
  eventually([this] { return answered_ > 0; });
}

Siege::~Siege() {
  over_ = true;
  if (client_.joinable()) client_.join();
  if (sampler_.joinable()) sampler_.join();
}

void Siege::call_on() {
  Client client(victim_.address());
  Ref<::hostile::Target> target(client);
  ::hostile::Payload request;
  request.set_data("good");
  while (!over_) {
    auto call = client.call(seconds(10));
    auto before = std::chrono::steady_clock::now();
    Result<::hostile::Payload> answer = target->Echo(*call, request);
    latencies_.push_back(std::chrono::ceil<milliseconds>(std::chrono::steady_clock::now() - before));
    if (!answer.ok()) failures_.push_back(answer.error().to_string());
    if (answered_++ == 0) latencies_.clear();  // the first one connected
    ::usleep(static_cast<useconds_t>(std::chrono::microseconds(call_pause).count()));
  }
}

void Siege::sample() {
  while (!over_) {
    bytes_most_ = std::max(bytes_most_, victim_.private_bytes());
    ::usleep(static_cast<useconds_t>(std::chrono::microseconds(sample_pause).count()));
  }
}

void Siege::lift() {
  eventually([this] { return answered_ > 1; });  // however short the attack was
  over_ = true;
  client_.join();
  sampler_.join();
  ASSERT_FALSE(latencies_.empty());
  EXPECT_TRUE(failures_.empty()) << failures_.size() << " good requests failed, the first: " << failures_.front();
  // One in a hundred may wait for its turn on a processor that other tests use, too.
  std::sort(latencies_.begin(), latencies_.end());
  EXPECT_LE(latencies_[(latencies_.size() - 1) * 99 / 100], latency_max) << "the slowest took " << latencies_.back().count()
                                                                         << " ms of " << latencies_.size();
  EXPECT_LT(bytes_most_ - bytes_before_, growth_bytes_max) << "from " << (bytes_before_ >> 10) << " to "
                                                           << (bytes_most_ >> 10) << " KiB";
  std::size_t left = 0;
  EXPECT_TRUE(eventually([&] { return (left = victim_.descriptors()) <= descriptors_before_; }))
      << "descriptors: " << descriptors_before_ << " before, " << left << " left";
}

}  // namespace holon::hostile
