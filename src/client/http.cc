#include "client/http.h"

#include <algorithm>
#include <array>

namespace holon::client {
namespace {

/// RFC 9110, 9.2.2
bool is_idempotent(std::string_view method) {
  constexpr std::array<std::string_view, 6> idempotent = {"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"};
  return std::find(idempotent.begin(), idempotent.end(), method) != idempotent.end();
}

bool is_repeatable(const wire::Http1RequestHead& head) { return is_idempotent(head.method) && !head.has_body; }

}  // namespace

// ---- HttpTransfer ---------------------------------------------------------------------------------------------------

HttpTransfer::~HttpTransfer() {
  if (connection_ != nullptr) peer_->give_back(std::move(connection_));
}

Result<void> HttpTransfer::begin(Call& call, HttpPeer::Use use) {
  connection_ = HOLON_TRY(peer_->take(call, use));
  kept_ = connection_->used();
  return connection_->request(head_);
}

bool HttpTransfer::repeatable() const {
  return is_repeatable(head_) && (connection_ == nullptr || !connection_->heard());
}

Result<HttpResponse> HttpTransfer::response(Call& call) {
  Result<HttpResponse> head = connection_->response(call);
  if (head.ok() || !kept_ || !repeatable()) return head;
  HOLON_TRY(call.check());
  peer_->give_back(std::move(connection_));
  HOLON_TRY(begin(call, HttpPeer::Use::fresh));
  return connection_->response(call);
}

// ---- HttpClient -----------------------------------------------------------------------------------------------------

/// What one loop has. Lives and dies on its thread.
struct HttpClient::Shard {
  Shard(fiber::Loop& loop_, const HttpLimits& limits_) : loop(loop_), limits(limits_), resolver(loop_) {}

  fiber::Loop& loop;
  const HttpLimits limits;
  Resolver resolver;
  std::map<HttpOrigin, std::unique_ptr<HttpPeer>> peers;
};

HttpClient::HttpClient(std::vector<fiber::Loop*> loops, const HttpLimits& limits, crypto::ClientTlsFiles tls)
    : tls_files_(std::move(tls)) {
  tls_files_.protocol = "http/1.1";
  for (fiber::Loop* loop : loops) {
    if (shards_.size() <= loop->index()) shards_.resize(loop->index() + 1);
    shards_[loop->index()] = std::make_unique<Shard>(*loop, limits);
  }
}

HttpClient::~HttpClient() {
  for (std::unique_ptr<Shard>& shard : shards_) {
    if (shard == nullptr || &shard->loop == fiber::Loop::current()) continue;
    fiber::Loop& loop = shard->loop;
    loop.post([shard = std::shared_ptr<Shard>(std::move(shard))] {});
  }
}

Result<std::shared_ptr<crypto::ClientTls>> HttpClient::tls() {
  std::lock_guard lock(tls_mutex_);
  if (tls_ == nullptr) tls_ = HOLON_TRY(crypto::ClientTls::load(fiber::Loop::current()->environment(), tls_files_));
  return tls_;
}

Result<HttpPeer*> HttpClient::peer(const HttpOrigin& origin) {
  Shard& shard = *shards_[fiber::Loop::current()->index()];
  if (const auto found = shard.peers.find(origin); found != shard.peers.end()) return found->second.get();
  std::shared_ptr<crypto::ClientTls> secure;
  if (origin.scheme == HttpOrigin::Scheme::https) secure = HOLON_TRY(tls());
  auto made = std::make_unique<HttpPeer>(shard.loop, origin, std::move(secure), shard.limits, shard.resolver);
  return shard.peers.emplace(origin, std::move(made)).first->second.get();
}

Result<HttpTransfer> HttpClient::send(Call& call, const HttpOrigin& origin, const wire::Http1RequestHead& head) {
  HttpPeer* const found = HOLON_TRY(peer(origin));
  HttpTransfer transfer(*found, head);
  HOLON_TRY(transfer.begin(call, is_repeatable(head) ? HttpPeer::Use::kept : HttpPeer::Use::alive));
  return transfer;
}

// ---- fetch ----------------------------------------------------------------------------------------------------------

std::string_view HttpAnswer::header(std::string_view name) const {
  const auto found = std::find_if(headers.begin(), headers.end(), [&](const auto& each) { return each.first == name; });
  return found != headers.end() ? std::string_view(found->second) : std::string_view();
}

Result<HttpAnswer> fetch(Call& call, HttpClient& http, std::string_view url, const FetchOptions& options) {
  const HttpUrl parsed = HOLON_TRY(HttpUrl::parse(url));
  const std::string authority = parsed.origin.authority();
  std::vector<wire::HeaderView> headers;
  for (const auto& [name, value] : options.headers) headers.push_back({name, value});
  const wire::Http1RequestHead head{.method = options.method,
                                    .target = parsed.target,
                                    .authority = authority,
                                    .headers = headers,
                                    .has_body = options.body.has_value(),
                                    .length = options.body ? std::optional(options.body->size()) : std::nullopt};
  HttpTransfer transfer = HOLON_TRY(http.send(call, parsed.origin, head));
  if (options.body) {
    // A server that does not want all of it may have answered why.
    if (transfer.write(call, *options.body).ok()) HOLON_TRY(transfer.end());
  }
  HttpResponse response = HOLON_TRY(transfer.response(call));
  while (response.status < 200) response = HOLON_TRY(transfer.response(call));
  HttpAnswer answer{response.status, std::move(response.headers), {}};
  for (;;) {
    const std::optional<std::string> piece = HOLON_TRY(transfer.read(call));
    if (!piece) return answer;
    answer.body += *piece;
    if (answer.body.size() > options.bytes_max) {
      return resource_exhausted(std::string(url) + " answers with more than " + std::to_string(options.bytes_max) + " bytes");
    }
  }
}

}  // namespace holon::client
