#include "app/called.h"

#include <utility>

namespace holon::app {
namespace {

client::SaidOfCalls said_of(const node::v1::CallTerms& terms) {
  client::SaidOfCalls said;
  if (terms.has_attempts_max()) said.attempts_max = terms.attempts_max();
  if (terms.has_hedges_max()) said.hedges_max = terms.hedges_max();
  if (terms.has_hedge_after_ns()) said.hedge_after = std::chrono::nanoseconds(terms.hedge_after_ns());
  if (terms.has_retry_wait_first_ns()) said.retry_wait_first = std::chrono::nanoseconds(terms.retry_wait_first_ns());
  if (terms.has_retry_wait_most_ns()) said.retry_wait_most = std::chrono::nanoseconds(terms.retry_wait_most_ns());
  return said;
}

}  // namespace

client::SaidOfServices said_of(const google::protobuf::RepeatedPtrField<node::v1::CalledService>& called) {
  client::SaidOfServices all;
  for (const node::v1::CalledService& told : called) {
    client::SaidOfService& said = all[told.service()];
    said.calls = said_of(told.calls());
    for (const auto& [method, terms] : told.methods()) said.methods[method] = said_of(terms);
    if (told.has_retry_budget_percent()) said.retry_budget_percent = told.retry_budget_percent();
    if (told.has_retry_budget_per_second()) said.retry_budget_per_second = told.retry_budget_per_second();
    said.balance = static_cast<client::Balance>(told.balance());
  }
  return all;
}

}  // namespace holon::app
