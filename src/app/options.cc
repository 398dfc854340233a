#include "app/options.h"

#include <charconv>
#include <cstdint>
#include <limits>

namespace holon::app {
namespace {

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    std::size_t comma = std::min(text.find(','), text.size());
    if (comma > 0) parts.emplace_back(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return parts;
}

Result<unsigned> number(std::string_view name, std::string_view text, unsigned most) {
  unsigned value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value > most) {
    return invalid_argument(std::string(name) + "=" + std::string(text) + ": write a number from 0 to " +
                            std::to_string(most));
  }
  return value;
}

/// As browsers write it (RFC 6454, 6.2), or `*`.
Result<std::string> origin(std::string_view name, std::string_view text) {
  const std::size_t host = text.find("://") + 3;
  const bool one = text.find("://") != std::string_view::npos && host < text.size() && text.find('/', host) == text.npos;
  if (one || text == "*") return std::string(text);
  return invalid_argument(std::string(name) + "=" + std::string(text) + ": write https://HOST, with its :PORT if it is not " +
                          "the usual one, or * for all");
}

Result<void> set_limit(Options& options, std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals != std::string_view::npos) return set_limit(options.limits, text.substr(0, equals), text.substr(equals + 1));
  return invalid_argument("--holon-limit=" + std::string(text) + ": write NAME=VALUE");
}

/// A key belongs to the certificate before it.
Result<void> set_key(std::vector<crypto::KeyPair>& pairs, std::string_view file) {
  if (pairs.empty() || !pairs.back().key.empty()) {
    return invalid_argument("--tls-key=" + std::string(file) + ": write --tls-cert=FILE before it");
  }
  pairs.back().key = file;
  return {};
}

Result<void> check_tls(const Options& options) {
  for (const crypto::KeyPair& pair : options.tls.pairs) {
    if (pair.key.empty()) {
      return invalid_argument("--tls-cert=" + pair.certificate.string() + ": write its --tls-key=FILE after it");
    }
  }
  if (!options.listen_tls.empty() && options.tls.pairs.empty()) {
    return invalid_argument("--listen=tls:" + options.listen_tls.front().to_string() +
                            ": TLS needs --tls-cert=FILE and --tls-key=FILE");
  }
  bool unused = options.listen_tls.empty() && (!options.tls.pairs.empty() || !options.tls.client_ca.empty());
  if (unused) return invalid_argument("certificates are given, but no address by TLS: write --listen=tls:HOST:PORT");
  return {};
}

Result<void> set(Options& options, std::string_view name, std::string_view value) {
  if (name == "--holon-host") {
    options.host = value;
  } else if (name == "--holon-services") {
    options.services = split(value);
  } else if (name == "--holon-listen" || name == "--listen") {
    bool tls = value.starts_with("tls:");
    std::vector<env::Address>& listen = tls ? options.listen_tls : options.listen;
    listen.push_back(HOLON_TRY(env::Address::parse(tls ? value.substr(4) : value)));
  } else if (name == "--holon-tls-cert" || name == "--tls-cert") {
    options.tls.pairs.push_back({.certificate = value, .key = {}});
  } else if (name == "--holon-tls-key" || name == "--tls-key") {
    HOLON_TRY(set_key(options.tls.pairs, value));
  } else if (name == "--holon-tls-client-ca" || name == "--tls-client-ca") {
    options.tls.client_ca = value;
  } else if (name == "--holon-node-absence-ms") {
    options.node_absence = std::chrono::milliseconds(HOLON_TRY(number(name, value, 3'600'000)));
  } else if (name == "--holon-identity") {
    options.identity.own = value;
    options.tls.pairs.push_back({.certificate = value, .key = value});
  } else if (name == "--holon-authority") {
    options.identity.authority = options.tls.client_ca = value;
  } else if (name == "--holon-node") {
    options.node = HOLON_TRY(env::Address::parse(value));
  } else if (name == "--holon-data" || name == "--data") {
    options.data = value;
  } else if (name == "--holon-loops") {
    options.loops = HOLON_TRY(number(name, value, 1024));
  } else if (name == "--holon-drain-ms") {
    options.drain = std::chrono::milliseconds(HOLON_TRY(number(name, value, 3'600'000)));
  } else if (name == "--holon-message-bytes-max") {
    options.message_bytes_max = HOLON_TRY(number(name, value, std::numeric_limits<std::int32_t>::max()));
  } else if (name == "--holon-limit" || name == "--limit") {
    HOLON_TRY(set_limit(options, value));
  } else if (name == "--holon-web-origin" || name == "--web-origin") {
    options.web_origins.push_back(HOLON_TRY(origin(name, value)));
  } else if (name == "--holon-config" || name == "--config") {
    const std::size_t equals = value.find('=');
    if (equals == std::string_view::npos) {
      return invalid_argument(std::string(name) + "=" + std::string(value) + ": write SERVICE=FILE");
    }
    options.configs[std::string(value.substr(0, equals))] = value.substr(equals + 1);
  } else if (name == "--holon-setting") {
    std::size_t equals = value.find('=');
    if (equals == std::string_view::npos) {
      return invalid_argument("--holon-setting=" + std::string(value) + ": write SERVICE.KEY=VALUE");
    }
    options.settings[std::string(value.substr(0, equals))] = value.substr(equals + 1);
  } else {
    return invalid_argument("unknown argument " + std::string(name) + "; --help tells what there is");
  }
  return {};
}

}  // namespace

Result<Options> parse_options(const std::vector<std::string>& arguments) {
  Options options;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    std::string_view argument = arguments[i];
    if (argument == "--holon-manifest") {
      options.manifest = true;
    } else if (argument == "--holon-strict") {
      options.strict = true;
    } else if (argument == "--help" || argument == "-h") {
      options.help = true;
    } else if (std::size_t equals = argument.find('='); equals != std::string_view::npos) {
      HOLON_TRY(set(options, argument.substr(0, equals), argument.substr(equals + 1)));
    } else if (i + 1 < arguments.size()) {
      HOLON_TRY(set(options, argument, arguments[++i]));
    } else {
      return invalid_argument("unknown argument, or one without its value: " + std::string(argument) +
                              "; --help tells what there is");
    }
  }
  HOLON_TRY(check_tls(options));
  return options;
}

}  // namespace holon::app
