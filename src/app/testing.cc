#include "holon/testing.h"

#include <google/protobuf/message.h>

#include <deque>
#include <stdexcept>

#include "app/assembly.h"
#include "app/runtime.h"
#include "client/pool.h"
#include "contract/json.h"
#include "env/disk.h"
#include "fiber/call.h"
#include "server/server.h"
#include "telemetry/metrics.h"

namespace holon::testing {
namespace {

app::Neighbours neighbours_of(Mode mode) {
  switch (mode) {
    case Mode::local:
      return app::Neighbours::direct;
    case Mode::strict:
      return app::Neighbours::by_bytes;
    case Mode::remote:
      break;
  }
  return app::Neighbours::by_wire;
}

void need(const Result<void>& result) {
  if (!result.ok()) throw std::runtime_error(result.error().to_string());
}

std::filesystem::path fresh_directory() {
  std::string name = "holon-test-" + std::to_string(env::os().random());
  std::filesystem::path path = std::filesystem::temp_directory_path() / name;
  need(env::os().disk().make_directories(path));
  return path;
}

}  // namespace

struct Host::Impl {
  Impl(Mode mode, unsigned loops) : mode(mode), runtime(own_loops(loops)), assembly(options(), &pools) {}

  app::AssemblyOptions options() const {
    app::AssemblyOptions options;
    options.data = directory;
    options.neighbours = neighbours_of(mode);
    return options;
  }

  // A thread that has a loop (a Client's, say) serves with that one.
  static std::unique_ptr<app::Runtime> own_loops(unsigned loops) {
    if (fiber::Loop::current() != nullptr) return nullptr;
    return std::make_unique<app::Runtime>(env::os(), loops);
  }
  std::vector<fiber::Loop*> loops() const {
    return runtime != nullptr ? runtime->all() : std::vector<fiber::Loop*>{fiber::Loop::current()};
  }

  // In remote mode what is served goes through a socket, on this same loop.
  void open_door() {
    if (mode != Mode::remote || server != nullptr) return;
    server = std::make_unique<server::Server>(router, loops());
    env::Address door = *env::Address::parse(address());
    Result<env::Address> listening = server->listen(door);
    if (!listening.ok()) throw std::runtime_error(listening.error().to_string());
    client::Endpoints endpoints;
    endpoints.everything = {door};
    pools.update(std::move(endpoints));
    if (runtime != nullptr) runtime->start();
  }

  void add_to_door(const internal::ServiceInfo& contract, Service& service) {
    if (mode == Mode::remote) router.add(contract, service);
  }

  std::string address() const { return "unix:" + (directory / "door").string(); }

  Mode mode;
  std::filesystem::path directory = fresh_directory();
  std::unique_ptr<app::Runtime> runtime;
  client::Pools pools{loops()};
  server::Router router;
  app::Assembly assembly;
  std::unique_ptr<server::Server> server;
  std::deque<std::unique_ptr<internal::RootCall>> calls;
};

Host::Host(Mode mode, unsigned loops) : impl_(std::make_unique<Impl>(mode, mode == Mode::remote ? loops : 1)) {
  impl_->open_door();
}

Host::~Host() {
  internal::RootCall last(env::os().now() + std::chrono::seconds(10));
  if (impl_->server != nullptr) impl_->server->drain(last.deadline());
  impl_->assembly.stop(last);
  if (impl_->runtime != nullptr) impl_->runtime->stop();
  std::error_code ignored;
  std::filesystem::remove_all(impl_->directory, ignored);
}

void Host::setting(std::string name, std::string value) { impl_->assembly.set(std::move(name), std::move(value)); }

void Host::config(std::string service, const google::protobuf::Message& value) {
  const Result<std::string> json = contract::Json(*value.GetDescriptor()->file()->pool()).print(value);
  if (!json.ok()) throw std::runtime_error(json.error().message());
  impl_->assembly.set_config(std::move(service), *json);
}

void Host::add_fake(const internal::ServiceInfo& contract, Service& fake) {
  impl_->assembly.add(contract, fake);
  impl_->add_to_door(contract, fake);
}

Host::Dialer Host::add_service(internal::ServiceFactory factory) {
  Service& service = impl_->assembly.add(factory);
  for (const internal::ServiceInfo* callee : impl_->assembly.calls_of(*factory.info)) {
    if (impl_->assembly.find(callee->name) != nullptr) continue;
    throw std::runtime_error(std::string(factory.info->name) + " calls " + std::string(callee->name) +
                             ", which is neither served nor faked yet");
  }
  impl_->add_to_door(*factory.info, service);
  const internal::Binding& binding = impl_->assembly.bind_outsider(*factory.info);
  need(impl_->assembly.start(call()));
  return Dialer(binding);
}

Service& Host::find_service(const internal::ServiceInfo& contract) const {
  Service* service = impl_->assembly.find(contract.name);
  if (service == nullptr) throw std::runtime_error(std::string(contract.name) + " is not served here");
  return *service;
}

Call& Host::call(std::chrono::nanoseconds timeout) {
  impl_->calls.push_back(std::make_unique<internal::RootCall>(env::os().now() + timeout));
  return *impl_->calls.back();
}

Call& Host::call(const Metadata& metadata, std::chrono::nanoseconds timeout) {
  Call& fresh = call(timeout);
  internal::CallAccess::set_metadata(fresh, metadata);
  return fresh;
}

Call& Host::call(const Claims& claims, std::chrono::nanoseconds timeout) {
  Call& fresh = call(timeout);
  internal::CallAccess::root(fresh).claims = claims;
  return fresh;
}

void Host::cancel(Call& call) { static_cast<internal::RootCall&>(call).cancel(); }

std::uint64_t Host::calls(std::string_view method) const {
  std::uint64_t sum = 0;
  for (auto [first, last] : impl_->assembly.edges()) {
    for (const telemetry::EdgeTotals& totals : telemetry::metrics().snapshot(first, last)) {
      if (totals.edge.method == method) sum += totals.count;
    }
  }
  return sum;
}

std::string Host::address() const { return impl_->address(); }

std::filesystem::path Host::data_directory() const { return impl_->directory; }

}  // namespace holon::testing
