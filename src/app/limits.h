// What an operator may set of what a host grants its peers: `--holon-limit=NAME=VALUE`. The one list of them.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "client/limits.h"
#include "holon/result.h"
#include "server/server.h"

namespace holon::app {

struct HostLimits {
  server::Limits server;
  client::Limits client;
};

struct Limit {
  using Field = std::variant<std::size_t*, std::uint32_t*, env::Duration*, wire::Rate*, client::Balance*>;

  std::string_view name;
  std::string_view meaning;
  Field (*field)(HostLimits&);
  std::uint32_t least = 1;    ///< of a number
  bool may_be_never = false;  ///< of a duration
};

/// All of them, in the order of docs/connections.md.
std::span<const Limit> limits();

/// Numbers as they are, sizes also as `64KiB` or `1MiB`, times as `500ms`, `20s`, `5min`, `2h` or `never`, rates as
/// `1000+100/s`: a burst, and how many by second from then on; choices by their names. INVALID_ARGUMENT with the remedy.
Result<void> set_limit(HostLimits& limits, std::string_view name, std::string_view value);

/// Its value, as `set_limit` reads it.
std::string value_of(const Limit& limit, HostLimits& limits);

}  // namespace holon::app
