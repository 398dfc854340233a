#include "node/dashboard/control_json.h"

#include <algorithm>
#include <array>

#include "contract/json.h"
#include "fiber/call.h"
#include "gateway/problem.h"

namespace holon::node {
namespace {

constexpr std::array<std::string_view, 7> reading = {"List", "Watch", "Calls", "Events", "Logs", "Top", "Describe"};
constexpr std::array<wire::HeaderView, 3> reply_headers = {{{"content-type", "application/x-ndjson"},
                                                            {"cache-control", "no-store"},
                                                            {"x-content-type-options", "nosniff"}}};

const contract::Json& own_json() {
  static const contract::Json json(*google::protobuf::DescriptorPool::generated_pool());
  return json;
}

/// A call whose request is the body, and whose replies are the lines of the answer.
class JsonExchange final : public internal::Exchange {
 public:
  JsonExchange(Call& call, server::HttpExchange& http) : call_(call), http_(http) {}

  Result<bool> read(google::protobuf::MessageLite& into) override {
    if (std::exchange(read_, true)) return false;
    std::string body;
    while (std::optional<std::string> piece = HOLON_TRY(http_.read(call_))) body += *piece;
    if (!body.empty()) HOLON_TRY(own_json().parse(body, static_cast<google::protobuf::Message&>(into)));
    return true;
  }

  Result<void> write(const google::protobuf::MessageLite& message) override {
    std::string line = HOLON_TRY(own_json().print(static_cast<const google::protobuf::Message&>(message)));
    if (!http_.begun()) HOLON_TRY(http_.begin(200, reply_headers, {}));
    return http_.write(call_, line + "\n");
  }

  void finish(const Result<void>& status) {
    if (!http_.begun() && status.ok()) (void)http_.begin(200, reply_headers, {}).ok();
    if (status.ok()) return http_.end();
    const int code = gateway::http_status(status.error().code());
    std::string problem = gateway::problem_body(code, status.error(), own_json());
    if (!http_.begun()) {
      const std::array<wire::HeaderView, 1> headers = {{{"content-type", gateway::problem_type}}};
      return (void)http_.respond(code, headers, std::move(problem)).ok();
    }
    problem.pop_back();  // the line's end
    if (!http_.write(call_, "{\"error\":" + problem + "}\n").ok()) return http_.abort();
    http_.end();
  }

 private:
  Call& call_;
  server::HttpExchange& http_;
  bool read_ = false;
};

}  // namespace

const internal::MethodInfo* find_reading_method(std::string_view name) {
  if (std::ranges::find(reading, name) == reading.end()) return nullptr;
  const auto methods = v1::Control::info().methods;
  const auto found = std::ranges::find_if(methods, [&](const internal::MethodInfo& method) {
    return method.name.substr(method.name.find('/') + 1) == name;
  });
  return found == methods.end() ? nullptr : &*found;
}

void serve_json(server::HttpExchange& exchange, v1::Control::Service& control, const internal::MethodInfo& method) {
  internal::RootCall call(Deadline::max());
  server::HttpExchange::Watched watched(exchange, call);
  JsonExchange json(call, exchange);
  json.finish(method.serve(control, call, json));
}

}  // namespace holon::node
