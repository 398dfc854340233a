// Assembly: the services of one host, constructed and wired: each Ref to a neighbour, or to a channel that leads elsewhere.
//
//   app::Assembly assembly(options, &pools);
//   assembly.add(factory); …                 // constructs; no I/O
//   TRY(assembly.connect());                 // fills what the Refs are bound to
//   TRY(assembly.start(call)); …; assembly.stop(call);
#pragma once

#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "client/pool.h"
#include "holon/generated.h"
#include "holon/service.h"
#include "holon/task.h"
#include "holon/wiring.h"

namespace google::protobuf {
class Descriptor;
}

namespace holon::app {

/// How a service calls a neighbour.
enum class Neighbours {
  direct,    ///< a virtual call
  by_bytes,  ///< strict mode: serialised, on a fiber of its own
  by_wire,   ///< through the pools, as if it lived elsewhere
};

struct AssemblyOptions {
  std::filesystem::path data;                    ///< each service owns the folder NAME below it
  std::map<std::string, std::string> settings;  ///< "cart.key" → value
  std::map<std::string, std::string> configs;   ///< "cart" → its configuration as JSON
  Neighbours neighbours = Neighbours::direct;
  std::size_t message_bytes_max = wire::message_bytes_max;  ///< between neighbours by bytes
};

/// The name of a service in holon.yaml: its contract's last name in snake_case ("shop.GiftCard" is "gift_card").
std::string short_name(std::string_view contract);

class Assembly {
 public:
  /// @param pools  where calls to services elsewhere go; null if there are none (then they are UNAVAILABLE)
  Assembly(AssemblyOptions options, client::Pools* pools);
  ~Assembly();

  /// A setting for the services added from here on: "cart.key", or "key" for all.
  void set(std::string name, std::string value) { options_.settings[std::move(name)] = std::move(value); }
  /// A configuration, as JSON, for the service "cart" if it is added from here on.
  void set_config(std::string service, std::string json) { options_.configs[std::move(service)] = std::move(json); }
  /// Constructs a service. What its constructor throws passes through.
  Service& add(const internal::ServiceFactory& factory);
  /// Puts an object that somebody else owns in the place of a service.
  void add(const internal::ServiceInfo& contract, Service& service);
  /// A Ref of a caller that is no service here: a program, a test, a gateway.
  const internal::Binding& bind(const internal::ServiceInfo& callee, std::string_view caller);

  /// A Ref of somebody who is no service here, connected at once.
  template <class S>
  Ref<S> ref() {
    Outsider outsider{*this};
    return Ref<S>(outsider);
  }
  /// What such a Ref is bound to.
  /// @param caller  in whose name calls are made; outlives this
  const internal::Binding& bind_outsider(const internal::ServiceInfo& callee, std::string_view caller = "");

  /// Fills the bindings that are not yet: neighbours by address, others by channel.
  void connect();
  /// The services that this one calls, by contract.
  std::vector<const internal::ServiceInfo*> calls_of(const internal::ServiceInfo& caller) const;

  /// The type that this service asked `wiring.config` for; null if it did not.
  const google::protobuf::Descriptor* config_of(const internal::ServiceInfo& service) const;

  /// Makes the data folders, runs `start` of each service in the order they were added, then the background work.
  Result<void> start(Call& call);
  /// Cancels and joins the background work, then runs `stop` of each service that was started, in reverse.
  void stop(Call& call);

  /// Visits each service that lives here.
  void each(const std::function<void(const internal::ServiceInfo&, Service&)>& visit) const;
  Service* find(std::string_view contract) const;
  /// Telemetry's numbers of the edges of this assembly.
  std::vector<std::pair<std::uint32_t, std::uint32_t>> edges() const;

 private:
  class Scope;
  struct Outsider {
    Assembly& assembly;
    const internal::Binding& bind(const internal::ServiceInfo& callee) { return assembly.bind_outsider(callee); }
  };
  struct Bound {
    internal::Binding binding;
    std::unique_ptr<internal::Channel> channel;
    bool connected = false;
  };
  struct Placed {
    const internal::ServiceInfo* contract;
    Service* service = nullptr;
    std::unique_ptr<Scope> scope;
    std::unique_ptr<Service> owned;
    bool started = false;
  };

  void connect(Bound& bound);
  Result<void> start(Placed& placed, Call& call);

  AssemblyOptions options_;
  client::Pools* pools_;
  std::deque<Bound> bound_;      ///< stable: Refs point into it
  std::deque<Placed> services_;
  std::unique_ptr<class Background> background_;
};

}  // namespace holon::app
