// One of the shop's services, with its own handlers, as a process that speaks by grpc++ alone.
//   shop_grpc_host CONTRACT ADDRESS DATA_FOLDER [CONTRACT=ADDRESS…]       e.g. shop.Cart unix:/run/cart.sock /var/cart
#include <grpcpp/grpcpp.h>

#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "app/wiring_scope.h"
#include "fiber/call.h"
#include "rpc/meter.h"
#include "shop/completion_world.h"
#include "shop/grpc_channel.h"
#include "shop/grpc_door.h"
#include "shop/services.h"

namespace {

// Wires a service's Refs to channels of grpc++.
class GrpcScope final : public holon::internal::WiringScope {
 public:
  GrpcScope(std::string_view caller, std::filesystem::path data, std::map<std::string, std::string> addresses,
            grpc::CompletionQueue& queue)
      : caller_(caller), data_(std::move(data)), addresses_(std::move(addresses)), queue_(queue) {}

  const holon::internal::Binding& bind(const holon::internal::ServiceInfo& callee) override {
    const auto address = addresses_.find(std::string(callee.name));
    if (address == addresses_.end()) bench::give_up("no address of " + std::string(callee.name));
    Bound& bound = *bound_.emplace_back(std::make_unique<Bound>(callee, address->second, queue_));
    bound.binding.callee = &callee;
    bound.binding.caller = caller_;
    bound.binding.channel = &bound.channel;
    return bound.binding;
  }
  std::filesystem::path data_directory() const override { return data_; }
  std::string setting(std::string_view, std::string_view otherwise) const override { return std::string(otherwise); }
  void config(google::protobuf::Message&) override {}  // nothing is configured
  void background(std::function<holon::Result<void>(holon::Call&)>) override {
    bench::give_up("the shop has no background work");
  }

 private:
  struct Bound {
    Bound(const holon::internal::ServiceInfo& callee, const std::string& address, grpc::CompletionQueue& queue)
        : channel(callee, address, queue) {}
    holon::internal::Binding binding;
    bench::GrpcChannel channel;
  };

  std::string caller_;
  std::filesystem::path data_;
  std::map<std::string, std::string> addresses_;
  grpc::CompletionQueue& queue_;
  std::vector<std::unique_ptr<Bound>> bound_;
};

holon::internal::ServiceFactory factory_of(const std::string& contract) {
  for (auto& factory : bench::shop_services()) {
    if (factory.info->name == contract) return factory;
  }
  bench::give_up("the shop has no service " + contract);
}

std::map<std::string, std::string> addresses_in(char** begin, char** end) {
  std::map<std::string, std::string> addresses;
  for (char** argument = begin; argument != end; ++argument) {
    const std::string text = *argument;
    addresses[text.substr(0, text.find('='))] = text.substr(text.find('=') + 1);
  }
  return addresses;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fprintf(stderr, "usage: %s CONTRACT ADDRESS DATA_FOLDER [CONTRACT=ADDRESS...]\n", argv[0]);
    return 2;
  }
  const holon::internal::ServiceFactory factory = factory_of(argv[1]);
  std::filesystem::create_directories(argv[3]);

  grpc::AsyncGenericService generic;
  grpc::ServerBuilder builder;
  builder.AddListeningPort(argv[2], grpc::InsecureServerCredentials());
  builder.RegisterAsyncGenericService(&generic);
  const std::unique_ptr<grpc::ServerCompletionQueue> queue = builder.AddCompletionQueue();

  GrpcScope scope(argv[1], argv[3], addresses_in(argv + 4, argv + argc), *queue);
  holon::Wiring wiring(scope);
  const std::unique_ptr<holon::Service> service = factory.make(wiring);

  bench::CompletionWorld world(*queue);
  holon::fiber::Loop loop(world, 0);
  bench::GrpcDoor door(generic, *queue, loop);
  std::unique_ptr<grpc::Server> server;
  loop.spawn([&] {
    holon::internal::RootCall call(holon::Deadline::max());
    if (const auto started = service->start(call); !started.ok()) bench::give_up(started.error().to_string());
    door.add(*factory.info, *service);
    door.open();
  });
  server = builder.BuildAndStart();
  if (server == nullptr) return 1;
  loop.run();
}
