#include "client/http.h"

#include <algorithm>
#include <array>

#include "client/http_verdict.h"

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

HttpTransfer::HttpTransfer(std::shared_ptr<HttpPeer> peer, const wire::Http1RequestHead& head)
    : peer_(std::move(peer)), head_(head) {
  peer_->began();
}

HttpTransfer::~HttpTransfer() {
  if (peer_ != nullptr) leave();
}

void HttpTransfer::leave() {
  judge(Outcome::unknown);
  if (connection_ != nullptr) peer_->give_back(std::move(connection_));
}

Result<void> HttpTransfer::begin(Call& call, HttpPeer::Use use) {
  connection_ = HOLON_TRY(peer_->take(call, use));
  kept_ = connection_->used();
  HOLON_TRY(connection_->request(head_));
  if (!head_.has_body) sent_whole();
  return {};
}

Result<void> HttpTransfer::end() {
  HOLON_TRY(connection_->end());
  if (!sent_ && !judged_) sent_whole();
  return {};
}

void HttpTransfer::sent_whole() {
  sent_ = peer_->now();
  peer_->expects_answer();
}

bool HttpTransfer::harmless() const { return is_repeatable(head_); }

bool HttpTransfer::repeatable() const { return harmless() && (connection_ == nullptr || !connection_->heard()); }

Result<HttpResponse> HttpTransfer::response(Call& call, const HttpPeer::MayLeave& may_leave) {
  Result<HttpResponse> head = next_head(call, may_leave);
  judge(head);
  return head;
}

Result<HttpResponse> HttpTransfer::next_head(Call& call, const HttpPeer::MayLeave& may_leave) {
  const HttpPeer::MayLeave stays;
  const HttpPeer::MayLeave& leaves = repeatable() ? may_leave : stays;
  Result<HttpResponse> head = peer_->answer(call, *connection_, leaves);
  if (head.ok() || !kept_ || !repeatable() || peer_->silent()) return head;
  HOLON_TRY(call.check());
  peer_->give_back(std::move(connection_));
  HOLON_TRY(begin(call, HttpPeer::Use::fresh));
  return peer_->answer(call, *connection_, leaves);
}

void HttpTransfer::judge(const Result<HttpResponse>& head) {
  constexpr int switching = 101;
  if (head.ok()) {
    if (head->status >= 200 || head->status == switching) judge(outcome_of(head->status));
  } else if (head.code() == Code::deadline_exceeded) {
    judge(sent_ ? Outcome::failed : Outcome::unknown);  // else it is the client that was slow to say what it wants
  } else {
    judge(head.code() == Code::unavailable && !peer_->silent() ? Outcome::absent : Outcome::unknown);
  }
}

/// A request that is still on its way says nothing of how long answers take.
void HttpTransfer::judge(Outcome outcome) {
  if (std::exchange(judged_, true)) return;
  peer_->ended(outcome, sent_ ? std::optional(peer_->now() - *sent_) : std::nullopt);
}

// ---- HttpClient -----------------------------------------------------------------------------------------------------

/// What one loop has. Lives and dies on its thread.
struct HttpClient::Shard {
  Shard(fiber::Loop& loop_, const HttpLimits& limits_)
      : loop(loop_), limits(limits_), resolver(std::make_shared<Resolver>(loop_)) {}
  ~Shard() {
    for (const auto& [origin, peer] : peers) peer->retire();
  }

  fiber::Loop& loop;
  const HttpLimits limits;
  const std::shared_ptr<Resolver> resolver;
  std::map<HttpOrigin, std::shared_ptr<HttpPeer>> peers;
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

Result<std::shared_ptr<HttpPeer>> HttpClient::peer(const HttpOrigin& origin) {
  Shard& shard = *shards_[fiber::Loop::current()->index()];
  if (const auto found = shard.peers.find(origin); found != shard.peers.end()) return found->second;
  std::shared_ptr<crypto::ClientTls> secure;
  if (origin.scheme == HttpOrigin::Scheme::https) secure = HOLON_TRY(tls());
  auto made = std::make_shared<HttpPeer>(shard.loop, origin, std::move(secure), shard.limits, shard.resolver);
  return shard.peers.emplace(origin, std::move(made)).first->second;
}

void HttpClient::forget(const HttpOrigin& origin) {
  auto& peers = shards_[fiber::Loop::current()->index()]->peers;
  const auto found = peers.find(origin);
  if (found == peers.end()) return;
  found->second->retire();
  peers.erase(found);
}

Result<HttpTransfer> HttpClient::send(Call& call, const HttpOrigin& origin, const wire::Http1RequestHead& head) {
  const std::shared_ptr<HttpPeer> found = HOLON_TRY(peer(origin));
  return send(call, found, head);
}

Result<HttpTransfer> HttpClient::send(Call& call, const std::shared_ptr<HttpPeer>& peer, const wire::Http1RequestHead& head) {
  HttpTransfer transfer(peer, head);
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
