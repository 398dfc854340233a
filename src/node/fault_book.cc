#include "node/fault_book.h"

#include <algorithm>
#include <string>

#include "app/faults.h"

namespace holon::node {
namespace {

constexpr std::int64_t delay_us_max = 3'600'000'000;
constexpr double per_second_max = 1e6;

Result<void> check_what(const v1::Fault& fault) {
  const int endings = (fault.abort_code() != 0 ? 1 : 0) + (fault.black_hole() ? 1 : 0) + (fault.reset() ? 1 : 0);
  if (endings > 1) return invalid_argument("a call ends once; say one of abort, black hole and reset, and add a fault for another");
  if (endings == 0 && fault.delay_us() == 0 && fault.per_second() == 0) {
    return invalid_argument("nothing becomes of the calls; say delay, abort, throttle, black hole or reset");
  }
  if (fault.delay_us() < 0 || fault.delay_us() > delay_us_max) return invalid_argument("a delay is from 0 to an hour");
  if (fault.jitter_us() < 0 || fault.jitter_us() > fault.delay_us()) {
    return invalid_argument("a delay's jitter is not below 0 nor above the delay");
  }
  const bool turns = fault.per_second() >= 0 && fault.per_second() <= per_second_max;
  if (!turns) return invalid_argument("a throttle lets from 0 to 1,000,000 calls a second go on");
  if (fault.abort_code() < 0 || fault.abort_code() > static_cast<int>(Code::unauthenticated)) {
    return invalid_argument(std::to_string(fault.abort_code()) + " is no gRPC code of an error; they are 1 to 16");
  }
  return {};
}

Result<void> check(const v1::Fault& fault, std::int64_t for_ms) {
  if (fault.from().empty() && fault.to().empty()) {
    return invalid_argument("a fault on all calls would leave nothing to see; say whose calls, or to whom: from, to, or both");
  }
  const bool share = fault.percent() >= 0 && fault.percent() <= 100;
  if (!share) return invalid_argument("a share is above 0 to 100 percent");
  if (for_ms < 0 || for_ms > FaultBook::time_ms_max) return invalid_argument("a fault holds for at most a day");
  return check_what(fault);
}

}  // namespace

Result<v1::Fault> FaultBook::add(v1::Fault fault, std::int64_t for_ms, std::int64_t now_ms) {
  HOLON_TRY(check(fault, for_ms));
  if (faults_.size() >= faults_max) {
    return resource_exhausted("there are " + std::to_string(faults_max) + " faults already; remove some first");
  }
  fault.set_id(++last_id_);
  fault.set_until_unix_ms(now_ms + (for_ms == 0 ? time_ms : for_ms));
  fault.set_text(faults::to_text(app::rule_of(fault)));
  return faults_.emplace_back(std::move(fault));
}

template <class Goes>
std::vector<v1::Fault> FaultBook::take(Goes goes) {
  std::vector<v1::Fault> taken;
  std::ranges::copy_if(faults_, std::back_inserter(taken), goes);
  std::erase_if(faults_, goes);
  return taken;
}

Result<std::vector<v1::Fault>> FaultBook::remove(const std::vector<std::uint32_t>& ids) {
  for (std::uint32_t id : ids) {
    if (std::ranges::find(faults_, id, &v1::Fault::id) != faults_.end()) continue;
    return not_found("there is no fault " + std::to_string(id) + "; `holon fault list` shows those there are");
  }
  return take([&](const v1::Fault& fault) { return ids.empty() || std::ranges::find(ids, fault.id()) != ids.end(); });
}

std::vector<v1::Fault> FaultBook::expire(std::int64_t now_ms) {
  return take([&](const v1::Fault& fault) { return fault.until_unix_ms() <= now_ms; });
}

std::optional<std::int64_t> FaultBook::next_end_ms() const {
  const auto next = std::ranges::min_element(faults_, {}, &v1::Fault::until_unix_ms);
  return next == faults_.end() ? std::nullopt : std::optional(next->until_unix_ms());
}

}  // namespace holon::node
