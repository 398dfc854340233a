// ExchangeVisit: the visit that a request from the network is. What all answers have in common happens here: the headers
// added on the way, problems in their one form, compression, and the count of what was sent.
#pragma once

#include "contract/json.h"
#include "gateway/body_budget.h"
#include "gateway/content/compression.h"
#include "gateway/content/encoder.h"
#include "gateway/visit.h"

namespace holon::gateway {

/// What became of a request, for the log and the metrics.
struct Outcome {
  int status = 0;           ///< 0: nothing was answered
  std::uint64_t bytes = 0;  ///< of the body, as the destination gave it
  bool cut_off = false;     ///< the answer began and could not be completed
};

class ExchangeVisit final : public Visit {
 public:
  /// What it borrows from those around it, all of which outlive it.
  struct Setting {
    const RouteConfig& route;
    const Visitor& visitor;
    BodyBudget& bodies;
    const contract::Json& json;  ///< prints the details of problems
    const Compression& compression;
  };
  ExchangeVisit(server::HttpExchange& exchange, internal::RootCall& call, const Setting& setting)
      : exchange_(exchange), call_(call), setting_(setting) {}
  ~ExchangeVisit() override { setting_.bodies.give_back(held_); }

  const Outcome& outcome() const { return outcome_; }

  const server::HttpRequest& request() const override { return exchange_.request(); }
  const RouteConfig& route() const override { return setting_.route; }
  const Visitor& visitor() const override { return setting_.visitor; }
  internal::RootCall& call() override { return call_; }
  void extend(nanoseconds longest) override;

  void limit_body(std::uint64_t bytes_max) override { exchange_.limit_body(bytes_max); }
  Result<std::optional<std::string>> read() override { return exchange_.read(call_); }
  Result<std::string> read_all() override;

  void inform(int status, const HeaderList& headers) override;
  void add_header(std::string name, std::string value) override;
  void respond(int status, const HeaderList& headers, std::string body) override;
  void begin(int status, const HeaderList& headers, std::optional<std::uint64_t> length) override;
  Result<void> write(std::string bytes) override;
  void end(const HeaderList& trailers) override;
  void abort() override;
  bool begun() const override { return exchange_.begun(); }
  Result<void> switch_protocols(const HeaderList& headers) override;

  void problem(const Error& error) override;
  void problem(int status, const Error& error) override;

 private:
  std::vector<wire::HeaderView> with_added(const HeaderList& headers) const;
  Coding negotiate(int status, HeaderList& headers, std::optional<std::uint64_t> length) const;
  Result<void> send_encoded(std::string coded);
  void answer_instead(const Error& refused);

  server::HttpExchange& exchange_;
  internal::RootCall& call_;
  Setting setting_;
  HeaderList added_;
  std::unique_ptr<Encoder> encoder_;  ///< of an answer in pieces that goes compressed
  bool flush_ = false;                ///< each piece of it is for now, not for when there are more
  std::size_t held_ = 0;  ///< of the budget of bodies
  Outcome outcome_;
};

}  // namespace holon::gateway
