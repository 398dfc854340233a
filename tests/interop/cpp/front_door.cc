#include "front_door.h"

#include "app/manifest.h"
#include "client/pool.h"
#include "gateway/contracts.h"
#include "gateway/door.h"

namespace interop {
namespace {

using namespace holon;

gateway::Config config_of(const FrontDoorOptions& options) {
  gateway::Config config;
  gateway::ListenConfig& listen = config.listen.emplace_back();
  listen.address = options.address;
  const auto& [certificate, key] = options.certificate;
  if (!certificate.empty()) listen.certificates.push_back({certificate, key});
  config.routes.emplace_back().name = "contracts";
  if (options.jwt.key.empty()) return config;
  gateway::JwtConfig& jwt = config.jwt.emplace_back();
  jwt.name = "token";
  jwt.issuer = options.jwt.issuer;
  jwt.audiences = {options.jwt.audience};
  jwt.keys = options.jwt.key;
  config.access.any_of.push_back("token");
  return config;
}

class GatewayDoor final : public FrontDoor {
 public:
  GatewayDoor(app::Host& host, gateway::Contracts contracts, const env::Address& services)
      : loop_(host.loop()), contracts_(std::move(contracts)), pools_({&loop_}) {
    client::Endpoints endpoints;
    endpoints.everything.push_back(services);
    pools_.update(endpoints);
  }

  Result<void> open(const FrontDoorOptions& options) {
    door_ = HOLON_TRY(gateway::Door::make(config_of(options), {env::os(), {&loop_}, pools_, contracts_}));
    HOLON_TRY(door_->listen());
    address_ = (options.certificate.certificate.empty() ? "" : "tls:") + door_->addresses().front().to_string();
    return {};
  }

  std::string address() const override { return address_; }

 private:
  fiber::Loop& loop_;
  const gateway::Contracts contracts_;
  client::Pools pools_;
  std::unique_ptr<gateway::Door> door_;
  std::string address_;
};

}  // namespace

Result<std::unique_ptr<FrontDoor>> FrontDoor::open(app::Host& host, const env::Address& services, const FrontDoorOptions& options) {
  gateway::Contracts contracts = HOLON_TRY(gateway::Contracts::load(app::manifest_of(host.assembly())));
  auto door = std::make_unique<GatewayDoor>(host, std::move(contracts), services);
  HOLON_TRY(door->open(options));
  return std::unique_ptr<FrontDoor>(std::move(door));
}

}  // namespace interop
