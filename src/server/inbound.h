// Inbound: what a request has become, a call of a method (call.h) or an HTTP exchange (exchange.h), as its connection sees it.
#pragma once

#include <cstddef>
#include <string_view>

#include "env/environment.h"
#include "fiber/list.h"
#include "wire/http2.h"
#include "wire/http_rules.h"

namespace holon::server {

/// On its connection's loop. It owns itself until `gone`: a session knows it by address only.
class Inbound : public fiber::ListNode<Inbound> {
 public:
  virtual ~Inbound() = default;

  /// A piece of the request's body. Gives the bytes by which the stream's window may open now.
  virtual std::size_t data(wire::Bytes bytes) = 0;
  /// Bytes that it will take in any case, beyond the window: the rest of a message.
  virtual std::size_t missing() const { return 0; }
  virtual void end_of_request() = 0;
  /// The body is malformed, and no more of it comes. Gives whether the answer is still its own; it is the connection's last.
  virtual bool broken(const wire::HttpRule& rule) = 0;
  /// Whether the client said how long it waits for the answer.
  virtual bool has_deadline() const { return false; }
  /// The client reset the stream, or its connection broke.
  virtual void cancel() = 0;
  /// The stream is over, one way or the other: nothing can be sent any more.
  virtual void gone() = 0;
  /// The client has taken most of what waited for it.
  virtual void drained() = 0;
  /// Looked at now and then: it ends itself if its client lets it wait too long.
  virtual void look(env::Time now) = 0;
  /// It was held back until the client took other replies, and need not wait any more.
  virtual void go_on() = 0;
};

}  // namespace holon::server
