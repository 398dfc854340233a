// Greeting: a connection whose first bytes say which HTTP it speaks: the preface of HTTP/2 (RFC 9113, 3.4), or a request of
// HTTP/1.1.
#pragma once

#include <memory>
#include <string>

#include "env/reactor.h"
#include "fiber/loop.h"
#include "server/census.h"
#include "server/guest.h"

namespace holon::server {

class Shard;

class Greeting final : public Guest, private env::Watcher {
 public:
  Greeting(Shard& shard, std::unique_ptr<env::Stream> stream, Census::Seat seat);
  ~Greeting() override;

  /// Waits a moment still for what it has to say: closed without a word, the client could not tell a server that is on its
  /// way out from one that is broken.
  void drain() override;
  void abort() override { leave(); }

 private:
  enum class Speaks { not_known_yet, http2, http1 };

  void ready(bool readable, bool writable) override;
  Speaks speaks() const;
  void make_way(Speaks speaks);
  void leave();

  Shard& shard_;
  std::unique_ptr<env::Stream> stream_;
  Census::Seat seat_;
  fiber::Timer late_;
  bool draining_ = false;
  std::string first_;  ///< what it has said
};

}  // namespace holon::server
