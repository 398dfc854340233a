#include "gateway/grpc/pass_through.h"

#include <google/protobuf/descriptor.h>

#include "fiber/call.h"
#include "gateway/access/identity_headers.h"
#include "gateway/both_ways.h"
#include "gateway/grpc/raw_message.h"
#include "holon/outgoing_call.h"

namespace holon::gateway {
namespace {

using internal::CallAccess;
using internal::Exchange;
using internal::Kind;
using internal::MethodInfo;

Metadata passed(const Metadata& metadata) {
  Metadata kept;
  for (const auto& [name, value] : metadata) {
    if (!is_identity_header(name)) kept.add(name, value);
  }
  return kept;
}

/// One call on its way through.
class Carriage {
 public:
  Carriage(Call& call, Exchange& exchange, const internal::Binding& way, unsigned method)
      : call_(call), exchange_(exchange), way_(way), method_(method), kind_(way.callee->methods[method].kind), out_(call) {
    out_.metadata() = passed(call.metadata());
    const server::Arrival* arrival = server::arrival_of(exchange);
    compresses_ = arrival != nullptr && arrival->compresses;
    if (compresses_) out_.compress();  // said before the call begins; then each message is as it came
  }

  Result<void> run() { return kind_ == Kind::unary ? one_to_one() : stream(); }

 private:
  /// False at the end of the requests.
  Result<bool> next_request() {
    const bool more = HOLON_TRY(exchange_.read(request_));
    if (compresses_) out_.compress(call_.request_compressed());
    return more;
  }

  Result<void> one_to_one() {
    if (!HOLON_TRY(next_request())) return unimplemented("the call has no request");
    RawMessage reply;
    const Result<void> called = way_.channel->unary(out_, method_, request_, reply);
    give_metadata();
    if (!called.ok()) return called;
    call_.compress(out_.response_compressed());
    return exchange_.write(reply);
  }

  Result<void> stream() {
    stream_ = way_.channel->open(out_, method_);
    BothWays ended = both_ways(call_, [&] { return send_all(); }, [&] { return receive_all(); });
    give_metadata();
    if (ended.broken) return *ended.broken;
    return ended.received;
  }

  /// Gives the client's own errors alone: how the service ended is told by its answer.
  Result<void> send_all() {
    while (HOLON_TRY(next_request())) {
      if (!stream_->write(request_).ok()) return {};
      if (!internal::streams_requests(kind_)) break;
    }
    (void)stream_->end_writing();
    return {};
  }

  Result<void> receive_all() {
    RawMessage reply;
    for (bool first = true; HOLON_TRY(stream_->read(reply)); first = false) {
      if (first) call_.response_metadata() = out_.response_metadata();
      if (!first && !internal::streams_replies(kind_)) return unimplemented("the service gave more than one reply");
      call_.compress(out_.response_compressed());
      HOLON_TRY(exchange_.write(reply));
    }
    return {};
  }

  void give_metadata() {
    call_.response_metadata() = out_.response_metadata();
    call_.response_trailers() = out_.response_trailers();
  }

  Call& call_;
  Exchange& exchange_;
  const internal::Binding& way_;
  const unsigned method_;
  const Kind kind_;
  OutgoingCall out_;
  RawMessage request_;
  std::unique_ptr<internal::Duplex> stream_;
  bool compresses_ = false;  ///< the client may
};

}  // namespace

/// Stands at the door in the place of one service.
class PassThrough::Carrier final : public Service {
 public:
  Carrier(const internal::Binding& way, const CallPolicy* policy) : way_(way), policy_(policy) {
    for (const MethodInfo& method : way.callee->methods) {
      methods_.push_back(method);
      methods_.back().serve = [](Service& service, Call& call, Exchange& exchange) {
        return static_cast<Carrier&>(service).carry(call, exchange);
      };
      paths_.push_back("/" + std::string(method.name));
    }
    info_ = {way.callee->name, methods_, nullptr};
  }

  const internal::ServiceInfo& info() const { return info_; }

 private:
  Result<void> carry(Call& call, Exchange& exchange) {
    const auto method = static_cast<unsigned>(CallAccess::method(call) - methods_.data());
    CallAccess::root(call).claims = {};  // whom a client says to be is nothing to holon's services
    std::unique_ptr<CallPolicy::Admission> admission;
    if (policy_ != nullptr) admission = HOLON_TRY(policy_->admit(call, paths_[method], server::arrival_of(exchange)));
    return Carriage(call, exchange, way_, method).run();
  }

  const internal::Binding& way_;
  const CallPolicy* policy_;
  std::vector<MethodInfo> methods_;
  std::vector<std::string> paths_;
  internal::ServiceInfo info_{};
};

PassThrough::PassThrough(const Contracts& contracts, const Remote& remote, const CallPolicy* policy) {
  health_.set("", app::Health::Status::serving);
  router_.add(grpc::health::v1::Health::info(), health_, server::Standing::own);
  reflection_.add(grpc::health::v1::Health::info());
  reflection_.each([&](const internal::ServiceInfo& contract, Service& service) {
    router_.add(contract, service, server::Standing::own);
  });
  if (policy != nullptr && policy->for_strangers()) router_.open_to_strangers();
  for (const auto* service : contracts.services()) add(*service, remote.binding(*service), policy);
  router_.fall_back_to([this](std::string_view path) { return carried_.find(path); });  // they know where they come from
}

PassThrough::~PassThrough() = default;

void PassThrough::add(const google::protobuf::ServiceDescriptor& service, const internal::Binding& way,
                      const CallPolicy* policy) {
  const Carrier& carrier = *carriers_.emplace_back(std::make_unique<Carrier>(way, policy));
  health_.set(service.full_name(), app::Health::Status::serving);
  reflection_.add(service);
  carried_.add(carrier.info(), *carriers_.back(), server::Standing::passing);
}

void PassThrough::shut_down() {
  health_.shut_down();
  reflection_.shut_down();
}

}  // namespace holon::gateway
