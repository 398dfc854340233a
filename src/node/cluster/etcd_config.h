// What holon.yaml says of etcd: where its members answer clients, `etcd: ["10.0.0.1:2379", "etcd-1.example:2379"]`, or in a map
// with how this node and they prove to each other who they are, `etcd: {members: ["https://etcd-0.example:2379"], ca: ca.pem}`.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/dns.h"
#include "config/reader.h"
#include "crypto/tls.h"

namespace holon::node {

/// "10.0.0.1:2379", "https://etcd-0.example:2379"
struct EtcdAddress {
  std::string where;                          ///< host and port
  bool tls = false;                           ///< its certificate must be for that host
  std::optional<client::DnsName> name = {};   ///< if the host is no IP address

  /// INVALID_ARGUMENT with the remedy.
  static Result<EtcdAddress> parse(std::string_view text);
};

struct EtcdConfig {
  std::vector<EtcdAddress> members;
  crypto::ClientTlsFiles tls = {};  ///< whom to trust, and the certificate to show if there is one
  std::string user = {};            ///< empty: etcd asks for none
  std::string password = {};

  /// For the members that speak TLS; null if none does. The error names the file and the remedy.
  Result<std::shared_ptr<crypto::ClientTls>> load_tls(env::Environment& world) const;
};

/// What `value`, that of the key `cluster/etcd`, says; what is wrong with it is added to `problems`.
/// @param base  the folder that paths in it are relative to
EtcdConfig read_etcd(const config::YamlNode& value, const std::filesystem::path& base, config::Problems& problems);

}  // namespace holon::node
