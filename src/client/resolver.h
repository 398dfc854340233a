// Resolver: what one loop knows of host names. The system's resolver blocks and tells no time to live: so it is asked on a
// thread, once for all who wait, and what it said is believed for half a minute.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "client/mailbox.h"
#include "fiber/loop.h"
#include "fiber/waiter.h"
#include "holon/call.h"

namespace holon::client {

class Resolver {
 public:
  explicit Resolver(fiber::Loop& loop);
  /// On the loop's thread, when nobody waits any more. What is being looked up is left to itself.
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  /// The IP addresses of `host`, at least one; an IP address is its own. Suspends until `until` or the call's end. While the
  /// system's resolver fails, what it said last is still good.
  Result<std::vector<std::string>> addresses(Call& call, const std::string& host, env::Time until);

 private:
  static constexpr std::size_t names_max = 1024;

  struct Entry {
    Result<std::vector<std::string>> found = unavailable("not looked up yet");
    env::Time fresh_until{};
    bool asked = false;                     ///< the system is being asked
    std::vector<fiber::Waiter*> waiting;
  };
  Result<void> ask(const std::string& host, Entry& entry);
  void answered(const std::string& host, Result<std::vector<std::string>> found);
  void make_room();

  fiber::Loop& loop_;
  std::map<std::string, Entry> entries_;
  std::shared_ptr<Mailbox<Resolver>> mailbox_;
};

}  // namespace holon::client
