#include "holon/client.h"

#include <stdexcept>

#include "app/assembly.h"
#include "client/dns.h"
#include "client/pool.h"
#include "fiber/call.h"

namespace holon {
namespace {

// A thread's own loop, which turns while the thread waits in a call. All Clients of the thread share it.
std::shared_ptr<fiber::Loop> thread_loop() {
  thread_local std::weak_ptr<fiber::Loop> shared;
  if (std::shared_ptr<fiber::Loop> loop = shared.lock()) return loop;
  if (fiber::Loop::current() != nullptr) return nullptr;  // the thread runs one anyway
  auto loop = std::make_shared<fiber::Loop>(env::os(), 0);
  shared = loop;
  return loop;
}

constexpr std::string_view tls_prefix = "tls:";

/// What "tls:" before an address asks for; null without it.
Result<std::shared_ptr<crypto::ClientTls>> tls_of(const std::string& address, const TlsOptions& options) {
  if (address.starts_with(tls_prefix)) {
    return crypto::ClientTls::load(env::os(), {.roots = options.roots, .own = {options.certificate, options.key}});
  }
  bool wants_tls = !(options.roots + options.certificate + options.key + options.server_name).empty();
  if (wants_tls) return invalid_argument("address \"" + address + "\": TlsOptions are given; write tls:" + address);
  return std::shared_ptr<crypto::ClientTls>();
}

}  // namespace

struct Client::Impl {
  explicit Impl(const client::Limits& limits) : pools({fiber::Loop::current()}, limits) {}

  std::shared_ptr<fiber::Loop> owned = thread_loop();
  client::Pools pools;
  std::unique_ptr<client::DnsSource> dns;  ///< if it tells where
  app::Assembly refs{{}, &pools};

  /// From here on calls go to that address.
  Result<void> go_to(const std::string& address, const TlsOptions& options) {
    std::shared_ptr<crypto::ClientTls> tls = HOLON_TRY(tls_of(address, options));
    const std::string plain = tls != nullptr ? address.substr(tls_prefix.size()) : address;
    if (client::DnsName::names(plain)) {
      client::DnsName name = HOLON_TRY(client::DnsName::parse(plain));
      dns = std::make_unique<client::DnsSource>(*fiber::Loop::current(), std::move(name), std::move(tls), options.server_name, pools);
      return {};
    }
    client::Endpoint endpoint = HOLON_TRY(client::Endpoint::parse(address, std::move(tls), options.server_name));
    client::Endpoints endpoints;
    endpoints.everything = {std::move(endpoint)};
    pools.update(std::move(endpoints));
    return {};
  }
};

Client::Client(const std::string& address, const ClientOptions& options) {
  client::Limits limits;
  limits.message_bytes_max = options.message_bytes_max;
  impl_ = std::make_unique<Impl>(limits);
  Result<void> where = impl_->go_to(address, options.tls);
  if (!where.ok()) throw std::invalid_argument(where.error().message());
}

Client::~Client() = default;

std::unique_ptr<Call, void (*)(Call*)> Client::call(std::chrono::nanoseconds timeout) {
  return {new internal::RootCall(fiber::Loop::current()->environment().now() + timeout),
          [](Call* call) { delete static_cast<internal::RootCall*>(call); }};
}

const internal::Binding& Client::bind(const internal::ServiceInfo& callee) {
  return impl_->refs.bind_outsider(callee);
}

}  // namespace holon
