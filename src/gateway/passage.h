// Passage: one request on its way through the pipeline.
#pragma once

#include <optional>

#include "contract/json.h"
#include "gateway/edition.h"
#include "gateway/exchange_visit.h"

namespace holon::gateway {

class Passage {
 public:
  /// All outlive it.
  Passage(env::Environment& world, server::HttpExchange& exchange, const Edition& edition, BodyBudget& bodies,
          const contract::Json& json);

  /// Answers the request. On its fiber.
  /// @param has_place  whether there is one among those under way
  void go(bool has_place);

 private:
  Result<void> find();
  void answer(ExchangeVisit& visit, bool has_place);
  void enter(ExchangeVisit& visit, const Rule& rule);
  void refuse(ExchangeVisit& visit, std::string_view rule, int status, const Error& error);
  void answer_preflight(ExchangeVisit& visit, const Rule& rule);
  void adopt_trace();
  void record(const Outcome& outcome) const;

  env::Environment& world_;
  server::HttpExchange& exchange_;
  const server::HttpRequest& request_;
  const Edition& edition_;
  BodyBudget& bodies_;
  const contract::Json& json_;
  internal::RootCall call_;
  Visitor visitor_;
  const Rule* rule_ = nullptr;
  std::optional<Error> wrong_;  ///< with the request itself: there is no route to look for
};

}  // namespace holon::gateway
