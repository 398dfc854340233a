#include "client/knowledge.h"

#include <algorithm>
#include <memory>

#include "client/pool.h"
#include "fiber/call.h"
#include "fiber/waiter.h"

namespace holon::client {
namespace {

/// A loop that is busy for longer is not waited for.
constexpr auto knowledge_wait = std::chrono::milliseconds(200);

/// Between the loops that tell and the fiber that asks, on whose loop all of it is used.
struct Gathered {
  Knowledge sum;
  std::size_t missing = 0;
  fiber::Waiter* waiting = nullptr;  ///< null once it waits no more
};

constexpr int badness(Breaker::State state) {
  return state == Breaker::State::closed ? 0 : state == Breaker::State::half_open ? 1 : 2;
}

void merge(EndpointKnown& into, const EndpointKnown& other) {
  into.breaker = std::max(into.breaker, other.breaker, [](auto a, auto b) { return badness(a) < badness(b); });
  into.reachable = into.reachable && other.reachable;
  into.out_for = std::max(into.out_for, other.out_for);
  into.trips += other.trips;
  into.in_flight += other.in_flight;
  into.latency = std::max(into.latency, other.latency);
}

}  // namespace

void Knowledge::add(const Knowledge& other) {
  for (const EndpointKnown& endpoint : other.endpoints) {
    const auto known = std::ranges::find_if(
        endpoints, [&](const auto& each) { return each.service == endpoint.service && each.address == endpoint.address; });
    known == endpoints.end() ? endpoints.push_back(endpoint) : merge(*known, endpoint);
  }
  for (const BudgetKnown& budget : other.budgets) {
    const auto known = std::ranges::find_if(
        budgets, [&](const auto& each) { return each.caller == budget.caller && each.service == budget.service; });
    if (known == budgets.end()) {
      budgets.push_back(budget);
    } else {
      known->left += budget.left;
    }
  }
}

Knowledge Pools::knowledge(Call& call) {
  fiber::Loop& home = *fiber::Loop::current();
  fiber::Waiter waiter;
  auto gathered = std::make_shared<Gathered>();
  gathered->waiting = &waiter;
  std::vector<std::weak_ptr<const KnowledgeSource>> sources;
  {
    std::lock_guard lock(sources_mutex_);
    sources = sources_;
  }
  for (const auto& each : pools_) {
    if (each == nullptr) continue;
    ++gathered->missing;
    each->loop().post([pool = each.get(), &home, gathered, sources] {
      Knowledge here = pool->knowledge();
      for (const auto& source : sources) {
        if (const auto known = source.lock()) known->tell(here);
      }
      home.post([gathered, told = std::move(here)] {
        gathered->sum.add(told);
        if (--gathered->missing == 0 && gathered->waiting != nullptr) gathered->waiting->wake();
      });
    });
  }
  if (gathered->missing > 0) {
    (void)waiter.wait(std::min(call.deadline(), home.now() + knowledge_wait), &internal::CallAccess::scope(call));
  }
  gathered->waiting = nullptr;
  return gathered->sum;
}

}  // namespace holon::client
