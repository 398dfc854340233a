#include "node/dashboard/config.h"

#include "env/reactor.h"
#include "node/manifest_keys.h"

namespace holon::node {
namespace {

bool is_loopback(const env::Address& address) {
  return address.kind == env::Address::Kind::ip && (address.host.starts_with("127.") || address.host == "::1");
}

}  // namespace

DashboardConfig read_dashboard(const config::YamlNode& value, config::Problems& problems) {
  config::Reader in(problems);
  DashboardConfig config;
  if (value.kind == config::YamlNode::Kind::scalar && value.text == "off") {
    config.on = false;
    return config;
  }
  if (value.kind != config::YamlNode::Kind::map) {
    in.problem(value.place, "dashboard is either `off` or where it answers, as in `dashboard: {listen: \"127.0.0.1:9000\"}`");
    return config;
  }
  if (!in.is_map(value, "dashboard", manifest_keys().below("dashboard"))) return config;
  if (const config::YamlNode* listen = value.find("listen")) {
    config.listen = in.text(*listen, "listen").text;
    const Result<env::Address> address = env::Address::parse(config.listen);
    if (!address.ok() || !is_loopback(*address)) {
      in.problem(listen->place, "the dashboard answers on this machine alone, as on `127.0.0.1:9000` or `[::1]:9000`, not on " +
                                    config.listen + "; from elsewhere reach it by `ssh -L 9000:127.0.0.1:9000`");
    }
  }
  return config;
}

}  // namespace holon::node
