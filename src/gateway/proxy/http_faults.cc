#include "gateway/proxy/http_faults.h"

#include <utility>

#include "fiber/loop.h"
#include "telemetry/metrics.h"

namespace holon::gateway {
namespace {

/// The service gets the request; whoever asked finds the connection cut off in place of an answer.
class AnswerLost final : public Visit {
 public:
  explicit AnswerLost(Visit& visit) : visit_(visit) {}

  const server::HttpRequest& request() const override { return visit_.request(); }
  const RouteConfig& route() const override { return visit_.route(); }
  const Visitor& visitor() const override { return visit_.visitor(); }
  internal::RootCall& call() override { return visit_.call(); }
  void extend(nanoseconds longest) override { visit_.extend(longest); }
  void limit_body(std::uint64_t bytes_max) override { visit_.limit_body(bytes_max); }
  Result<std::optional<std::string>> read() override { return visit_.read(); }
  Result<std::string> read_all() override { return visit_.read_all(); }

  void inform(int, const HeaderList&) override {}
  void add_header(std::string, std::string) override {}
  void respond(int, const HeaderList&, std::string) override { abort(); }
  void begin(int, const HeaderList&, std::optional<std::uint64_t>) override { abort(); }
  Result<void> write(std::string) override { return cancelled("the connection is cut off"); }
  void end(const HeaderList&) override { abort(); }
  void abort() override {
    if (!std::exchange(lost_, true)) visit_.abort();
  }
  bool begun() const override { return lost_; }
  Result<void> switch_protocols(const HeaderList&) override {
    abort();
    return cancelled("the connection is cut off");
  }
  void problem(const Error&) override { abort(); }
  void problem(int, const Error&) override { abort(); }

 private:
  Visit& visit_;
  bool lost_ = false;
};

Metadata metadata_of(const server::HttpRequest& request) {
  Metadata metadata;
  for (const auto& [name, value] : request.headers) metadata.add(name, std::string(value));
  return metadata;
}

}  // namespace

HttpFaults::HttpFaults(const ToHttp& to, faults::Faults& faults, std::uint32_t edge, std::unique_ptr<const Destination> service)
    : caller_(to.caller),
      service_name_(to.service),
      faults_(faults),
      service_(std::move(service)),
      edge_(edge) {}

void HttpFaults::serve(Visit& visit) const {
  faults_.any() ? meet(visit) : service_->serve(visit);
}

void HttpFaults::meet(Visit& visit) const {
  using internal::CallAccess;
  const env::Time began = fiber::Loop::current()->now();
  const std::string method = service_name_ + "/" + std::string(visit.request().method);
  const Metadata metadata = metadata_of(visit.request());
  const faults::Subject subject{caller_, method, metadata, CallAccess::root(visit.call()).baggage};
  const faults::Ordeal ordeal = faults_.meet(subject, edge_, visit.call().deadline(), CallAccess::scope(visit.call()));
  if (ordeal.code != Code::ok) {
    telemetry::record(edge_, ordeal.code, static_cast<std::uint64_t>((fiber::Loop::current()->now() - began).count()));
    return visit.problem(ordeal.error());
  }
  if (!ordeal.answer_lost) return service_->serve(visit);
  AnswerLost lost(visit);
  service_->serve(lost);
}

}  // namespace holon::gateway
