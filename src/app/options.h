// What a program is told on its command line: docs/design/host.md.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "app/limits.h"
#include "app/node_link.h"
#include "crypto/tls.h"
#include "env/reactor.h"
#include "holon/result.h"
#include "wire/message.h"

namespace holon::app {

struct Options {
  bool manifest = false;
  bool help = false;
  std::string host;                        ///< "cart.0"; empty when the program serves alone
  std::optional<std::vector<std::string>> services;  ///< short names; all if absent
  std::vector<env::Address> listen;
  std::vector<env::Address> listen_tls;    ///< the same, by TLS
  crypto::ServerTlsFiles tls;              ///< with which certificates
  std::optional<env::Address> node;
  std::optional<std::chrono::milliseconds> node_absence;  ///< it ends when its node is away for so long
  HostIdentity identity;                   ///< on a node that is not alone
  std::filesystem::path data;
  std::map<std::string, std::string> settings;
  std::map<std::string, std::filesystem::path> configs;  ///< "cart" → the file that has its configuration, as JSON
  bool strict = false;
  unsigned loops = 0;                      ///< 0: as many as it may use processors
  std::chrono::milliseconds drain{10'000};
  std::size_t message_bytes_max = wire::message_bytes_max;  ///< of its services and their callers
  HostLimits limits;                       ///< all others
  std::vector<std::string> web_origins;    ///< of pages that may call by gRPC-Web
};

/// INVALID_ARGUMENT with the argument and its remedy.
Result<Options> parse_options(const std::vector<std::string>& arguments);

}  // namespace holon::app
