// The parts of read_config.h: each function reads one kind of section.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "config/reader.h"
#include "env/environment.h"
#include "gateway/config.h"
#include "gateway/read_config.h"

namespace holon::gateway {

class ConfigReader : private config::Reader {
 public:
  ConfigReader(std::filesystem::path base, env::Environment& world, config::Problems& problems, const KnownServices* services)
      : Reader(problems), base_(std::move(base)), world_(world), services_(services) {}

  Config read(const config::YamlNode& section);

 private:
  using YamlNode = config::YamlNode;

  // ---- the door: read_config.cc
  void read_listen(const YamlNode& value);
  void read_listener(const YamlNode& value);
  void read_tls(const YamlNode& value, ListenConfig& listener);
  void read_trusted(const YamlNode& value);
  void read_log(const YamlNode& value);
  void read_limits(const YamlNode& value);
  void read_compression(const YamlNode& value);
  std::string address(const YamlNode& value);
  std::string file(const YamlNode& value, const std::string& what);
  std::string folder(const YamlNode& value, const std::string& what);
  std::string path_of(const YamlNode& value, const std::string& what);

  // ---- who may enter: read_access.cc
  void read_authentication(const YamlNode& value);
  void read_jwt(const config::Named& name, const YamlNode& value);
  void read_api_keys(const config::Named& name, const YamlNode& value);
  void check_authentication(const Config& alone, config::Place place);
  AccessConfig access(const YamlNode& value, const std::string& where);
  std::vector<ClaimRule> claims(const YamlNode& value);
  std::vector<RateConfig> rates(const YamlNode& value, const std::string& where);
  RateConfig rate(const YamlNode& value, const std::string& where);
  CorsConfig cors(const YamlNode& value, const std::string& where);
  void check_names();

  // ---- routes: read_routes.cc
  void read_routes(const YamlNode& value);
  RouteConfig route(const YamlNode& value);
  void read_match(const YamlNode& value, const std::string& where, RouteConfig& route);
  void read_terms(const YamlNode& value, const std::string& where, RouteConfig& route);
  std::vector<HeaderMatch> header_matches(const YamlNode& value);
  std::vector<std::pair<std::string, std::string>> added_headers(const YamlNode& value);
  std::string path_pattern(const YamlNode& value);
  std::string header_name(const config::Named& name, const std::string& what);
  void check_routes();

  // ---- where they lead: read_targets.cc
  Target target(const YamlNode& value, const std::string& where, const std::string& prefix);
  Target named_target(const YamlNode& value);
  Target weighted(const YamlNode& value, const std::string& where, const std::string& prefix);
  ToHttp to_http(const YamlNode& map, const std::string& where);
  ToHttp to_service(const YamlNode& map, const std::string& where);
  void read_http_terms(const YamlNode& map, ToHttp& to);
  void check_service(const config::Named& service);
  ToFiles to_files(const YamlNode& map, const std::string& where, const std::string& prefix);
  ToRedirect to_redirect(const YamlNode& map, const std::string& where);
  ToAnswer to_answer(const YamlNode& map, const std::string& where);

  /// Names of authentications that rules mention: known only when all is read.
  struct Mention {
    std::string name;
    config::Place place;
  };

  std::filesystem::path base_;
  env::Environment& world_;
  const KnownServices* services_;  ///< null: all are taken
  Config config_;
  std::vector<Mention> mentions_;
  std::vector<config::Place> route_places_;
};

}  // namespace holon::gateway
