// Control's verbs for faults: AddFault, ListFaults, RemoveFaults.
#include <algorithm>

#include "config/suggest.h"
#include "faults/rule.h"
#include "node/services.h"

namespace holon::node {
namespace {

using config::suggestion;

std::vector<std::string> words(const google::protobuf::RepeatedPtrField<std::string>& field) {
  return {field.begin(), field.end()};
}

bool has(const google::protobuf::RepeatedPtrField<std::string>& field, const std::string& word) {
  return std::ranges::find(field, word) != field.end();
}

/// By its name or its contract.
Result<const v1::ServiceState*> find_service(const v1::DescribeReply& graph, const std::string& word) {
  std::vector<std::string> known;
  for (const v1::ServiceState& service : graph.services()) {
    if (service.name() == word || service.contract() == word) return &service;
    known.push_back(service.name());
  }
  return not_found("there is no service " + word + suggestion(word, known));
}

/// As calls name it: by its contract, if it has one.
const std::string& full_name(const v1::ServiceState& service) {
  return service.contract().empty() ? service.name() : service.contract();
}

Result<void> check_callee(const v1::ServiceState& to, const std::string& method) {
  if (method.empty() || to.protocol() == "http" || has(to.methods(), method)) return {};
  return not_found(to.name() + " has no method " + method + suggestion(method, words(to.methods())));
}

/// Why there are no such calls; "" if there may be.
std::string missing_edge(const v1::ServiceState& from, const v1::ServiceState& to) {
  if (has(from.calls(), to.name())) return "";
  return from.name() + " does not call " + to.name() + "; it calls " +
         (from.calls().empty() ? "nobody" : config::listed(words(from.calls())));
}

/// "shop.Catalog/GetProduct" says whose method it is.
Result<void> split_method(v1::Fault& fault) {
  const std::size_t slash = fault.method().find('/');
  if (slash == std::string::npos) return {};
  if (!fault.to().empty()) return invalid_argument("say to whom once: " + fault.to() + ", or " + fault.method());
  fault.set_to(fault.method().substr(0, slash));
  fault.set_method(fault.method().substr(slash + 1));
  return {};
}

/// The fault with contracts in place of names.
Result<v1::Fault> resolved(const v1::DescribeReply& graph, v1::Fault fault) {
  HOLON_TRY(split_method(fault));
  const v1::ServiceState* from = nullptr;
  const v1::ServiceState* to = nullptr;
  if (!fault.from().empty() && fault.from() != faults::outside) from = HOLON_TRY(find_service(graph, fault.from()));
  if (!fault.to().empty()) to = HOLON_TRY(find_service(graph, fault.to()));
  if (to == nullptr && !fault.method().empty()) return invalid_argument("whose method " + fault.method() + "? say to whom: to");
  if (to != nullptr) HOLON_TRY(check_callee(*to, fault.method()));
  fault.set_warning(from != nullptr && to != nullptr ? missing_edge(*from, *to) : "");
  if (from != nullptr) fault.set_from(full_name(*from));
  if (to != nullptr) fault.set_to(full_name(*to));
  return fault;
}

}  // namespace

Result<v1::Fault> ControlService::AddFault(Call& call, const v1::AddFaultRequest& request) {
  const v1::DescribeReply graph = HOLON_TRY(Describe(call, {}));
  return supervisor_.add_fault(HOLON_TRY(resolved(graph, request.fault())), request.for_ms());
}

Result<v1::FaultsReply> ControlService::ListFaults(Call&, const v1::ListFaultsRequest&) {
  v1::FaultsReply reply;
  reply.mutable_faults()->Assign(supervisor_.faults().begin(), supervisor_.faults().end());
  return reply;
}

Result<v1::FaultsReply> ControlService::RemoveFaults(Call& call, const v1::RemoveFaultsRequest& request) {
  HOLON_TRY(supervisor_.remove_faults({request.ids().begin(), request.ids().end()}));
  return ListFaults(call, {});
}

}  // namespace holon::node
