#include "node/dashboard/dashboard.h"

#include "app/snapshot.h"
#include "fiber/call.h"
#include "node/dashboard/metrics_text.h"
#include "node/dashboard/page.h"
#include "telemetry/refusals.h"

namespace holon::node {
namespace {

constexpr std::string_view control_folder = "/control/";
constexpr auto metrics_within = std::chrono::seconds(5);

server::Limits limits() {
  server::Limits limits;
  limits.connections_max = 128;
  limits.calls_max = 128;
  limits.body_bytes_max = 64 << 10;
  return limits;
}

void respond_text(server::HttpExchange& exchange, int status, std::string text) {
  const wire::HeaderView headers[] = {{"content-type", "text/plain; charset=utf-8"}, {"x-content-type-options", "nosniff"}};
  (void)exchange.respond(status, headers, std::move(text)).ok();
}

}  // namespace

Dashboard::Dashboard(fiber::Loop& loop, v1::Control::Service& control, std::filesystem::path key_file)
    : loop_(loop),
      control_(control),
      key_file_(std::move(key_file)),
      key_(DashboardKey::load(loop.environment(), key_file_)),
      server_(nothing_, {&loop}, limits(), this) {}

Dashboard::~Dashboard() = default;

Result<void> Dashboard::listen(const DashboardConfig& config) {
  env::Address wanted = HOLON_TRY(env::Address::parse(config.listen));
  const bool any_port = wanted.port == 0;
  if (any_port) wanted.port = key_.last_port();
  Result<env::Address> bound = server_.listen(wanted);
  if (!bound.ok() && any_port) {
    wanted.port = 0;
    bound = server_.listen(wanted);
  }
  if (!bound.ok()) {
    return bound.error().within("the dashboard can't answer at " + config.listen +
                                "; choose another address in holon.yaml, as in `dashboard: {listen: \"127.0.0.1:0\"}`");
  }
  address_ = *bound;
  return key_.keep(loop_.environment(), key_file_, address_.port);
}

std::string Dashboard::link() const {
  return address_.port == 0 ? std::string() : "http://" + address_.to_string() + "/#" + key_.text();
}

void Dashboard::close() { server_.drain(loop_.now()); }

void Dashboard::serve(server::HttpExchange& exchange) {
  const server::HttpRequest& request = exchange.request();
  if (turned_away(exchange, refuse_host(request))) return;
  if (request.path().starts_with(control_folder)) return serve_control(exchange);
  if (request.path() == "/metrics") return serve_metrics(exchange);
  serve_page(exchange);
}

server::HttpHandler::Refusal Dashboard::refuse(int, std::string_view why) {
  return {{{"content-type", "text/plain; charset=utf-8"}, {"x-content-type-options", "nosniff"}}, std::string(why) + "\n"};
}

bool Dashboard::turned_away(server::HttpExchange& exchange, const std::optional<Refused>& refused) {
  if (!refused) return false;
  telemetry::refused(refused->rule, exchange.request().peer, loop_.now());
  respond_text(exchange, refused->status, refused->error.message() + "\n");
  return true;
}

void Dashboard::serve_control(server::HttpExchange& exchange) {
  const server::HttpRequest& request = exchange.request();
  if (turned_away(exchange, refuse_page(request)) || turned_away(exchange, refuse_key(request, key_))) return;
  const internal::MethodInfo* method = find_reading_method(request.path().substr(control_folder.size()));
  if (method == nullptr) return respond_text(exchange, 404, "the dashboard can't call this; it only reads\n");
  if (request.method != "POST") return respond_text(exchange, 405, "methods are called by POST\n");
  serve_json(exchange, control_, *method);
}

void Dashboard::serve_metrics(server::HttpExchange& exchange) {
  if (turned_away(exchange, refuse_page(exchange.request()))) return;
  internal::RootCall call(loop_.now() + metrics_within);
  server::HttpExchange::Watched watched(exchange, call);
  const Result<v1::ListReply> list = control_.List(call, {});
  Result<v1::CallsReply> calls = control_.Calls(call, {});
  const Result<v1::SnapshotReply> own = app::HostService(loop_.environment(), "node").Snapshot(call, {});
  if (calls.ok() && own.ok()) *calls->add_hosts() = *own;
  if (!list.ok() || !calls.ok()) return respond_text(exchange, 503, "the hosts could not be asked\n");
  const wire::HeaderView headers[] = {{"content-type", metrics_type},
                                      {"cache-control", "no-store"},
                                      {"x-content-type-options", "nosniff"}};
  (void)exchange.respond(200, headers, metrics_text(*list, *calls)).ok();
}

}  // namespace holon::node
