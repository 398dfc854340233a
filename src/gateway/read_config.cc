#include "gateway/read_config.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>

#include "config/suggest.h"
#include "crypto/tls.h"
#include "env/disk.h"
#include "env/reactor.h"
#include "gateway/config_reader.h"
#include "gateway/keys.h"
#include "gateway/networks.h"

namespace holon::gateway {

using config::Place;
using Kind = config::YamlNode::Kind;

Config read_config(const config::YamlNode& section, const std::filesystem::path& base, env::Environment& world,
                   config::Problems& problems, const KnownServices* services) {
  return ConfigReader(base, world, problems, services).read(section);
}

namespace {

Result<void> check_target(const Target& target, const std::vector<std::string>& known) {
  if (const auto* choices = std::get_if<std::vector<Weighted>>(&target)) {
    for (const Weighted& choice : *choices) HOLON_TRY(check_target(choice.target, known));
  }
  const auto* to = std::get_if<ToContracts>(&target);
  if (to == nullptr) return {};
  for (const std::string& service : to->services) {
    if (std::ranges::find(known, service) != known.end()) continue;
    return not_found("there is no contract of a service " + service + config::suggestion(service, known));
  }
  return {};
}

void add_http_services(const Target& target, std::set<std::string>& into) {
  if (const auto* choices = std::get_if<std::vector<Weighted>>(&target)) {
    for (const Weighted& choice : *choices) add_http_services(choice.target, into);
  }
  const auto* to = std::get_if<ToHttp>(&target);
  if (to != nullptr && !to->service.empty()) into.insert(to->service);
}

}  // namespace

std::set<std::string> http_services_of(const Config& config) {
  std::set<std::string> services;
  for (const RouteConfig& route : config.routes) add_http_services(route.target, services);
  return services;
}

Result<void> check_contracts(const Config& config, const Contracts& contracts) {
  std::vector<std::string> known;
  for (const auto* service : contracts.services()) known.push_back(service->full_name());
  for (const RouteConfig& route : config.routes) {
    const Result<void> checked = check_target(route.target, known);
    if (!checked.ok()) return checked.error().within("route " + route.name);
  }
  return {};
}

Config ConfigReader::read(const YamlNode& section) {
  if (!is_map(section, "gateway", keys().below("gateway"))) return std::move(config_);
  if (const YamlNode* listen = required(section, "listen", "gateway", "its address, as in `listen: \"127.0.0.1:8080\"`")) {
    read_listen(*listen);
  }
  if (const YamlNode* trusted = section.find("trusted_proxies")) read_trusted(*trusted);
  if (const YamlNode* log = section.find("access_log")) read_log(*log);
  if (const YamlNode* limits = section.find("limits")) read_limits(*limits);
  if (const YamlNode* compression = section.find("compression")) read_compression(*compression);
  if (const YamlNode* authentication = section.find("authentication")) read_authentication(*authentication);
  if (const YamlNode* rules = section.find("access")) config_.access = access(*rules, "gateway");
  if (const YamlNode* routes = section.find("routes")) read_routes(*routes);
  if (config_.routes.empty()) config_.routes.push_back({.name = "contracts", .path = "/**", .target = ToContracts()});
  check_names();
  return std::move(config_);
}

// ---- listeners ------------------------------------------------------------------------------------------------------

void ConfigReader::read_listen(const YamlNode& value) {
  if (value.kind != Kind::list) return read_listener(value);
  if (value.items.empty()) problem(value.place, "listen is an empty list; write an address, as in \"127.0.0.1:8080\"");
  for (const YamlNode& item : value.items) read_listener(item);
}

void ConfigReader::read_listener(const YamlNode& value) {
  ListenConfig listener;
  if (value.kind != Kind::map) {
    listener.address = address(value);
    config_.listen.push_back(std::move(listener));
    return;
  }
  is_map(value, "listen", keys().below("gateway/listen"));
  if (const YamlNode* where = required(value, "address", "listen", "as in `address: \"127.0.0.1:8443\"`")) {
    listener.address = address(*where);
  }
  if (const YamlNode* proxy = value.find("proxy_protocol")) listener.proxy_protocol = boolean(*proxy, "proxy_protocol");
  if (const YamlNode* tls = value.find("tls")) read_tls(*tls, listener);
  if (const YamlNode* ca = value.find("client_ca")) {
    listener.client_ca = file(*ca, "client_ca");
    if (listener.certificates.empty()) {
      problem(ca->place, "client_ca needs TLS; write `tls: [{certificate: …, key: …}]` beside it");
    }
  }
  if (!listener.certificates.empty()) {
    crypto::ServerTlsFiles files{.pairs = {}, .client_ca = listener.client_ca};
    for (const CertificateConfig& pair : listener.certificates) files.pairs.push_back({pair.certificate, pair.key});
    Result<std::shared_ptr<crypto::ServerTls>> loaded = crypto::ServerTls::load(world_, files);
    if (!loaded.ok()) problem(value.find("tls")->place, loaded.error().message());
  }
  config_.listen.push_back(std::move(listener));
}

void ConfigReader::read_tls(const YamlNode& value, ListenConfig& listener) {
  const std::vector<YamlNode> pairs = value.kind == Kind::list ? value.items : std::vector<YamlNode>{value};
  if (pairs.empty()) problem(value.place, "tls is an empty list; leave it out, or write {certificate: cert.pem, key: key.pem}");
  for (const YamlNode& pair : pairs) {
    if (!is_map(pair, "tls", keys().below("gateway/listen/tls"))) continue;
    const YamlNode* certificate = required(pair, "certificate", "tls", "a PEM file, as in `certificate: cert.pem`");
    const YamlNode* key = required(pair, "key", "tls", "the PEM file of its private key, as in `key: key.pem`");
    if (certificate == nullptr || key == nullptr) continue;
    listener.certificates.push_back({path_of(*certificate, "certificate"), path_of(*key, "key")});
  }
}

std::string ConfigReader::address(const YamlNode& value) {
  const std::string written = text(value, "listen").text;
  if (written.empty()) return written;
  const Result<env::Address> parsed = env::Address::parse(written);
  if (!parsed.ok() || parsed->kind == env::Address::Kind::descriptor) {
    problem(value.place, "listen is an IP address and a port, as in \"127.0.0.1:8080\", or \"unix:/run/shop.sock\", not " +
                             written);
    return written;
  }
  const auto same = [&](const ListenConfig& other) { return other.address == parsed->to_string(); };
  if (parsed->port != 0 && std::ranges::any_of(config_.listen, same)) problem(value.place, "listen has " + written + " twice");
  return parsed->to_string();
}

// ---- files ----------------------------------------------------------------------------------------------------------

std::string ConfigReader::path_of(const YamlNode& value, const std::string& what) {
  const std::string written = text(value, what).text;
  return written.empty() ? written : (base_ / written).lexically_normal().string();
}

std::string ConfigReader::file(const YamlNode& value, const std::string& what) {
  const std::string path = path_of(value, what);
  if (path.empty()) return path;
  const Result<std::string> begin = world_.disk().read(path, 0, 1);
  if (!begin.ok()) problem(value.place, what + ": " + begin.error().message());
  return path;
}

std::string ConfigReader::folder(const YamlNode& value, const std::string& what) {
  const std::string path = path_of(value, what);
  if (path.empty()) return path;
  const auto listed = world_.disk().list(path);
  if (!listed.ok()) problem(value.place, what + ": " + path + " is no folder that can be read: " + listed.error().message());
  return path;
}

// ---- the rest of the door -------------------------------------------------------------------------------------------

void ConfigReader::read_trusted(const YamlNode& value) {
  Networks tried;
  for (const config::Named& network : texts(value, "trusted_proxies")) {
    if (network.text.empty()) continue;
    if (Result<void> added = tried.add(network.text); !added.ok()) problem(network.place, added.error().message());
    config_.trusted_proxies.push_back(network.text);
  }
}

void ConfigReader::read_log(const YamlNode& value) {
  static const std::vector<std::string> formats = {"off", "json", "combined"};  // as AccessLogConfig::Format has them
  const YamlNode* format = &value;
  if (value.kind == Kind::map) {
    is_map(value, "access_log", keys().below("gateway/access_log"));
    format = value.find("format");
    if (const YamlNode* where = value.find("file")) config_.access_log.file = path_of(*where, "file");
  }
  if (format == nullptr) return;
  const auto found = std::ranges::find(formats, one_of(*format, "access_log", formats));
  config_.access_log.format = static_cast<AccessLogConfig::Format>(found - formats.begin());
}

void ConfigReader::read_compression(const YamlNode& value) {
  CompressionConfig& compression = config_.compression;
  if (value.kind == Kind::scalar) {
    compression.enabled = boolean(value, "compression");
    return;
  }
  if (!is_map(value, "compression", keys().below("gateway/compression"))) return;
  if (const YamlNode* enabled = value.find("enabled")) compression.enabled = boolean(*enabled, "enabled");
  if (const YamlNode* least = value.find("least")) compression.bytes_min = bytes(*least, "least");
  if (const YamlNode* types = value.find("types")) compression.types = strings(*types, "types");
}

void ConfigReader::read_limits(const YamlNode& value) {
  LimitsConfig& limits = config_.limits;
  const std::vector<std::pair<std::string, std::uint64_t*>> wide = {{"body", &limits.body_bytes_max},
                                                                    {"buffered", &limits.buffered_bytes_max}};
  const std::vector<std::pair<std::string, std::size_t*>> sizes = {{"head", &limits.head_bytes_max},
                                                                   {"target", &limits.target_bytes_max}};
  const std::vector<std::pair<std::string, std::size_t*>> counts = {
      {"headers", &limits.headers_max},
      {"connections", &limits.connections_max},
      {"connections_per_peer", &limits.connections_per_peer_max},
      {"requests", &limits.requests_max}};
  const std::vector<std::pair<std::string, nanoseconds*>> times = {
      {"head_time", &limits.head_time},   {"body_time", &limits.body_time},       {"idle_time", &limits.idle_time},
      {"write_time", &limits.write_time}, {"request_time", &limits.request_time}, {"stream_time", &limits.stream_time}};
  if (!is_map(value, "limits", keys().below("gateway/limits"))) return;
  const auto each = [&](const auto& list, auto read) {
    for (const auto& [name, into] : list) {
      if (const YamlNode* given = value.find(name)) *into = read(*given, name);
    }
  };
  each(wide, [this](const YamlNode& given, const std::string& name) { return bytes(given, name); });
  each(sizes, [this](const YamlNode& given, const std::string& name) { return bytes(given, name); });
  each(counts, [this](const YamlNode& given, const std::string& name) { return number(given, name, 1); });
  each(times, [this](const YamlNode& given, const std::string& name) { return duration(given, name); });
}

}  // namespace holon::gateway
