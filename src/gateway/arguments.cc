#include "gateway/arguments.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <string_view>
#include <utility>

#include "env/disk.h"
#include "holon/node/v1/node.pb.h"

namespace holon::gateway {
namespace {

Result<unsigned> number(std::string_view name, std::string_view text) {
  unsigned value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem == std::errc() && end == text.data() + text.size()) return value;
  return invalid_argument(std::string(name) + " takes a number, not \"" + std::string(text) + "\"");
}

/// What lies before and behind the first `separator`; all of it before if there is none.
std::pair<std::string_view, std::string_view> cut(std::string_view text, char separator) {
  const std::size_t at = std::min(text.find(separator), text.size());
  return {text.substr(0, at), text.substr(std::min(at + 1, text.size()))};
}

/// "shop.Ads=fd:4"
Result<Arguments::Caller> caller(std::string_view text) {
  const auto [name, address] = cut(text, '=');
  env::Address door = HOLON_TRY(env::Address::parse(address));
  return Arguments::Caller{.name = std::string(name), .door = std::move(door)};
}

/// "shop.Ads/catalog=shop.Catalog", of a caller named before; "shop.Ads/pages" speaks plain HTTP.
Result<void> add_callee(std::string_view text, std::vector<Arguments::Caller>& callers) {
  const auto [names, contracts] = cut(text, '=');
  const auto [caller, callee] = cut(names, '/');
  const auto found = std::ranges::find(callers, caller, &Arguments::Caller::name);
  if (found == callers.end()) return invalid_argument("--holon-callee=" + std::string(text) + " is of no caller that was named");
  Arguments::Callee& added = found->callees.emplace_back();
  added.name = callee;
  for (std::string_view rest = contracts; !rest.empty();) {
    const auto [contract, others] = cut(rest, ',');
    added.contracts.emplace_back(contract);
    rest = others;
  }
  return {};
}

Result<void> take(std::string_view name, std::string_view value, Arguments& into) {
  if (name == "--holon-host") {
    into.host = value;
  } else if (name == "--holon-listen") {
    env::Address address = HOLON_TRY(env::Address::parse(value));
    into.listen.push_back(std::move(address));
  } else if (name == "--holon-caller") {
    into.callers.push_back(HOLON_TRY(caller(value)));
  } else if (name == "--holon-callee") {
    HOLON_TRY(add_callee(value, into.callers));
  } else if (name == "--holon-own") {
    into.own = HOLON_TRY(env::Address::parse(value));
  } else if (name == "--holon-config") {
    into.config = value;
  } else if (name == "--holon-base") {
    into.base = value;
  } else if (name == "--holon-node") {
    into.node = HOLON_TRY(env::Address::parse(value));
  } else if (name == "--holon-identity") {
    into.identity.own = value;
  } else if (name == "--holon-authority") {
    into.identity.authority = value;
  } else if (name == "--holon-contracts") {
    into.contracts = value;
  } else if (name == "--holon-drain-ms") {
    const unsigned ms = HOLON_TRY(number(name, value));
    into.drain = std::chrono::milliseconds(ms);
  } else if (name == "--holon-limit") {
    const auto [limit, setting] = cut(value, '=');
    HOLON_TRY(app::set_limit(into.limits, limit, setting));
  } else if (name == "--holon-loops") {
    into.loops = HOLON_TRY(number(name, value));
  } else {
    return invalid_argument("the gateway knows no argument " + std::string(name));
  }
  return {};
}

}  // namespace

Result<Arguments> parse_arguments(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    const std::size_t equals = std::min(argument.find('='), argument.size());
    HOLON_TRY(take(argument.substr(0, equals), argument.substr(std::min(equals + 1, argument.size())), arguments));
  }
  if (arguments.host.empty()) return invalid_argument("--holon-host=NAME is missing");
  if (arguments.listen.empty() && arguments.config.empty() && arguments.callers.empty()) {
    return invalid_argument("--holon-listen=ADDRESS or --holon-config=FILE is missing");
  }
  if (arguments.node.host.empty()) return invalid_argument("--holon-node=ADDRESS is missing");
  if (arguments.contracts.empty()) return invalid_argument("--holon-contracts=FILE is missing");
  return arguments;
}

Result<Contracts> read_contracts(const Arguments& arguments) {
  node::v1::Manifest manifest;
  const std::string bytes = HOLON_TRY(env::os().disk().read(arguments.contracts));
  if (!manifest.ParseFromString(bytes)) return invalid_argument(arguments.contracts + " is no holon.node.v1.Manifest");
  return Contracts::load(manifest);
}

int exit_code(const char* program, const Result<bool>& clean) {
  if (clean.ok()) return *clean ? 0 : 1;
  std::fprintf(stderr, "%s: %s\n", program, clean.error().message().c_str());
  return 2;
}

}  // namespace holon::gateway
