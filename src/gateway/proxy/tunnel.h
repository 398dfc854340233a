// Tunnel: the bytes of another protocol, both ways, between a client and the server that it was passed on to.
#pragma once

#include "client/http.h"
#include "fiber/loop.h"
#include "gateway/visit.h"

namespace holon::gateway {

class Tunnel {
 public:
  /// Both sides have switched already.
  Tunnel(Visit& visit, client::HttpTransfer& transfer);

  /// Suspends until both sides have closed, one has broken, or neither has said anything for 5 minutes; once one side has
  /// closed, for 10 seconds.
  void run();

 private:
  Result<void> carry_down();
  Result<void> carry_up(Call& branch);
  void look_whether_idle();
  env::Duration idle_most() const;

  Visit& visit_;
  client::HttpTransfer& transfer_;
  fiber::Loop& loop_;
  env::Time last_;         ///< when a byte went through
  bool closed_ = false;    ///< one side
  fiber::Timer idle_;
};

}  // namespace holon::gateway
