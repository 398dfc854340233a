#include "cmd/holon/edges.h"

#include <array>
#include <cmath>
#include <cstdio>

namespace holon::cli {
namespace {

std::string with_digits(double value, int digits) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.*f", digits, value);
  return text.data();
}

}  // namespace

std::string edge_name(const node::v1::EdgeUsage& edge) {
  return (edge.caller().empty() ? "-" : edge.caller()) + " → " + edge.callee();
}

std::string percent_text(double share) {
  const double tenths = std::floor(1000 * share + 1e-9) / 10;
  return (share >= 1 ? "100" : with_digits(tenths, 1)) + " %";
}

std::string count_text(double count) { return with_digits(std::floor(count), 0); }

std::string unfit_text(const node::v1::EdgeUsage& edge) {
  std::string text;
  for (const node::v1::CalleeEndpoint& endpoint : edge.unfit()) {
    text += (text.empty() ? "" : ", ") + (endpoint.host().empty() ? endpoint.address() : endpoint.host());
    text += " (" + (endpoint.breaker() == "closed" ? "silent" : endpoint.breaker()) + ")";
  }
  return text;
}

std::string limit_text(const node::v1::Door& door) {
  const bool bounded = door.limit() >= static_cast<double>(door.running()) && door.limit() > 0;  // else some loops have none
  return bounded ? with_digits(door.limit(), 1) : "-";
}

std::string doors_text(const google::protobuf::RepeatedPtrField<node::v1::Door>& doors) {
  node::v1::Door all;
  for (const node::v1::Door& door : doors) {
    all.set_running(all.running() + door.running());
    all.set_waiting(all.waiting() + door.waiting());
    all.set_limit(all.limit() + door.limit());
  }
  const std::string limit = limit_text(all);
  return std::to_string(all.running()) + (limit == "-" ? "" : " of at most " + limit) + " run, " + std::to_string(all.waiting()) + " wait";
}

}  // namespace holon::cli
