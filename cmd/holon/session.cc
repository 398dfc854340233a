#include "cmd/holon/session.h"

#include <csignal>
#include <cstdlib>

#include "cmd/holon/terminal.h"
#include "cmd/holon/verbs.h"

namespace holon::cli {

Session::Session() : loop_(env::os(), 0) {
  Result<void> watched = loop_.reactor().watch_signals({SIGINT, SIGTERM}, [this](int) {
    if (std::exchange(interrupted_, true)) std::_Exit(Exit::interrupted);  // told twice: at once
    for (internal::RootCall& call : calls_) call.cancel();
  });
  if (!watched.ok()) say(watched.error().message());
}

internal::RootCall& Session::call(std::optional<std::chrono::nanoseconds> timeout) {
  internal::RootCall& call = calls_.emplace_back(timeout ? loop_.environment().now() + *timeout : Deadline::max());
  if (interrupted_) call.cancel();
  return call;
}

int Session::fail(const Error& why) const {
  if (interrupted_) return Exit::interrupted;
  say(why.message());
  return why.code() == Code::invalid_argument || why.code() == Code::not_found ? misused : failed;
}

}  // namespace holon::cli
