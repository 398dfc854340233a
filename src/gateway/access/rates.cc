#include "gateway/access/rates.h"

#include <algorithm>
#include <cstring>

#include "crypto/hash.h"
#include "env/ip.h"

namespace holon::gateway {
namespace {

using std::chrono::seconds;

constexpr std::size_t ipv6_network_bytes = 8;  // 64 bits: what one subscriber has at least (RFC 6177)
constexpr std::uint64_t requests_max = 1'000'000'000;
constexpr env::Duration window_max = std::chrono::hours(24 * 31);

enum class By { address, route, header, claim };

struct Subject {
  By by = By::address;
  std::string name;  ///< of the header, in lower case, or of the claim
};

Result<Subject> read_subject(const std::string& text) {
  if (text == "address") return Subject{By::address, {}};
  if (text == "route") return Subject{By::route, {}};
  const std::size_t colon = text.find(':');
  const std::string kind = text.substr(0, colon);
  std::string name = colon != text.npos ? text.substr(colon + 1) : "";
  if (kind == "claim" && !name.empty()) return Subject{By::claim, name};
  if (kind == "header" && !name.empty()) {
    for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    return Subject{By::header, name};
  }
  return invalid_argument("by: \"" + text + "\" is none of address, route, header:NAME, claim:NAME");
}

std::string network_of(std::string_view address) {
  std::string bytes = env::ip_bytes(address).value_or(std::string(address));
  if (bytes.size() == 16) bytes.resize(ipv6_network_bytes);
  return bytes;
}

/// Of whole seconds, rounded up: whoever waits so long does not come too early.
std::uint64_t seconds_up(env::Duration time) {
  return static_cast<std::uint64_t>(std::chrono::ceil<seconds>(time).count());
}

/// A string of structured fields (RFC 9651, 3.3.3); what it can't have is left out.
std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c >= 0x20 && c < 0x7f && c != '"' && c != '\\') out += c;
  }
  return out + "\"";
}

RateKey key_of(std::string_view secret, char kind, std::string_view client) {
  const std::string hash = crypto::sha256(std::string(secret) + kind + std::string(client));
  RateKey key{};
  std::memcpy(&key.place, hash.data(), sizeof key.place);
  std::memcpy(&key.tag, hash.data() + sizeof key.place, sizeof key.tag);
  return key;
}

}  // namespace

struct Rates::Rate {
  Rate(const RateConfig& config, Subject subject, RateTerms terms)
      : by(std::move(subject)),
        name(config.by + "-" + std::to_string(seconds_up(config.window)) + "s"),
        policy(in_quotes(name) + ";q=" + std::to_string(config.requests) + ";w=" + std::to_string(seconds_up(config.window))),
        table(terms) {}

  /// A kind apart for those who show no header or claim: nobody can count for an address that is not his.
  RateKey key(std::string_view secret, const Client& client) const {
    if (by.by == By::route) return key_of(secret, 'r', {});
    if (by.by == By::header) {
      std::string_view value = find_header(client.headers, by.name);
      if (!value.empty()) return key_of(secret, 'h', value);
    }
    if (by.by == By::claim) {
      std::string value = client.claims.get(by.name);
      if (!value.empty()) return key_of(secret, 'c', value);
    }
    return key_of(secret, 'a', network_of(client.address));
  }

  Subject by;
  std::string name;
  std::string policy;
  RateTable table;
};

Rates::Rates(env::Environment& world) : world_(&world) {}
Rates::Rates(Rates&&) noexcept = default;
Rates::~Rates() = default;

Result<Rates> Rates::make(const std::vector<RateConfig>& configs, env::Environment& world) {
  Rates rates(world);
  for (int i = 0; i < 4; ++i) {
    const std::uint64_t bits = world.random();
    rates.secret_.append(reinterpret_cast<const char*>(&bits), sizeof bits);
  }
  for (const RateConfig& config : configs) {
    if (config.requests == 0 || config.requests > requests_max || config.burst > requests_max) {
      return invalid_argument("a rate is of 1 to " + std::to_string(requests_max) + " requests");
    }
    if (config.window < seconds(1) || config.window > window_max) {
      return invalid_argument("a rate's window is of 1 second to 31 days");
    }
    const env::Duration interval = config.window / static_cast<std::int64_t>(config.requests);
    const std::uint64_t burst = config.burst != 0 ? config.burst : config.requests;
    if (burst > static_cast<std::uint64_t>(window_max / std::max(interval, env::Duration(1)))) {
      return invalid_argument("a burst of " + std::to_string(burst) + " takes more than 31 days to come back: make it smaller");
    }
    Subject subject = HOLON_TRY(read_subject(config.by));
    RateTerms terms{std::max(interval, env::Duration(1)), burst};
    rates.rates_.push_back(std::make_unique<Rate>(config, std::move(subject), terms));
  }
  return rates;
}

Rates::Verdict Rates::ask(const Client& client) {
  Verdict verdict;
  const env::Time now = world_->now();
  const Rate* tightest = nullptr;
  RateAnswer least;
  std::string policies;
  for (const auto& rate : rates_) {
    policies += (policies.empty() ? "" : ", ") + rate->policy;
    if (!verdict.admitted) continue;
    const RateAnswer answer = rate->table.ask(rate->key(secret_, client), now);
    verdict.admitted = answer.admitted;
    if (tightest != nullptr && answer.admitted && answer.left >= least.left) continue;
    tightest = rate.get();
    least = answer;
  }
  if (tightest == nullptr) return verdict;
  const std::string reset = std::to_string(seconds_up(least.left == 0 ? least.next_in : least.full_in));
  verdict.headers = {{"ratelimit-policy", policies},
                     {"ratelimit", in_quotes(tightest->name) + ";r=" + std::to_string(least.left) + ";t=" + reset}};
  if (!verdict.admitted) {
    verdict.refused_by = tightest->name;
    verdict.headers.emplace_back("retry-after", reset);
  }
  return verdict;
}

}  // namespace holon::gateway
