// Refusals: what was turned away to protect this process, counted by the name of the rule that did it.
//
//   telemetry::refused("too_many_connections", stream->peer(), loop.now());
//   for (const telemetry::Refusal& refusal : telemetry::refusals()) …        // "too_many_connections", 17
//
// Any thread; counting takes no lock and, but for a rule's first time, no memory. A flood must not become a flood of log
// lines: each rule is logged at most once a second, with how many lines were left out.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "env/environment.h"

namespace holon::telemetry {

/// More names than this are counted together, as "other": a name must never come from a peer.
constexpr std::size_t refusal_rules_max = 128;

/// Counts one. `rule` is a name like "slow_reader" or "http2.reset_flood"; `who` is for the log: the peer, and what it did.
void refused(std::string_view rule, std::string_view who, env::Time now);

struct Refusal {
  std::string rule;
  std::uint64_t count = 0;
};
/// All that was refused since the process began, by name.
std::vector<Refusal> refusals();
/// How often `rule` refused.
std::uint64_t refusals_of(std::string_view rule);

}  // namespace holon::telemetry
