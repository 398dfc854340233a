#include "contract/openapi.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <map>
#include <utility>

#include "contract/comments.h"
#include "contract/openapi/operation.h"

namespace holon::contract {
namespace {

using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

// Those for which OpenAPI 3.1 has a place; a route for any method is all of them but TRACE.
constexpr std::string_view any_methods[] = {"GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH"};

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

bool has_place(const std::string& http_method) {
  return http_method == "TRACE" || std::ranges::find(any_methods, http_method) != std::end(any_methods);
}

class Document {
 public:
  void add(const ServiceDescriptor& service) {
    bool routed = false;
    for (int i = 0; i < service.method_count(); ++i) {
      const MethodDescriptor& method = *service.method(i);
      int number = 0;
      for (const Route& route : routes_of(method).routes) {
        add(method, route, ++number);
        routed = true;
      }
    }
    if (!routed) return;
    JsonValue tag{{"name", service.full_name()}};
    tags_.push(tag.set_text("description", comment_of(service)));
  }

  std::string print(const OpenApiOptions& options) {
    JsonValue document{{"openapi", "3.1.0"}, {"info", {{"title", options.title}, {"version", options.version}}}};
    document.find("info")->set_text("description", options.description);
    JsonValue servers = JsonValue::list();
    for (const std::string& url : options.servers) servers.push({{"url", url}});
    if (servers.empty()) servers.push({{"url", "/"}});
    document.set("servers", std::move(servers));
    add_security(options, document);
    document.set("tags", std::move(tags_)).set("paths", std::move(paths_));
    JsonValue components{{"schemas", schemas_.components()}, {"responses", {{"Problem", problem()}}}};
    if (JsonValue schemes = schemes_of(options); !schemes.empty()) components.set("securitySchemes", std::move(schemes));
    return document.set("components", std::move(components)).print();
  }

 private:
  void add(const MethodDescriptor& method, const Route& route, int number) {
    OpenApiPath path = openapi_path(route.path, *method.input_type());
    const auto [first, fresh] = known_.try_emplace(without_names(path), path);
    if (!fresh) rename_parameters(path, first->second.parameters);
    std::string id = method.full_name();
    if (number > 1) id += "." + std::to_string(number);
    if (route.http_method != "*") return add(method, route, path, route.http_method, id);
    for (const std::string_view each : any_methods) {
      add(method, route, path, std::string(each), id + "." + lower(std::string(each)));
    }
  }

  void add(const MethodDescriptor& method, const Route& route, const OpenApiPath& path, const std::string& http_method,
           const std::string& id) {
    const std::string slot = lower(http_method);
    JsonValue* item = item_of(path.text);
    // "/v1/{a}" and "/v1/{a=**}" are one path here. A fragment tells them apart, and is not part of a request.
    if (item->find(slot) != nullptr) item = item_of(path.text + "#" + id);
    JsonValue operation = openapi_operation(method, route, path, http_method, id, schemas_);
    if (has_place(http_method)) {
      item->set(slot, std::move(operation));
    } else {
      JsonValue* others = item->find("x-holon-methods");
      if (others == nullptr) others = item->set("x-holon-methods", {}).find("x-holon-methods");
      others->set(http_method, std::move(operation));
    }
  }

  JsonValue* item_of(const std::string& path) {
    if (JsonValue* item = paths_.find(path)) return item;
    return paths_.set(path, {}).find(path);
  }

  static void add_security(const OpenApiOptions& options, JsonValue& document) {
    JsonValue ways = JsonValue::list();
    for (const OpenApiSecurity& way : options.security) ways.push({{way.name, JsonValue::list()}});
    if (options.security_optional && !ways.empty()) ways.push({});
    document.set("security", std::move(ways));
  }

  static JsonValue schemes_of(const OpenApiOptions& options) {
    JsonValue schemes;
    for (const OpenApiSecurity& way : options.security) {
      JsonValue scheme{{"type", "http"}, {"scheme", "bearer"}, {"bearerFormat", "JWT"}};
      if (way.kind != OpenApiSecurity::Kind::bearer_jwt) {
        const char* place = way.kind == OpenApiSecurity::Kind::cookie ? "cookie" : "header";
        scheme = {{"type", "apiKey"}, {"in", place}, {"name", way.field}};
      }
      schemes.set(way.name, scheme.set_text("description", way.description));
    }
    return schemes;
  }

  /// RFC 9457, with the members of a gRPC status beside its own.
  static JsonValue problem() {
    const JsonValue text{{"type", "string"}};
    const JsonValue detail{{"type", "object"}, {"additionalProperties", true}};
    JsonValue schema{{"type", "object"},
                     {"properties",
                      {{"type", text},
                       {"title", text},
                       {"status", {{"type", "integer"}}},
                       {"detail", text},
                       {"code", {{"type", "string"}, {"description", "The gRPC code, such as NOT_FOUND."}}},
                       {"message", text},
                       {"details", {{"type", "array"}, {"items", detail}}}}},
                     {"required", JsonValue::list({"title", "status", "code", "message"})}};
    return {{"description", "What went wrong, and what to do about it."},
            {"content", {{"application/problem+json", {{"schema", std::move(schema)}}}}}};
  }

  Schemas schemas_;
  JsonValue tags_ = JsonValue::list();
  JsonValue paths_;
  std::map<std::string, OpenApiPath> known_;  ///< by its text without names
};

}  // namespace

std::string openapi(std::span<const ServiceDescriptor* const> services, const OpenApiOptions& options) {
  Document document;
  for (const ServiceDescriptor* service : services) document.add(*service);
  return document.print(options);
}

}  // namespace holon::contract
