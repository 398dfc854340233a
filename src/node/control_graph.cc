// Control's picture of the application: Describe, FindContract, Config.
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/descriptor_database.h>

#include <algorithm>
#include <map>
#include <set>

#include "node/edge_usage.h"
#include "node/services.h"
#include "node/snapshots.h"

namespace holon::node {
namespace {

/// The methods of each service, by its full name.
std::map<std::string, std::vector<std::string>> methods_of(const v1::Manifest& contracts) {
  std::map<std::string, std::vector<std::string>> methods;
  for (const google::protobuf::FileDescriptorProto& file : contracts.contracts().file()) {
    for (const google::protobuf::ServiceDescriptorProto& service : file.service()) {
      std::vector<std::string>& names = methods[(file.package().empty() ? "" : file.package() + ".") + service.name()];
      for (const google::protobuf::MethodDescriptorProto& method : service.method()) names.push_back(method.name());
    }
  }
  return methods;
}

/// Whom each service of a program calls, both by contract.
std::map<std::string, std::vector<std::string>> calls_of(const v1::Manifest& contracts) {
  std::map<std::string, std::vector<std::string>> calls;
  for (const v1::ManifestService& service : contracts.services()) {
    calls[service.contract()] = {service.calls().begin(), service.calls().end()};
  }
  return calls;
}

/// Adds a file to `reply`, after those that it imports and that are not `given` yet.
void give(const google::protobuf::FileDescriptorProto& file, google::protobuf::DescriptorDatabase& known,
          std::set<std::string>& given, v1::FindContractReply& reply) {
  if (!given.insert(file.name()).second) return;
  for (const std::string& import : file.dependency()) {
    google::protobuf::FileDescriptorProto imported;
    if (known.FindFileByName(import, &imported)) give(imported, known, given, reply);
  }
  reply.add_files(file.SerializeAsString());
}

}  // namespace

Result<v1::DescribeReply> ControlService::Describe(Call& call, const v1::DescribeRequest&) {
  const auto methods = methods_of(deployment_.contracts);
  const auto calls = calls_of(deployment_.contracts);
  std::map<std::string, std::string> names;  // by contract
  for (const HostPlan& plan : deployment_.hosts) {
    for (const control::PlannedService& service : plan.host.services) names[service.contract] = service.name;
  }
  v1::DescribeReply reply;
  reply.set_app(deployment_.app);
  reply.set_placement(deployment_.placement);
  for (const std::string& node : supervisor_.other_nodes()) reply.add_elsewhere(node);
  for (const HostPlan& plan : deployment_.hosts) {
    if (plan.replica != 0) continue;
    for (const control::PlannedService& planned : plan.host.services) {
      v1::ServiceState* service = reply.add_services();
      service->set_name(planned.name);
      service->set_contract(planned.contract);
      service->set_owner(planned.owner);
      service->add_hosts(plan.host.name);
      service->set_kind(plan.host.command.empty() ? "program" : "command");
      service->set_protocol(plan.host.protocol == control::Protocol::http ? "http" : "grpc");
      if (auto found = methods.find(planned.contract); found != methods.end()) {
        for (const std::string& method : found->second) service->add_methods(method);
      }
      if (auto found = calls.find(planned.contract); found != calls.end()) {
        for (const std::string& callee : found->second) service->add_calls(names[callee]);
      }
      if (!plan.host.command.empty() && service->calls().empty()) {
        service->mutable_calls()->Assign(plan.host.calls.begin(), plan.host.calls.end());
      }
    }
  }
  EdgeMeter meter;
  for (const auto& [host, snapshot] : take_snapshots(call, supervisor_)) {
    meter.add({}, snapshot);
    v1::HostDoors* doors = reply.add_doors();
    doors->set_host(host);
    *doors->mutable_doors() = snapshot.doors();
    doors->set_turned_away(turned_away(snapshot));
  }
  const std::vector<v1::EdgeUsage> edges = meter.edges(0);
  reply.mutable_edges()->Assign(edges.begin(), edges.end());
  return reply;
}

Result<v1::FindContractReply> ControlService::FindContract(Call&, const v1::FindContractRequest& request) {
  google::protobuf::SimpleDescriptorDatabase known;
  for (const google::protobuf::FileDescriptorProto& file : deployment_.contracts.contracts().file()) known.Add(file);
  google::protobuf::FileDescriptorProto file;
  if (!known.FindFileContainingSymbol(request.symbol(), &file)) {
    return not_found("no contract of " + deployment_.app + " has " + request.symbol());
  }
  v1::FindContractReply reply;
  std::set<std::string> given;
  give(file, known, given, reply);
  return reply;
}

Result<v1::ConfigReply> ControlService::Config(Call&, const v1::ConfigRequest&) {
  v1::ConfigReply reply;
  reply.set_yaml(resolved_yaml(deployment_.document));
  return reply;
}

}  // namespace holon::node
