// Prequal: the endpoint that says of itself that it is fast and not busy (Wydrowski and others, Load is not what you should balance,
// NSDI 2024).
//
// Beside the calls endpoints are asked at random how many calls they have under way, of all their callers, and how long calls take
// there (prober.h asks); what the caller itself has under way there it need not ask. Of those that answered of late, the busiest
// sixth is "hot": of the others the one with the least latency, for as many calls, takes the call; if all are hot, the one with the
// fewest calls. Where fewer than two have answered it is the power of two choices: whoever is asked in vain, as a server that knows
// nothing of holon is, so loses nothing.
#pragma once

#include <array>
#include <cstdint>
#include <map>

#include "client/balancer.h"
#include "client/latency.h"

namespace holon::client {

/// What an endpoint says of itself.
struct Load {
  std::uint64_t in_flight = 0;
  std::uint64_t ended = 0;     ///< calls, since it started
  std::uint64_t ended_ns = 0;  ///< what they took in all
};

class Prequal final : public Balancer {
 public:
  /// `who` has said so.
  void told(const Candidate& who, const Load& load, env::Time now);

  void know(Candidates all) override;
  Candidate& pick(Candidates from, const Pick& call) override;

 private:
  static constexpr std::size_t remembered = 64;

  struct Report {
    env::Time at{};
    double in_flight = 0;  ///< with the calls that were sent there since
    int uses = 0;
    PeakLatency latency;
    std::uint64_t ended = 0;
    std::uint64_t ended_ns = 0;
  };
  /// What is known of one, and recent enough; null if nothing.
  Report* fresh(const Candidate& who, env::Time now);
  /// How one is, as it says and as its calls from here show.
  struct Sight {
    double in_flight;
    double latency_ns;
  };
  static Sight sight_of(const Candidate& who, const Report& report, env::Time now);
  bool hot(const Sight& sight) const { return sight.in_flight > hot_above_; }
  bool better(const Sight& one, const Sight& two) const;
  void remember(double in_flight);

  std::map<const Candidate*, Report> reports_;
  std::array<double, remembered> last_in_flight_{};  ///< what was told last, by all
  std::size_t told_ = 0;
  double hot_above_ = 0;  ///< set by the first report
  TwoChoices otherwise_;
};

}  // namespace holon::client
