// Client: how a program that is no service calls one.
//
//   holon::Client client("unix:/run/shop/cart.sock");       // or "127.0.0.1:50051"
//   holon::Ref<shop::Cart> cart(client);
//   auto call = client.call(std::chrono::seconds(1));
//   holon::Result<Cart> mine = cart->GetCart(*call, request);
//
// A Client belongs to the thread that made it, and that thread waits inside the call: everything of it (its Refs, its
// calls) is used there. A thread that has a Client has one loop; several Clients share it.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "holon/call.h"
#include "holon/wiring.h"

namespace holon {

class Client {
 public:
  /// @param address  "unix:/path", "HOST:PORT" (an IP address or localhost). Connects at the first call, and again with
  ///                 back-off when the connection breaks. Throws std::invalid_argument for an address that is none.
  explicit Client(const std::string& address);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// A call of its own, which ends after `timeout`.
  std::unique_ptr<Call, void (*)(Call*)> call(std::chrono::nanoseconds timeout);

  /// What Ref asks for.
  const internal::Binding& bind(const internal::ServiceInfo& callee);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace holon
