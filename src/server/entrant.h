// Entrant: what waits at a shard's door for its turn: a call of a method (call.h), or an HTTP exchange (exchange.h).
#pragma once

#include <memory>

#include "server/admission.h"

namespace holon::server {

class ServerCall;

class Entrant : public Applicant {
 public:
  /// The call that it is; null if it is none.
  virtual ServerCall* as_call() { return nullptr; }
  /// It may begin. Gives whether it keeps its place at the door until it ends.
  virtual bool take_place() { return false; }
  /// It owned itself while it waited; from here on its caller does.
  virtual std::shared_ptr<Entrant> stop_waiting() = 0;
  /// Begins, on a fiber of its connection's loop, and goes on to its end.
  virtual void go_in() = 0;

 protected:
  ~Entrant() = default;
};

}  // namespace holon::server
