// Pipeline: what every request goes through: who asks, which rule it falls under, whether it may enter and how often; then the
// rule's destination answers it; then it is counted and logged.
//
//   Pipeline pipeline(world, loops.size(), contracts.json(), edition);
//   server::Server server(router, loops, limits, &pipeline);
//   pipeline.use(next_edition);                                  // for requests to come
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "contract/json.h"
#include "gateway/edition.h"
#include "gateway/exchange_visit.h"
#include "server/http_exchange.h"

namespace holon::gateway {

class Pipeline final : public server::HttpHandler {
 public:
  /// World and json outlive it.
  Pipeline(env::Environment& world, std::size_t loops, const contract::Json& json, std::shared_ptr<const Edition> first);

  void serve(server::HttpExchange& exchange) override;
  Refusal refuse(int status, std::string_view why) override;

  /// Any thread.
  void use(std::shared_ptr<const Edition> next) { edition_.store(std::move(next)); }
  std::shared_ptr<const Edition> edition() const { return edition_.load(); }

 private:
  /// What the requests of one loop share.
  struct alignas(64) Share {
    explicit Share(std::uint64_t body_bytes_max) : bodies(body_bytes_max) {}
    BodyBudget bodies;
    std::size_t requests = 0;  ///< under way
  };

  env::Environment& world_;
  const contract::Json& json_;
  std::vector<Share> shares_;  ///< by the loop's index
  std::atomic<std::shared_ptr<const Edition>> edition_;
};

}  // namespace holon::gateway
