// For tests: an HttpExchange without a network, and a visit of a destination over it.
//
//   testing::TestExchange exchange(testing::request("POST", "/v1/books", {{"content-type", "application/json"}}), {"{", "}"});
//   testing::visit(destination, exchange);
//   EXPECT_EQ(exchange.status, 200);
//   EXPECT_EQ(exchange.header("content-type"), "application/json");
//   EXPECT_EQ(exchange.body, "{}");
#pragma once

#include <algorithm>
#include <deque>

#include "env/environment.h"
#include "gateway/exchange_visit.h"
#include "gateway/visit.h"
#include "google/protobuf/descriptor.h"

namespace holon::gateway::testing {

inline server::HttpRequest request(std::string method, std::string target, HeaderList headers = {}) {
  server::HttpRequest request;
  request.method = std::move(method);
  request.target = std::move(target);
  request.authority = "shop.example";
  request.headers = std::move(headers);
  request.peer = "192.0.2.7:4711";
  return request;
}

/// What is sent to it is on record; it never suspends.
class TestExchange final : public server::HttpExchange {
 public:
  explicit TestExchange(server::HttpRequest request, std::vector<std::string> body = {})
      : request_(std::move(request)), pieces_(body.begin(), body.end()) {
    if (!body.empty()) request_.has_body = true;
  }

  // ---- the answer, as far as it was given
  int status = 0;
  HeaderList headers;
  std::string body;                    ///< pieces one after the other
  std::vector<std::string> written;    ///< the pieces
  std::optional<std::uint64_t> length;
  HeaderList trailers;
  std::vector<int> informed;           ///< informational heads
  bool ended = false;
  bool aborted = false;
  bool switched = false;               ///< to another protocol

  /// The first value of a header of the answer, or empty.
  std::string header(std::string_view name) const {
    const auto found = std::ranges::find(headers, name, [](const auto& header) -> std::string_view { return header.first; });
    return found == headers.end() ? "" : found->second;
  }

  // ---- how the client behaves
  /// It goes: the call is cancelled, nothing can be read or written any more.
  void leave() {
    left_ = true;
    if (call_ != nullptr) call_->cancel();
  }
  /// It goes when so many pieces were written to it.
  void leave_after(std::size_t pieces) { leave_after_ = pieces; }
  /// What `read` says when the pieces are used up, instead of the end.
  void fail_reading(Error error) { read_error_ = std::move(error); }
  /// More of its body; also after a switch of protocols.
  void add_piece(std::string piece) { pieces_.push_back(std::move(piece)); }

  const server::HttpRequest& request() const override { return request_; }
  env::Time arrived() const override { return arrived_; }

  Result<std::optional<std::string>> read(Call& call) override {
    HOLON_TRY(call.check());
    if (left_) return cancelled("the client has gone");
    if (pieces_.empty()) {
      if (read_error_) return *read_error_;
      return std::optional<std::string>();
    }
    std::string piece = std::move(pieces_.front());
    pieces_.pop_front();
    read_bytes_ += piece.size();
    if (read_bytes_ > bytes_max_ && !switched) return resource_exhausted("the body is too large");
    return std::optional(std::move(piece));
  }
  void limit_body(std::uint64_t bytes_max) override { bytes_max_ = bytes_max; }

  Result<void> respond(int with, wire::Headers given, std::string content) override {
    HOLON_TRY(begin(with, given, content.size()));
    if (request_.method != "HEAD" && with != 204 && with != 304) body = std::move(content);
    ended = true;
    return {};
  }
  void inform(int with, wire::Headers) override { informed.push_back(with); }
  Result<void> begin(int with, wire::Headers given, std::optional<std::uint64_t> bytes) override {
    if (left_) return cancelled("the client has gone");
    if (begun()) return internal_error("the answer has begun already");
    for (const wire::HeaderView& header : given) {
      if (!acceptable(header)) return invalid_argument("the header " + std::string(header.name) + " breaks the framing");
    }
    status = with;
    length = bytes;
    for (const wire::HeaderView& header : given) headers.emplace_back(header.name, header.value);
    return {};
  }
  Result<void> write(Call& call, std::string bytes) override {
    HOLON_TRY(call.check());
    if (left_) return cancelled("the client has gone");
    body += bytes;
    written.push_back(std::move(bytes));
    if (written.size() == leave_after_) leave();
    return {};
  }
  void end(wire::Headers given) override {
    for (const wire::HeaderView& header : given) trailers.emplace_back(header.name, header.value);
    ended = true;
  }
  void abort() override { aborted = true; }
  bool begun() const override { return status != 0; }
  Result<void> switch_protocols(wire::Headers given) override {
    if (request_.upgrade.empty()) return failed_precondition("the request asks for no other protocol");
    HOLON_TRY(begin(101, given, {}));
    switched = true;
    return {};
  }

 private:
  void watch(internal::RootCall* call) override { call_ = call; }

  static bool acceptable(const wire::HeaderView& header) {
    for (std::string_view framing : {"connection", "keep-alive", "transfer-encoding", "upgrade", "te", "content-length"}) {
      if (header.name == framing) return false;
    }
    const auto control = [](unsigned char c) { return (c < ' ' && c != '\t') || c == 0x7F; };
    const auto no_name = [&](unsigned char c) { return c <= ' ' || c >= 0x7F || c == ':' || (c >= 'A' && c <= 'Z'); };
    return !header.name.empty() && std::ranges::none_of(header.name, no_name) && std::ranges::none_of(header.value, control);
  }

  server::HttpRequest request_;
  env::Time arrived_ = env::os().now();
  std::deque<std::string> pieces_;
  std::optional<Error> read_error_;
  std::uint64_t read_bytes_ = 0;
  std::uint64_t bytes_max_ = ~std::uint64_t{0};
  std::size_t leave_after_ = 0;
  bool left_ = false;
  internal::RootCall* call_ = nullptr;
};

/// What surrounds a visit, for tests that want to look at it or change it before.
struct VisitWorld {
  explicit VisitWorld(server::HttpExchange& exchange, RouteConfig of_route = {})
      : route(std::move(of_route)), call(exchange.arrived() + std::chrono::seconds(30)), watched(exchange, call) {}

  RouteConfig route;
  Visitor visitor{.address = "192.0.2.7", .scheme = "http", .host = "shop.example", .request_id = "test-1"};
  BodyBudget bodies{64 << 20};
  contract::Json json{*google::protobuf::DescriptorPool::generated_pool()};
  Compression compression{{}};
  internal::RootCall call;
  server::HttpExchange::Watched watched;
};

/// One visit of `destination`, by the visit that real requests have; gives what is logged of it.
inline Outcome visit(const Destination& destination, server::HttpExchange& exchange, VisitWorld& world) {
  ExchangeVisit visit(exchange, world.call, {world.route, world.visitor, world.bodies, world.json, world.compression});
  destination.serve(visit);
  return visit.outcome();
}
inline Outcome visit(const Destination& destination, server::HttpExchange& exchange, RouteConfig route = {}) {
  VisitWorld world(exchange, std::move(route));
  return visit(destination, exchange, world);
}

}  // namespace holon::gateway::testing
