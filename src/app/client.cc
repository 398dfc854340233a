#include "holon/client.h"

#include <stdexcept>

#include "app/assembly.h"
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

Result<client::Endpoint> endpoint_of(const std::string& address, const TlsOptions& options) {
  if (address.starts_with("tls:")) {
    crypto::ClientTlsFiles files{.roots = options.roots, .own = {options.certificate, options.key}};
    auto tls = HOLON_TRY(crypto::ClientTls::load(env::os(), std::move(files)));
    return client::Endpoint::parse(address, std::move(tls), options.server_name);
  }
  bool wants_tls = !(options.roots + options.certificate + options.key + options.server_name).empty();
  if (wants_tls) return invalid_argument("address \"" + address + "\": TlsOptions are given; write tls:" + address);
  return client::Endpoint::parse(address);
}

}  // namespace

struct Client::Impl {
  explicit Impl(const client::Limits& limits) : pools({fiber::Loop::current()}, limits) {}

  std::shared_ptr<fiber::Loop> owned = thread_loop();
  client::Pools pools;
  app::Assembly refs{{}, &pools};
};

Client::Client(const std::string& address, const ClientOptions& options) {
  Result<client::Endpoint> where = endpoint_of(address, options.tls);
  if (!where.ok()) throw std::invalid_argument(where.error().message());
  client::Limits limits;
  limits.message_bytes_max = options.message_bytes_max;
  impl_ = std::make_unique<Impl>(limits);
  client::Endpoints endpoints;
  endpoints.everything = {*where};
  impl_->pools.update(std::move(endpoints));
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
