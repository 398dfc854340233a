// testing::Host: a host inside a test, with real neighbours or fakes, without a socket.
//
//   holon::testing::Host host;
//   FakePayment payment;                                    // derives from shop::Payment::Service
//   host.fake<shop::Payment>(payment);
//   auto checkout = host.serve<Checkout>();
//   holon::Result<Order> order = checkout->PlaceOrder(host.call(), request);
//   EXPECT_EQ(host.calls("shop.Payment/Charge"), 1);
//
// The test's thread is the host's loop: a call runs on it, and waiting runs what else is ready. One Host per thread at a
// time.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "holon/call.h"
#include "holon/generated.h"
#include "holon/service.h"
#include "holon/wiring.h"

namespace holon::testing {

/// How a call gets from a Ref to its service.
enum class Mode {
  local,   ///< a virtual call
  strict,  ///< serialised, parsed, on a fiber of its own
  remote,  ///< over a Unix socket, by gRPC
};

class Host {
 public:
  /// @param loops  in remote mode, how many loops serve: handlers then run in parallel, on threads of their own too
  explicit Host(Mode mode = Mode::local, unsigned loops = 1);
  ~Host();
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  /// Puts `fake` in the place of the service of contract `S`. Before the `serve` of whoever calls it.
  template <class S>
  void fake(typename S::Service& fake) {
    add_fake(S::info(), fake);
  }

  /// A setting that `wiring.setting` gives to the services served from here on.
  void setting(std::string name, std::string value);

  /// What `wiring.config` gives to the service of this name ("checkout"), if it is served from here on.
  void config(std::string service, const google::protobuf::Message& value);

  /// Constructs and starts a service, and gives a Ref on it. Throws std::runtime_error when a Ref of it is neither served
  /// nor faked yet, or `start` fails.
  template <class S>
  auto serve() {
    Dialer dialer = add_service(internal::factory_of<S>());
    return Ref<typename ContractOf<S>::type>(dialer);
  }
  /// The same, for a service that takes more than a Wiring: `make(Wiring&)` gives a std::unique_ptr of it.
  template <class S, class Make>
  auto serve(Make make) {
    internal::ServiceFactory factory{&S::Service::contract_info(), std::move(make)};
    Dialer dialer = add_service(std::move(factory));
    return Ref<typename ContractOf<S>::type>(dialer);
  }
  /// The service object that `serve<S>` made, for its own functions.
  template <class S>
  S& service() {
    return static_cast<S&>(find_service(S::Service::contract_info()));
  }

  /// A fresh call that lasts 10 s, or `timeout`; it lives as long as the host.
  Call& call(std::chrono::nanoseconds timeout = std::chrono::seconds(10));
  /// A fresh call with request metadata.
  Call& call(const Metadata& metadata, std::chrono::nanoseconds timeout = std::chrono::seconds(10));
  /// A fresh call of somebody of whom these are the claims.
  Call& call(const Claims& claims, std::chrono::nanoseconds timeout = std::chrono::seconds(10));
  /// Cancels a call that `call` gave.
  void cancel(Call& call);

  /// How many calls of "package.Service/Method" were made so far, by whomever.
  std::uint64_t calls(std::string_view method) const;

  /// In remote mode, where others may call what is served: "unix:/…". They get answers while the test's thread waits in a call.
  std::string address() const;

  /// The folder below which the services' data lies; gone with the host.
  std::filesystem::path data_directory() const;

 private:
  template <class S>
  struct ContractOf {
    using type = typename S::Service::Contract;
  };
  class Dialer {
   public:
    explicit Dialer(const internal::Binding& binding) : binding_(binding) {}
    const internal::Binding& bind(const internal::ServiceInfo&) { return binding_; }

   private:
    const internal::Binding& binding_;
  };

  void add_fake(const internal::ServiceInfo& contract, Service& fake);
  Dialer add_service(internal::ServiceFactory factory);
  Service& find_service(const internal::ServiceInfo& contract) const;

  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace holon::testing
