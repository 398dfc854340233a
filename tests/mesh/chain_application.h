// The application `chain` under `holon up`, and calls to it that go on.
#pragma once

#include <algorithm>
#include <atomic>
#include <fstream>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "chain.holon.h"
#include "env/environment.h"
#include "holon/client.h"
#include "tests/node/application.h"

namespace holon {

/// Ask at one address, call after call on several threads, until it is told to stop.
class AskLoad {
 public:
  struct Asked {
    env::Time began;
    env::Duration took;
    int pid;  ///< of the replica of Five that answered; 0 if none did
  };

  explicit AskLoad(std::string address, int threads = 4) : address_(std::move(address)) {
    for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
  }
  ~AskLoad() { stop(); }
  AskLoad(const AskLoad&) = delete;
  AskLoad& operator=(const AskLoad&) = delete;

  void stop() {
    stopping_ = true;
    for (std::thread& thread : threads_) {
      if (thread.joinable()) thread.join();
    }
  }
  std::size_t calls() const {
    const std::lock_guard lock(mutex_);
    return asked_.size();
  }
  /// The calls that began from `from` on and have ended.
  std::vector<Asked> since(env::Time from) const {
    const std::lock_guard lock(mutex_);
    std::vector<Asked> found;
    std::ranges::copy_if(asked_, std::back_inserter(found), [&](const Asked& asked) { return asked.began >= from; });
    return found;
  }
  std::string failures() const {
    const std::lock_guard lock(mutex_);
    return failures_;
  }

 private:
  void run() {
    Client client(address_);
    Ref<chain::Four> four(client);
    while (!stopping_) {
      auto call = client.call(std::chrono::seconds(10));
      const env::Time began = env::os().now();
      Result<chain::AskReply> reply = four->Ask(*call, {});
      const std::lock_guard lock(mutex_);
      asked_.push_back({began, env::os().now() - began, reply.ok() ? reply->pid() : 0});
      if (!reply.ok() && failures_.size() < 10'000) failures_ += reply.error().to_string() + "\n";
    }
  }

  std::string address_;
  std::atomic<bool> stopping_{false};
  mutable std::mutex mutex_;
  std::vector<Asked> asked_;
  std::string failures_;
  std::vector<std::thread> threads_;
};

class ChainTest : public ApplicationTest {
 protected:
  /// Four asks Five, which has so many replicas.
  void write_pair(int replicas) {
    std::ofstream(manifest_) << "app: chain\n"
                                "services:\n"
                                "  four: {program: " << CHAIN_PROGRAM << "}\n"
                                "  five: {program: " << CHAIN_PROGRAM << ", replicas: " << replicas << "}\n";
  }
  void write_chain() {
    std::ofstream out(manifest_);
    out << "app: chain\nservices:\n";
    for (const char* name : {"one", "two", "three", "four", "five"}) out << "  " << name << ": {program: " << CHAIN_PROGRAM << "}\n";
  }

  void behave(const std::string& replica, int delay_ms, Code code = Code::ok) {
    Client client(endpoint(replica));
    Ref<chain::Five> five(client);
    auto call = client.call(std::chrono::seconds(10));
    chain::Behaviour behaviour;
    behaviour.set_delay_ms(delay_ms);
    behaviour.set_code(static_cast<int>(code));
    ASSERT_TRUE(five->Behave(*call, behaviour).ok());
  }
  chain::CountReply count(const std::string& replica) {
    Client client(endpoint(replica));
    Ref<chain::Five> five(client);
    auto call = client.call(std::chrono::seconds(10));
    return five->Count(*call, {}).value();
  }

  static env::Duration slowest(const std::vector<AskLoad::Asked>& asked) { return quantile(asked, 1); }
  static env::Duration quantile(std::vector<AskLoad::Asked> asked, double share) {
    if (asked.empty()) return {};
    std::ranges::sort(asked, {}, &AskLoad::Asked::took);
    return asked[std::min(asked.size() - 1, static_cast<std::size_t>(share * static_cast<double>(asked.size())))].took;
  }
  static double ms(env::Duration time) { return std::chrono::duration<double, std::milli>(time).count(); }
};

}  // namespace holon
