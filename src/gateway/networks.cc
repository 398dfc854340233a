#include "gateway/networks.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "env/ip.h"

namespace holon::gateway {
namespace {

using Bits = std::array<std::uint8_t, 16>;

struct Parsed {
  Bits bits{};
  bool v4 = false;
};

std::optional<Parsed> parse(std::string_view text) {
  const std::optional<std::string> bytes = env::ip_bytes(text);
  if (!bytes) return std::nullopt;
  Parsed parsed;
  parsed.v4 = bytes->size() == 4;
  if (parsed.v4) parsed.bits[10] = parsed.bits[11] = 0xFF;
  std::copy(bytes->begin(), bytes->end(), parsed.bits.end() - static_cast<std::ptrdiff_t>(bytes->size()));
  return parsed;
}

/// Whether the first `prefix` bits are the same.
bool same_prefix(const Bits& a, const Bits& b, unsigned prefix) {
  const unsigned whole = prefix / 8;
  if (!std::equal(a.begin(), a.begin() + whole, b.begin())) return false;
  const unsigned rest = prefix % 8;
  return rest == 0 || (a[whole] >> (8 - rest)) == (b[whole] >> (8 - rest));
}

Bits cut(Bits bits, unsigned prefix) {
  for (unsigned i = 0; i < bits.size(); ++i) {
    const unsigned keep = std::clamp(static_cast<int>(prefix) - static_cast<int>(i) * 8, 0, 8);
    bits[i] &= static_cast<std::uint8_t>(0xFF00 >> keep);
  }
  return bits;
}

}  // namespace

Result<void> Networks::add(std::string_view network) {
  if (network == "unix") {
    unix_ = true;
    return {};
  }
  const std::size_t slash = network.find('/');
  const std::optional<Parsed> parsed = parse(network.substr(0, slash));
  const unsigned most = parsed && parsed->v4 ? 32 : 128;
  unsigned prefix = most;
  if (slash != network.npos) {
    const char* end = network.data() + network.size();
    const auto [at, error] = std::from_chars(network.data() + slash + 1, end, prefix);
    if (error != std::errc() || at != end) prefix = most + 1;
  }
  if (!parsed || prefix > most) {
    return invalid_argument(std::string(network) +
                            " is no network; write an IP address, or one with its bits, as in 10.0.0.0/8");
  }
  const unsigned bits = prefix + 128 - most;
  if (cut(parsed->bits, bits) != parsed->bits) {
    return invalid_argument(std::string(network) + " has bits behind its prefix; write the network's first address, or the one "
                            "address without /" + std::to_string(prefix));
  }
  networks_.push_back({parsed->bits, bits});
  return {};
}

bool Networks::contains(std::string_view address) const {
  if (address == "unix") return unix_;
  const std::optional<Parsed> parsed = parse(address);
  return parsed && std::ranges::any_of(networks_, [&](const Network& network) {
           return same_prefix(network.bits, parsed->bits, network.prefix);
         });
}

std::string address_of(std::string_view peer) {
  if (peer.starts_with("unix")) return "unix";
  if (peer.starts_with('[')) peer = peer.substr(1, peer.find(']') - 1);
  else if (std::ranges::count(peer, ':') == 1) peer = peer.substr(0, peer.find(':'));
  const std::optional<Parsed> parsed = parse(peer);
  if (!parsed) return {};
  return std::string(!parsed->v4 && peer.starts_with("::ffff:") && peer.find('.') != peer.npos ? peer.substr(7) : peer);
}

}  // namespace holon::gateway
