// Client: how a program that is no service calls one.
//
//   holon::Client client("unix:/run/shop/cart.sock");       // or "127.0.0.1:50051", or "tls:dns:///cart.example:50051"
//   holon::Ref<shop::Cart> cart(client);
//   auto call = client.call(std::chrono::seconds(1));
//   holon::Result<Cart> mine = cart->GetCart(*call, request);
//
// A Client belongs to the thread that made it, and that thread waits inside the call: everything of it (its Refs, its
// calls) is used there. A thread that has a Client has one loop; several Clients share it.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "holon/call.h"
#include "holon/wiring.h"

namespace holon {

/// How a Client and a server that is called by "tls:…" prove to each other who they are. Files are in PEM, and read again
/// when they change: connections to come use what they hold then.
struct TlsOptions {
  /// The certificates of the authorities that are trusted to name servers; the system's if empty.
  std::string roots{};
  /// What to show a server that asks for it: a certificate, followed by those between it and its authority. Empty: nothing.
  std::string certificate{};
  /// The private key of `certificate`, without passphrase.
  std::string key{};
  /// The name that the server's certificate must have, a DNS name or an IP address; the host of the Client's address if
  /// empty, and "localhost" for a Unix socket.
  std::string server_name{};
};

struct ClientOptions {
  TlsOptions tls{};  ///< used where the address begins with "tls:"
  /// What a message may have, sent or received; a larger one is RESOURCE_EXHAUSTED. A host has --holon-message-bytes-max.
  std::size_t message_bytes_max = 4 << 20;
};

class Client {
 public:
  /// @param address  "unix:/path", "HOST:PORT" (an IP address or localhost), or "dns:///NAME:PORT": all that DNS knows by that
  ///                 name, kept as fresh as its records say, with calls spread over them; "dns:///_SERVICE._tcp.NAME" by SRV
  ///                 records, "dns://IP:PORT/…" by a certain server. With "tls:" before it the calls are encrypted, by TLS 1.2
  ///                 or 1.3. Connects at the first call, and again with back-off when the connection breaks.
  ///                 Throws std::invalid_argument for an address that is none, and for files that cannot be used.
  explicit Client(const std::string& address, const ClientOptions& options = {});
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
