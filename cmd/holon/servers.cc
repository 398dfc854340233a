#include "cmd/holon/servers.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>

#include <algorithm>
#include <stdexcept>

#include "config/suggest.h"
#include "grpc/health/v1/health.pb.h"
#include "node/contract_files.h"

namespace holon::cli {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

std::string lower(std::string_view text) {
  std::string small(text);
  std::ranges::transform(small, small.begin(), [](unsigned char c) { return std::tolower(c); });
  return small;
}

std::string last_part(const std::string& name) { return lower(std::string_view(name).substr(name.rfind('.') + 1)); }

Result<contract::Catalog::Files> no_source(const std::string& name) { return not_found("there is no contract " + name); }

}  // namespace

Result<MethodName> parse_method(const std::string& text) {
  const std::size_t slash = text.find('/');
  if (slash == text.npos || slash == 0 || slash + 1 == text.size() || slash != text.rfind('/')) {
    return invalid_argument(text + ": write SERVICE/METHOD, as shop.Cart/GetCart; `holon describe` lists them");
  }
  return MethodName{text.substr(0, slash), text.substr(slash + 1)};
}

Result<Servers> Servers::find(const ServerOptions& options) {
  Servers servers;
  if (!options.protos.empty()) {
    node::ContractFiles files = HOLON_TRY(node::read_contracts(options.protos, options.imports));
    HOLON_TRY(servers.catalog_.add(std::move(files.files), no_source));
    servers.compiled_ = std::move(files.services);
    servers.by_files_ = true;
  }
  if (options.address.empty()) {
    HOLON_TRY(servers.find_in_application(options.file));
  } else {
    servers.servers_.push_back(HOLON_TRY(connect(options.address, options.tls)));
    servers.one_ = true;
  }
  return servers;
}

Result<std::unique_ptr<Servers::Server>> Servers::connect(const std::string& address, const TlsOptions& tls) {
  try {
    return std::make_unique<Server>(address, tls);
  } catch (const std::invalid_argument& wrong) {
    return invalid_argument(wrong.what());
  }
}

Result<void> Servers::find_in_application(const std::filesystem::path& file) {
  node_ = std::make_unique<NodeLink>(file);
  Result<node::v1::ListReply> list = node_->list();
  if (!list.ok()) return unavailable(list.error().message() + ", --address any gRPC server");
  for (const node::v1::HostState& host : list->hosts()) {
    if (host.state() != "ready" || host.services().empty()) continue;
    servers_.push_back(HOLON_TRY(connect(host.endpoint(), {})));
    servers_.back()->services.assign(host.services().begin(), host.services().end());
  }
  if (servers_.empty()) return unavailable("no host of " + list->app() + " is ready; `holon ps` tells more");
  return {};
}

