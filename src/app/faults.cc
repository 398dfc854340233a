#include "app/faults.h"

namespace holon::app {
namespace {

faults::Ending ending_of(const node::v1::Fault& fault) {
  if (fault.black_hole()) return faults::Ending::black_hole;
  if (fault.reset()) return faults::Ending::reset;
  return fault.abort_code() != 0 ? faults::Ending::abort : faults::Ending::untouched;
}

}  // namespace

faults::Rule rule_of(const node::v1::Fault& fault) {
  faults::Rule rule;
  rule.id = fault.id();
  rule.from = fault.from();
  rule.to = fault.to();
  rule.method = fault.method();
  rule.metadata.assign(fault.metadata().begin(), fault.metadata().end());
  if (fault.percent() > 0) rule.share = fault.percent() / 100;
  rule.per_second = fault.per_second();
  rule.delay = std::chrono::microseconds(fault.delay_us());
  rule.jitter = std::chrono::microseconds(fault.jitter_us());
  rule.ending = ending_of(fault);
  rule.code = static_cast<Code>(fault.abort_code());
  return rule;
}

env::Time end_of(const node::v1::Fault& fault, env::Environment& world) {
  const auto wall = std::chrono::duration_cast<std::chrono::milliseconds>(world.wall().time_since_epoch());
  return world.now() + (std::chrono::milliseconds(fault.until_unix_ms()) - wall);
}

}  // namespace holon::app
