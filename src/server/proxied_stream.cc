#include "server/proxied_stream.h"

#include <array>
#include <cerrno>
#include <cstring>

#include "server/proxy_protocol.h"

namespace holon::server {
namespace {

class ProxiedStream final : public env::Stream {
 public:
  ProxiedStream(std::unique_ptr<env::Stream> below, std::function<void(std::string_view)> refused)
      : below_(std::move(below)), refused_(std::move(refused)) {}

  env::Io read(std::span<std::byte> into) override {
    if (!header_.complete()) {
      if (const env::Io io = read_header(); !header_.complete()) return io;
    }
    if (behind_.empty()) return below_->read(into);
    const std::size_t size = std::min(into.size(), behind_.size());
    std::memcpy(into.data(), behind_.data(), size);
    behind_.erase(0, size);
    return {size, env::IoState::done, 0, true};
  }
  env::Io write(std::span<const env::Bytes> pieces) override { return below_->write(pieces); }
  void end_writing() override { below_->end_writing(); }
  void watch(env::Watcher& watcher) override { below_->watch(watcher); }
  std::string peer() const override { return header_.origin().empty() ? below_->peer() : header_.origin(); }
  int connect_error() override { return below_->connect_error(); }
  std::string failure() const override {
    return header_.wrong().empty() ? below_->failure() : std::string(header_.wrong());
  }

 private:
  /// Until it is complete, or no more comes just now.
  env::Io read_header() {
    if (!header_.wrong().empty()) return broken();
    std::array<std::byte, 256> buffer;
    while (!header_.complete()) {
      const env::Io io = below_->read(buffer);
      if (io.state != env::IoState::done) return io;
      const std::string_view bytes(reinterpret_cast<const char*>(buffer.data()), io.bytes);
      behind_ = bytes.substr(header_.take(bytes));
      if (!header_.wrong().empty()) {
        refused_(header_.wrong());
        return broken();
      }
      if (!header_.complete() && !io.more) return {0, env::IoState::blocked, 0, false};
    }
    return {};
  }
  static env::Io broken() { return {0, env::IoState::failed, EPROTO, false}; }

  std::unique_ptr<env::Stream> below_;
  std::function<void(std::string_view)> refused_;
  ProxyHeader header_;
  std::string behind_;  ///< what was read beyond the header
};

}  // namespace

std::unique_ptr<env::Stream> behind_proxy(std::unique_ptr<env::Stream> below,
                                          std::function<void(std::string_view why)> refused) {
  return std::make_unique<ProxiedStream>(std::move(below), std::move(refused));
}

}  // namespace holon::server
