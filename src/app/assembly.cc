#include "app/assembly.h"

#include <google/protobuf/message.h>

#include <algorithm>
#include <cctype>
#include <stdexcept>

#include "app/background.h"
#include "app/failed_stream.h"
#include "app/neighbour.h"
#include "app/wiring_scope.h"
#include "client/channel.h"
#include "contract/json.h"
#include "env/disk.h"
#include "fiber/loop.h"
#include "holon/log.h"
#include "telemetry/metrics.h"

namespace holon::app {
namespace {

/// Where a Ref leads when there is nothing to lead to.
class NowhereChannel final : public internal::Channel {
 public:
  explicit NowhereChannel(std::string_view callee)
      : error_(unavailable(std::string(callee) + " is not on this host, and no address of it is known")) {}

  Result<void> unary(Call&, unsigned, const google::protobuf::MessageLite&, google::protobuf::MessageLite&) const override {
    return error_;
  }
  std::unique_ptr<internal::Duplex> open(Call&, unsigned) const override { return std::make_unique<FailedStream>(error_); }

 private:
  Error error_;
};

std::uint32_t add_edges(telemetry::Way way, std::string_view caller, const internal::ServiceInfo& callee) {
  std::uint32_t first = 0;
  for (std::size_t i = 0; i < callee.methods.size(); ++i) {
    std::uint32_t edge = telemetry::metrics().add_edge({way, std::string(caller), std::string(callee.methods[i].name)});
    if (i == 0) first = edge;
  }
  return first;
}

}  // namespace

std::string short_name(std::string_view contract) {
  std::string name;
  for (char c : contract.substr(contract.rfind('.') + 1)) {
    bool upper = std::isupper(static_cast<unsigned char>(c)) != 0;
    if (upper && !name.empty()) name += '_';
    name += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return name;
}

void Background::run(std::string_view service, std::function<Result<void>(Call&)> work) {
  (void)group_.spawn([service, work = std::move(work)](Call& call) -> Result<void> {
    Result<void> ended = work(call);
    if (!ended.ok() && !call.cancelled()) {
      log::write(log::Level::error, "background work ended with an error",
                 {{"service", service}, {"error", ended.error().to_string()}});
    }
    return ended;
  });
}

/// The scope of one service: what its Wiring gives.
class Assembly::Scope final : public internal::WiringScope {
 public:
  Scope(Assembly& assembly, const internal::ServiceInfo& contract)
      : assembly_(assembly), contract_(contract), name_(short_name(contract.name)) {}

  const internal::Binding& bind(const internal::ServiceInfo& callee) override {
    return assembly_.bind(callee, contract_.name);
  }
  std::filesystem::path data_directory() const override { return assembly_.options_.data / name_; }
  std::string setting(std::string_view name, std::string_view otherwise) const override {
    auto found = assembly_.options_.settings.find(name_ + "." + std::string(name));
    if (found == assembly_.options_.settings.end()) found = assembly_.options_.settings.find(std::string(name));
    return found != assembly_.options_.settings.end() ? found->second : std::string(otherwise);
  }
  void config(google::protobuf::Message& into) override {
    const google::protobuf::Descriptor& type = *into.GetDescriptor();
    if (config_ != nullptr && config_ != &type) {
      throw std::runtime_error(name_ + " asks for two configurations, " + config_->full_name() + " and " + type.full_name());
    }
    config_ = &type;
    const auto given = assembly_.options_.configs.find(name_);
    if (given == assembly_.options_.configs.end()) return;
    const Result<void> read = contract::Json(*type.file()->pool()).parse(given->second, into);
    if (!read.ok()) throw std::runtime_error("the configuration of " + name_ + ": " + read.error().message());
  }
  const google::protobuf::Descriptor* config_type() const { return config_; }
  void background(std::function<Result<void>(Call&)> work) override { work_.push_back(std::move(work)); }

  void start_background(Background& background) {
    for (auto& work : work_) background.run(contract_.name, std::move(work));
    work_.clear();
  }

 private:
  Assembly& assembly_;
  const internal::ServiceInfo& contract_;
  std::string name_;
  const google::protobuf::Descriptor* config_ = nullptr;  ///< once it was asked for
  std::vector<std::function<Result<void>(Call&)>> work_;
};

Assembly::Assembly(AssemblyOptions options, client::Pools* pools) : options_(std::move(options)), pools_(pools) {}

Assembly::~Assembly() {
  background_.reset();
  while (!services_.empty()) services_.pop_back();  // in reverse
}

const google::protobuf::Descriptor* Assembly::config_of(const internal::ServiceInfo& service) const {
  const auto found = std::ranges::find(services_, &service, &Placed::contract);
  return found == services_.end() || found->scope == nullptr ? nullptr : found->scope->config_type();
}

Service& Assembly::add(const internal::ServiceFactory& factory) {
  Placed& placed = services_.emplace_back();
  placed.contract = factory.info;
  placed.scope = std::make_unique<Scope>(*this, *factory.info);
  Wiring wiring(*placed.scope);
  placed.owned = factory.make(wiring);
  placed.service = placed.owned.get();
  return *placed.service;
}

void Assembly::add(const internal::ServiceInfo& contract, Service& service) {
  Placed& placed = services_.emplace_back();
  placed.contract = &contract;
  placed.service = &service;
}

const internal::Binding& Assembly::bind(const internal::ServiceInfo& callee, std::string_view caller) {
  Bound& bound = bound_.emplace_back();
  bound.binding.callee = &callee;
  bound.binding.caller = caller;
  return bound.binding;
}

const internal::Binding& Assembly::bind_outsider(const internal::ServiceInfo& callee, std::string_view caller) {
  const internal::Binding& binding = bind(callee, caller);
  connect();
  return binding;
}

void Assembly::connect() {
  for (Bound& bound : bound_) {
    if (!bound.connected) connect(bound);
  }
}

void Assembly::connect(Bound& bound) {
  internal::Binding& binding = bound.binding;
  Service* neighbour = find(binding.callee->name);
  bool direct = neighbour != nullptr && options_.neighbours == Neighbours::direct;
  binding.first_edge =
      add_edges(direct ? telemetry::Way::local : telemetry::Way::remote, binding.caller, *binding.callee);
  if (pools_ != nullptr) {
    binding.faults = &pools_->faults();
    binding.guard = &pools_->guard();
  }
  if (direct) {
    binding.local = neighbour;
  } else if (neighbour != nullptr && options_.neighbours == Neighbours::by_bytes) {
    bound.channel = std::make_unique<StrictChannel>(binding, *neighbour, options_.message_bytes_max);
  } else if (pools_ != nullptr) {
    bound.channel = std::make_unique<client::Channel>(*pools_, binding);
  } else {
    bound.channel = std::make_unique<NowhereChannel>(binding.callee->name);
  }
  binding.channel = bound.channel.get();
  bound.connected = true;
}

std::vector<const internal::ServiceInfo*> Assembly::calls_of(const internal::ServiceInfo& caller) const {
  std::vector<const internal::ServiceInfo*> callees;
  for (const Bound& bound : bound_) {
    if (bound.binding.caller == caller.name) callees.push_back(bound.binding.callee);
  }
  return callees;
}

Result<void> Assembly::start(Call& call) {
  if (background_ == nullptr) background_ = std::make_unique<Background>();
  for (Placed& placed : services_) {
    if (!placed.started && placed.owned != nullptr) HOLON_TRY(start(placed, call));
  }
  return {};
}

Result<void> Assembly::start(Placed& placed, Call& call) {
  auto failed = [&](const Error& why) { return why.within("cannot start " + std::string(placed.contract->name)); };
  if (!options_.data.empty()) {
    Result<void> made = fiber::Loop::current()->environment().disk().make_directories(placed.scope->data_directory());
    if (!made.ok()) return failed(made.error());
  }
  Result<void> started;
  try {
    started = placed.service->start(call);
  } catch (...) {
    started = internal::error_of_current_exception();
  }
  if (!started.ok()) return failed(started.error());
  placed.started = true;
  placed.scope->start_background(*background_);
  return {};
}

void Assembly::stop(Call& call) {
  background_.reset();
  for (auto placed = services_.rbegin(); placed != services_.rend(); ++placed) {
    if (!std::exchange(placed->started, false)) continue;
    Result<void> stopped = placed->service->stop(call);
    if (!stopped.ok()) {
      log::write(log::Level::error, "stop failed",
                 {{"service", placed->contract->name}, {"error", stopped.error().to_string()}});
    }
  }
}

void Assembly::each(const std::function<void(const internal::ServiceInfo&, Service&)>& visit) const {
  for (const Placed& placed : services_) visit(*placed.contract, *placed.service);
}

Service* Assembly::find(std::string_view contract) const {
  for (const Placed& placed : services_) {
    if (placed.contract->name == contract) return placed.service;
  }
  return nullptr;
}

std::vector<std::pair<std::uint32_t, std::uint32_t>> Assembly::edges() const {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> ranges;
  for (const Bound& bound : bound_) {
    std::uint32_t first = bound.binding.first_edge;
    if (bound.connected) ranges.emplace_back(first, first + bound.binding.callee->methods.size());
  }
  return ranges;
}

}  // namespace holon::app

namespace holon {

std::filesystem::path Wiring::data_directory() const { return scope_.data_directory(); }
void Wiring::read_config(google::protobuf::Message& into) { scope_.config(into); }

std::string Wiring::setting(std::string_view name, std::string_view otherwise) const {
  return scope_.setting(name, otherwise);
}
void Wiring::background(std::function<Result<void>(Call&)> work) { scope_.background(std::move(work)); }
const internal::Binding& Wiring::bind(const internal::ServiceInfo& callee) { return scope_.bind(callee); }

}  // namespace holon
