// Wiring: the scope in which one service is constructed. Ref: a handle on a service one depends on.
//
//   explicit Checkout(holon::Wiring& wiring) : cart_(wiring), payment_(wiring) {}
//   …
//   Cart cart = TRY(cart_->GetCart(call, request));
//   …
//   holon::Ref<shop::Cart> cart_;
//
// Whether a Ref is a neighbour in this host (a virtual call) or lives elsewhere (gRPC) is the placement's business.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "holon/call.h"

namespace google::protobuf {
class Message;
}

namespace holon {

namespace internal {
struct Binding;
struct ServiceInfo;
class WiringScope;
}  // namespace internal

class Client;

class Wiring {
 public:
  explicit Wiring(internal::WiringScope& scope) : scope_(scope) {}
  Wiring(const Wiring&) = delete;
  Wiring& operator=(const Wiring&) = delete;

  /// The folder that belongs to this service alone. It exists once `start` runs; its files outlive the host.
  std::filesystem::path data_directory() const;

  /// A setting of this service in holon.yaml (`settings:`), or `otherwise`.
  std::string setting(std::string_view name, std::string_view otherwise) const;

  /// The configuration of this service: a message of any contract file, with what `config:` in holon.yaml says, by protobuf's JSON
  /// mapping, and T's defaults for what it does not. The node checks it before anything starts; what is to be checked beyond its
  /// type, `start` checks. A service has one T. Throws std::runtime_error if a program that runs alone was given something else.
  template <class T>
  T config() {
    T value;
    read_config(value);
    return value;
  }

  /// Runs `work` on a fiber of its own from after `start` until the host stops: then its call is cancelled and joined.
  void background(std::function<Result<void>(Call&)> work);

 private:
  template <class>
  friend class Ref;
  const internal::Binding& bind(const internal::ServiceInfo& callee);
  void read_config(google::protobuf::Message& into);

  internal::WiringScope& scope_;
};

/// A handle on the service of contract `S`. Made once, in a constructor; then used by all loops in parallel.
template <class S>
class Ref {
 public:
  explicit Ref(Wiring& wiring) : client_(wiring.bind(S::info())) {}
  /// For programs that are no service: see client.h.
  template <class Dialer>
    requires requires(Dialer& dialer) { dialer.bind(S::info()); }
  explicit Ref(Dialer& dialer) : client_(dialer.bind(S::info())) {}

  const typename S::Client* operator->() const { return &client_; }
  const typename S::Client& operator*() const { return client_; }

 private:
  typename S::Client client_;
};

}  // namespace holon
