// Who may enter: authentications, access rules, rates, CORS.
#include <algorithm>

#include "config/suggest.h"
#include "gateway/access/access.h"
#include "gateway/access/rates.h"
#include "gateway/config_reader.h"
#include "gateway/keys.h"

namespace holon::gateway {

using config::Named;
using Kind = config::YamlNode::Kind;

void ConfigReader::read_authentication(const YamlNode& value) {
  if (!is_map(value, "authentication")) return;
  for (const auto& [key, content] : value.entries) {
    const Named name{key.text, key.place};
    if (!is_map(content, "authentication " + name.text)) continue;
    if (content.find("api_keys") != nullptr) {
      read_api_keys(name, content);
    } else {
      read_jwt(name, content);
    }
  }
}

void ConfigReader::read_jwt(const Named& name, const YamlNode& value) {
  const std::string where = "authentication " + name.text;
  is_map(value, where, keys().below("gateway/authentication/*", "keys"));
  JwtConfig jwt{.name = name.text};
  const YamlNode* issuer = required(value, "issuer", where, "who makes the tokens, as in `issuer: \"https://id.example\"`");
  const YamlNode* audience = required(value, "audience", where, "whom they are for, as in `audience: shop`");
  const YamlNode* keys =
      required(value, "keys", where, "JWKS or PEM, as in `keys: keys.json` or `keys: \"https://id.example/jwks\"`");
  if (issuer != nullptr) jwt.issuer = text(*issuer, "issuer").text;
  if (audience != nullptr) jwt.audiences = strings(*audience, "audience");
  if (keys != nullptr) {
    jwt.keys = text(*keys, "keys").text;
    if (jwt.keys.find("://") == std::string::npos) jwt.keys = file(*keys, "keys");
  }
  if (const YamlNode* skew = value.find("skew")) jwt.skew = duration(*skew, "skew");
  if (const YamlNode* refresh = value.find("keys_refresh")) jwt.keys_refresh = duration(*refresh, "keys_refresh");
  if (const YamlNode* header = value.find("header")) jwt.header = header_name(text(*header, "header"), "header");
  if (const YamlNode* cookie = value.find("cookie")) jwt.cookie = text(*cookie, "cookie").text;
  if (issuer != nullptr && audience != nullptr && keys != nullptr) check_authentication({.jwt = {jwt}}, keys->place);
  config_.jwt.push_back(std::move(jwt));
}

void ConfigReader::read_api_keys(const Named& name, const YamlNode& value) {
  const std::string where = "authentication " + name.text;
  is_map(value, where, keys().below("gateway/authentication/*", "api_keys"));
  const YamlNode& keys = *value.find("api_keys");
  ApiKeyConfig api_keys{.name = name.text, .file = file(keys, "api_keys")};
  if (const YamlNode* header = value.find("header")) api_keys.header = header_name(text(*header, "header"), "header");
  check_authentication({.api_keys = {api_keys}}, keys.place);
  config_.api_keys.push_back(std::move(api_keys));
}

/// Reads its files, as the gateway will.
void ConfigReader::check_authentication(const Config& alone, config::Place place) {
  const Fetch none = [](Call&, const std::string&) -> Result<std::string> { return unavailable("nothing is fetched here"); };
  const auto made = Access::make(alone, world_, none);
  if (!made.ok()) problem(place, made.error().message());
}

AccessConfig ConfigReader::access(const YamlNode& value, const std::string& where) {
  AccessConfig rules;
  if (value.kind == Kind::scalar) {
    one_of(value, "access", {"public"});
    return rules;
  }
  if (!is_map(value, "access of " + where, keys().below("gateway/access"))) return rules;
  const YamlNode* any_of =
      required(value, "any_of", "access of " + where, "names of authentications, as in `any_of: [staff]`");
  if (any_of != nullptr) {
    for (const Named& name : texts(*any_of, "any_of")) {
      rules.any_of.push_back(name.text);
      mentions_.push_back({name.text, name.place});
    }
  }
  if (const YamlNode* required_claims = value.find("claims")) rules.claims = claims(*required_claims);
  if (const YamlNode* optional = value.find("optional")) rules.optional = boolean(*optional, "optional");
  return rules;
}

std::vector<ClaimRule> ConfigReader::claims(const YamlNode& value) {
  std::vector<ClaimRule> rules;
  if (!is_map(value, "claims")) return rules;
  for (const auto& [key, content] : value.entries) rules.push_back({key.text, strings(content, "claim " + key.text)});
  return rules;
}

/// The names that rules mention must be there.
void ConfigReader::check_names() {
  std::vector<std::string> known;
  for (const JwtConfig& jwt : config_.jwt) known.push_back(jwt.name);
  for (const ApiKeyConfig& keys : config_.api_keys) known.push_back(keys.name);
  for (const Mention& mention : mentions_) {
    if (mention.name.empty() || std::ranges::find(known, mention.name) != known.end()) continue;
    problem(mention.place, "there is no authentication " + mention.name + config::suggestion(mention.name, known) +
                               (known.empty() ? "; write it below `authentication:`" : ""));
  }
}

std::vector<RateConfig> ConfigReader::rates(const YamlNode& value, const std::string& where) {
  std::vector<RateConfig> all;
  if (value.kind != Kind::list) {
    all.push_back(rate(value, where));
  } else {
    for (const YamlNode& item : value.items) all.push_back(rate(item, where));
  }
  return all;
}

RateConfig ConfigReader::rate(const YamlNode& value, const std::string& where) {
  RateConfig rate;
  if (!is_map(value, "rate of " + where, keys().below("gateway/routes/rate"))) return rate;
  if (const YamlNode* requests = required(value, "requests", "rate of " + where, "how many, as in `requests: 100`")) {
    rate.requests = number(*requests, "requests", 1);
  }
  if (const YamlNode* per = value.find("per")) rate.window = duration(*per, "per");
  if (const YamlNode* burst = value.find("burst")) rate.burst = number(*burst, "burst", 1);
  if (const YamlNode* by = value.find("by")) rate.by = text(*by, "by").text;
  if (rate.requests == 0) return rate;
  if (const auto made = Rates::make({rate}, world_); !made.ok()) problem(value.place, made.error().message());
  return rate;
}

CorsConfig ConfigReader::cors(const YamlNode& value, const std::string& where) {
  CorsConfig cors;
  if (!is_map(value, "cors of " + where, keys().below("gateway/routes/cors"))) return cors;
  const YamlNode* origins =
      required(value, "origins", "cors of " + where,
               "of which origins pages may ask, as in `origins: [\"https://shop.example\"]`");
  if (origins != nullptr) {
    for (const Named& origin : texts(*origins, "origins")) {
      const std::size_t host = origin.text.find("://");
      const bool plain = host != origin.text.npos && host > 0 && origin.text.find('/', host + 3) == origin.text.npos &&
                         host + 3 < origin.text.size();
      if (origin.text != "*" && !origin.text.empty() && !plain) {
        problem(origin.place, "an origin is https://HOST, with its :PORT if it is not the usual one, or *, not " + origin.text);
      }
      cors.origins.push_back(origin.text);
    }
  }
  if (const YamlNode* methods = value.find("methods")) cors.methods = strings(*methods, "methods");
  if (const YamlNode* headers = value.find("headers")) cors.headers = strings(*headers, "headers");
  if (const YamlNode* expose = value.find("expose")) cors.expose = strings(*expose, "expose");
  if (const YamlNode* age = value.find("max_age")) cors.max_age = duration(*age, "max_age");
  if (const YamlNode* credentials = value.find("credentials")) {
    cors.credentials = boolean(*credentials, "credentials");
    if (cors.credentials && std::ranges::find(cors.origins, "*") != cors.origins.end()) {
      problem(credentials->place, "credentials are for named origins; with * any page could use them: write the origins");
    }
  }
  return cors;
}

}  // namespace holon::gateway