Result<std::vector<std::string>> Servers::services(Call& call) {
  if (by_files_) return compiled_;
  if (one_) {
    Result<std::vector<std::string>> served = servers_.front()->reflection.services(call);
    if (!served.ok()) return explained(served.error(), *servers_.front());
    return served;
  }
  std::vector<std::string> all;
  for (const auto& server : servers_) all.insert(all.end(), server->services.begin(), server->services.end());
  std::ranges::sort(all);
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

Result<const ServiceDescriptor*> Servers::service(Call& call, const std::string& name) {
  Server* where = server(name);
  if (where != nullptr && !by_files_) {
    Result<void> learned = learn(call, *where, name);
    if (learned.code() == Code::not_found) learned = learn_own(call, name);
    if (!learned.ok()) return learned.error();
  }
  const ServiceDescriptor* found = catalog_.pool().FindServiceByName(name);
  if (found != nullptr && where != nullptr) return found;
  return not_found("there is no service " + name + did_you_mean(name, HOLON_TRY(services(call))));
}

Result<const MethodDescriptor*> Servers::method(Call& call, const MethodName& name) {
  const ServiceDescriptor* service = HOLON_TRY(this->service(call, name.service));
  if (const MethodDescriptor* method = service->FindMethodByName(name.method)) return method;
  std::vector<std::string> methods;
  for (int i = 0; i < service->method_count(); ++i) methods.push_back(service->method(i)->name());
  return not_found(name.service + " has no method " + name.method + did_you_mean(name.method, methods));
}

Result<const Descriptor*> Servers::message(Call& call, const std::string& name) {
  for (const auto& server : servers_) {
    if (const Descriptor* found = catalog_.pool().FindMessageTypeByName(name)) return found;
    if (by_files_) break;
    Result<void> learned = learn(call, *server, name);
    if (!learned.ok() && learned.code() != Code::not_found) return learned.error();
  }
  return catalog_.pool().FindMessageTypeByName(name);
}

Result<void> Servers::learn(Call& call, Server& server, const std::string& symbol) {
  if (catalog_.pool().FindFileContainingSymbol(symbol) != nullptr) return {};
  if (node_ != nullptr) {
    Result<void> learned = learn_from_node(call, symbol);
    if (learned.code() != Code::not_found) return learned;
  }
  return learn_by_reflection(call, server, symbol);
}

// A service of an application need not have reflection: its contract stands in holon.yaml.
Result<void> Servers::learn_from_node(Call& call, const std::string& symbol) {
  node::v1::FindContractRequest request;
  request.set_symbol(symbol);
  Result<node::v1::FindContractReply> reply = (*node_)->FindContract(call, request);
  if (!reply.ok()) return reply.code() == Code::not_found ? reply.error() : node_->explained(reply.error());
  contract::Catalog::Files files(static_cast<std::size_t>(reply->files_size()));
  for (int i = 0; i < reply->files_size(); ++i) {
    if (files[static_cast<std::size_t>(i)].ParseFromString(reply->files(i))) continue;
    return internal_error("the node gave a file that is no google.protobuf.FileDescriptorProto");
  }
  return catalog_.add(std::move(files), no_source);
}

Result<void> Servers::learn_by_reflection(Call& call, Server& server, const std::string& symbol) {
  Result<void> learned = server.reflection.learn(call, symbol, catalog_);
  if (learned.ok() || learned.code() == Code::not_found) return learned;
  return explained(learned.error(), server);
}

// A server may list a service and not tell its contract, as grpc++ does of grpc.health.v1: this program has that one.
Result<void> Servers::learn_own(Call& call, const std::string& service) {
  const std::vector<std::string> listed = HOLON_TRY(services(call));
  if (std::ranges::find(listed, service) == listed.end()) return {};
  (void)grpc::health::v1::HealthCheckRequest::descriptor();  // so that the linker keeps it
  const auto* own = google::protobuf::DescriptorPool::generated_pool()->FindFileContainingSymbol(service);
  if (own == nullptr) return not_found("the server does not tell the contract of " + service + "; name it by --proto FILE");
  return catalog_.add({*contract::own_file(own->name())}, no_source);
}

Error Servers::explained(const Error& why, const Server& server) {
  bool says_where = why.message().starts_with(server.address);  // as an error of connecting does
  Error placed = says_where ? why : why.within(server.address);
  if (placed.code() != Code::unimplemented) return placed;
  return unimplemented(placed.message() + "; name its contract by --proto FILE");
}

Client& Servers::client(const std::string& service) { return server(service)->client; }
const std::string& Servers::address(const std::string& service) { return server(service)->address; }

Servers::Server* Servers::server(const std::string& service) {
  if (one_) return servers_.front().get();
  for (const auto& server : servers_) {
    if (std::ranges::find(server->services, service) != server->services.end()) return server.get();
  }
  return nullptr;
}

std::string did_you_mean(const std::string& word, const std::vector<std::string>& known) {
  for (const std::string& name : known) {
    if (last_part(name) == last_part(word)) return "; did you mean " + name + "?";
  }
  for (const std::string& name : known) {
    if (lower(name).find(lower(word)) != std::string::npos) return "; did you mean " + name + "?";
  }
  return config::suggestion(word, known);
}

}  // namespace holon::cli
