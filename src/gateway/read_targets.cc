// Where routes lead.
#include <algorithm>

#include "config/suggest.h"
#include "gateway/config_reader.h"
#include "gateway/content/redirect.h"
#include "gateway/keys.h"
#include "gateway/proxy/upstreams.h"

namespace holon::gateway {
namespace {

using Kind = config::YamlNode::Kind;

const std::vector<std::string> kinds = {"contracts", "service", "http", "files", "redirect", "answer", "weighted", "openapi", "explorer"};

}  // namespace

Target ConfigReader::target(const YamlNode& value, const std::string& where, const std::string& prefix) {
  if (value.kind != Kind::map) return named_target(value);
  std::vector<const YamlNode*> chosen;
  for (const auto& [key, content] : value.entries) {
    if (std::ranges::find(kinds, key.text) != kinds.end()) chosen.push_back(&key);
  }
  if (chosen.size() != 1) {
    const config::Place place = chosen.empty() ? value.place : chosen[1]->place;
    problem(place, "to has exactly one of " + config::listed(kinds));
    return ToContracts();
  }
  const std::string& kind = chosen.front()->text;
  if (kind == "http") return to_http(value, where);
  if (kind == "service") return to_service(value, where);
  if (kind == "files") return to_files(value, where, prefix);
  if (kind == "redirect") return to_redirect(value, where);
  if (kind == "answer") return to_answer(value, where);
  if (kind == "weighted") return weighted(value, where, prefix);
  is_map(value, "to of " + where, {kind});
  if (kind == "contracts") return ToContracts{strings(*value.find(kind), "contracts")};
  problem(chosen.front()->place, kind + " has nothing to say: write `to: " + kind + "`");
  return ToContracts();
}

Target ConfigReader::named_target(const YamlNode& value) {
  const std::string name = one_of(value, "to", {"contracts", "openapi", "explorer"});
  if (name == "openapi") return OpenApi();
  if (name == "explorer") return Explorer();
  return ToContracts();
}

Target ConfigReader::weighted(const YamlNode& value, const std::string& where, const std::string& prefix) {
  is_map(value, "to of " + where, {"weighted"});
  std::vector<Weighted> choices;
  const YamlNode& list = *value.find("weighted");
  if (list.kind != Kind::list || list.items.empty()) {
    problem(list.place, "weighted is a list, as in `[{weight: 9, http: \"http://a\"}, {weight: 1, http: \"http://b\"}]`");
  }
  for (const YamlNode& item : list.items) {
    if (!is_map(item, "weighted")) continue;
    const YamlNode* weight = required(item, "weight", "weighted of " + where, "its share, as in `weight: 9`");
    YamlNode rest = item;
    std::erase_if(rest.entries, [](const auto& entry) { return entry.key.text == "weight"; });
    if (rest.find("weighted") != nullptr) {
      problem(item.place, "weighted within weighted; multiply the weights instead");
      continue;
    }
    const unsigned share = weight == nullptr ? 1 : static_cast<unsigned>(number(*weight, "weight", 1, 1'000'000));
    choices.push_back({share, target(rest, where, prefix)});
  }
  return choices;
}

ToHttp ConfigReader::to_http(const YamlNode& map, const std::string& where) {
  ToHttp to;
  is_map(map, "to of " + where, keys().below("gateway/routes/to", "http"));
  to.urls = strings(*map.find("http"), "http");
  if (const auto made = FixedUpstreams::parse(to.urls); !made.ok()) problem(map.find("http")->place, made.error().message());
  read_http_terms(map, to);
  return to;
}

ToHttp ConfigReader::to_service(const YamlNode& map, const std::string& where) {
  ToHttp to;
  is_map(map, "to of " + where, keys().below("gateway/routes/to", "service"));
  const config::Named service = text(*map.find("service"), "service");
  to.service = service.text;
  if (!service.text.empty() && services_ != nullptr) check_service(service);
  read_http_terms(map, to);
  return to;
}

void ConfigReader::check_service(const config::Named& service) {
  const auto& [http, grpc] = *services_;
  if (std::ranges::find(http, service.text) != http.end()) return;
  if (std::ranges::find(grpc, service.text) != grpc.end()) {
    return problem(service.place, service.text + " speaks gRPC, which routes reach by its contract: write `to: contracts`; " +
                                      "`service:` is for those with `protocol: http`");
  }
  std::string what = "there is no service " + service.text + config::suggestion(service.text, http);
  if (http.empty()) what += "; none of this application has `protocol: http`";
  problem(service.place, what);
}

/// What all HTTP servers have in common.
void ConfigReader::read_http_terms(const YamlNode& map, ToHttp& to) {
  if (const YamlNode* prefix = map.find("strip_prefix")) to.strip_prefix = text(*prefix, "strip_prefix").text;
  if (const YamlNode* keep = map.find("keep_host")) to.keep_host = boolean(*keep, "keep_host");
  if (const YamlNode* time = map.find("connect_time")) to.connect_time = duration(*time, "connect_time");
  if (const YamlNode* most = map.find("connections")) to.connections_max = number(*most, "connections", 1);
}

ToFiles ConfigReader::to_files(const YamlNode& map, const std::string& where, const std::string& prefix) {
  ToFiles to;
  is_map(map, "to of " + where, keys().below("gateway/routes/to", "files"));
  to.folder = folder(*map.find("files"), "files");
  to.strip_prefix = prefix;
  if (const YamlNode* strip = map.find("strip_prefix")) to.strip_prefix = text(*strip, "strip_prefix", true).text;
  if (const YamlNode* index = map.find("index")) to.index = text(*index, "index").text;
  if (const YamlNode* fallback = map.find("fallback")) to.fallback = text(*fallback, "fallback").text;
  if (const YamlNode* control = map.find("cache_control")) to.cache_control = text(*control, "cache_control").text;
  return to;
}

ToRedirect ConfigReader::to_redirect(const YamlNode& map, const std::string& where) {
  ToRedirect to;
  is_map(map, "to of " + where, keys().below("gateway/routes/to", "redirect"));
  const config::Named written = text(*map.find("redirect"), "redirect");
  to.to = written.text;
  if (Result<void> checked = check_redirect(to.to); !checked.ok()) problem(written.place, checked.error().message());
  if (const YamlNode* status = map.find("status")) {
    to.status = std::stoi(one_of(*status, "status", {"308", "301", "302", "303", "307"}));
  }
  return to;
}

ToAnswer ConfigReader::to_answer(const YamlNode& map, const std::string& where) {
  ToAnswer to;
  is_map(map, "to of " + where, keys().below("gateway/routes/to", "answer"));
  to.body = text(*map.find("answer"), "answer", true).text;
  if (const YamlNode* status = map.find("status")) to.status = static_cast<int>(number(*status, "status", 200, 599));
  if (const YamlNode* type = map.find("content_type")) to.content_type = text(*type, "content_type").text;
  return to;
}

}  // namespace holon::gateway
