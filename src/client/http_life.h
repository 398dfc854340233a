// HttpLife: whether an HTTP server that owes answers still lives. HTTP/1.1 has no PING; what comes nearest is `OPTIONS *` (RFC 9110,
// 9.3.7), which any server answers somehow, if only by saying that it does not know that.
//
//   life.expects();     // a request was sent, all of it
//   life.heard();       // a byte came, on whichever connection
//   if (life.silent()) …
//
// As of gRPC servers (wire/vigil.h, the same machine): who owes an answer, and has said nothing for a while, is asked; who has said
// nothing for as long again is silent, until it says something. One loop's.
#pragma once

#include <functional>

#include "client/conduct.h"
#include "fiber/loop.h"
#include "wire/vigil.h"

namespace holon::client {

class HttpLife {
 public:
  /// @param silence_time  that while; wire::never: nobody is asked, and nobody silent
  /// @param ask           asks the server for a word, without suspending
  /// @param fell_silent   called when it gave none
  HttpLife(fiber::Loop& loop, env::Duration silence_time, std::function<void()> ask, std::function<void()> fell_silent);

  void expects();
  void heard();
  /// With an answer.
  void answered() { vigil_.answered(); }
  bool silent() const { return vigil_.silent(loop_.now()); }
  StandStill stand_still() const { return {silent(), vigil_.spoke_again()}; }

 private:
  void look();
  void look_later();

  fiber::Loop& loop_;
  wire::Vigil vigil_;
  std::function<void()> ask_;
  std::function<void()> fell_silent_;
  fiber::Timer timer_{[this] { look(); }};
};

}  // namespace holon::client
