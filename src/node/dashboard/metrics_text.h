// What the hosts have counted, for Prometheus: its text format 0.0.4
// (https://prometheus.io/docs/instrumenting/exposition_formats/).
#pragma once

#include <string>

#include "holon/node/v1/node.pb.h"

namespace holon::node {

/// The media type of it.
inline constexpr std::string_view metrics_type = "text/plain; version=0.0.4; charset=utf-8";

/// Durations are in seconds, sizes in bytes. The bounds of histograms are the same in every text, as rate() needs it: powers of
/// four from 1.024 µs to 68.7 s, which are bounds of the hosts' own finer buckets too, so that no count is a guess.
std::string metrics_text(const v1::ListReply& list, const v1::CallsReply& calls);

}  // namespace holon::node
