#include "server/greeting.h"

#include <algorithm>
#include <array>

#include "server/connection.h"
#include "server/shard.h"
#include "server/web_connection.h"
#include "telemetry/refusals.h"

namespace holon::server {
namespace {

constexpr auto drain_time = std::chrono::milliseconds(500);
constexpr std::string_view preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

}  // namespace

Greeting::Greeting(Shard& shard, std::unique_ptr<env::Stream> stream, Census::Seat seat)
    : shard_(shard), stream_(std::move(stream)), seat_(std::move(seat)), late_([this] {
        if (!draining_) telemetry::refused("preface_timeout", stream_->peer(), shard_.loop().now());
        leave();
      }) {
  stream_->watch(*this);
  late_.start(wire::after(shard.loop().now(), shard.limits().link.preface_time));
}

Greeting::~Greeting() = default;

void Greeting::drain() {
  draining_ = true;
  late_.start(shard_.loop().now() + drain_time);
}

// Reads no more than tells the two apart.
void Greeting::ready(bool readable, bool) {
  if (stream_ == nullptr) return;
  if (stream_->connect_error() != 0) {
    std::string why = stream_->failure();
    if (!why.empty()) telemetry::refused("tls_handshake", stream_->peer() + ": " + why, shard_.loop().now());
    return leave();
  }
  if (!readable) return;
  std::array<std::byte, preface.size()> buffer;
  while (speaks() == Speaks::not_known_yet) {
    const env::Io io = stream_->read(std::span(buffer).first(preface.size() - first_.size()));
    if (io.state == env::IoState::blocked) return;
    if (io.state != env::IoState::done) return leave();
    first_.append(reinterpret_cast<const char*>(buffer.data()), io.bytes);
    if (!io.more && speaks() == Speaks::not_known_yet) return;
  }
  make_way(speaks());
}

// What is neither gets the answer that RFC 9113 has for a wrong preface.
Greeting::Speaks Greeting::speaks() const {
  const std::size_t same = static_cast<std::size_t>(
      std::mismatch(first_.begin(), first_.end(), preface.begin(), preface.begin() + first_.size()).first - first_.begin());
  if (same == preface.size()) return Speaks::http2;
  if (same == first_.size()) return Speaks::not_known_yet;
  const bool method = std::all_of(first_.begin(), first_.begin() + same + 1, [](char c) { return c >= 'A' && c <= 'Z'; });
  return method ? Speaks::http1 : Speaks::http2;
}

void Greeting::make_way(Speaks speaks) {
  if (const std::string_view rule = seat_.belongs_to(stream_->peer()); !rule.empty()) {
    telemetry::refused(rule, stream_->peer(), shard_.loop().now());
    return leave();
  }
  late_.stop();
  if (speaks == Speaks::http1) {
    auto connection = std::make_shared<WebConnection>(shard_, std::move(stream_), std::move(seat_), std::move(first_));
    shard_.closed(*this, connection);
    if (draining_) connection->drain();
    return;
  }
  auto connection = std::make_shared<ServerConnection>(shard_, std::move(stream_), std::move(seat_));
  shard_.closed(*this, connection);
  connection->take_over(std::as_bytes(std::span(first_)));
  if (draining_) connection->drain();
}

void Greeting::leave() {
  if (stream_ == nullptr) return;
  late_.stop();
  stream_.reset();
  seat_ = {};
  shard_.closed(*this);
}

}  // namespace holon::server
