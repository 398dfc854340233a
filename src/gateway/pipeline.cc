#include "gateway/pipeline.h"

#include "fiber/loop.h"
#include "gateway/headers.h"
#include "gateway/passage.h"
#include "gateway/problem.h"

namespace holon::gateway {

Pipeline::Pipeline(env::Environment& world, std::size_t loops, const contract::Json& json, std::shared_ptr<const Edition> first)
    : world_(world), json_(json), edition_(std::move(first)) {
  const std::uint64_t most = edition()->config().limits.buffered_bytes_max;
  for (std::size_t i = 0; i < loops; ++i) shares_.emplace_back(most);
}

void Pipeline::serve(server::HttpExchange& exchange) {
  Share& share = shares_[fiber::Loop::current()->index()];
  const std::shared_ptr<const Edition> edition = this->edition();
  ++share.requests;
  Passage(world_, exchange, *edition, share.bodies, json_).go(share.requests <= edition->config().limits.requests_max);
  --share.requests;
}

server::HttpHandler::Refusal Pipeline::refuse(int status, std::string_view why) {
  const Error error(code_of_http(status), std::string(why));
  return {.headers = {{"content-type", std::string(problem_type)}}, .body = problem_body(status, error, json_)};
}

}  // namespace holon::gateway
