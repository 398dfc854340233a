// Rule: a fault that somebody put on calls: which calls it hits, and what becomes of them. Values; nothing here waits.
//
//   Rule rule{.id = 3, .from = "shop.Cart", .to = "shop.Catalog", .share = 0.3, .delay = 200ms, .jitter = 50ms};
//   rule.concerns({"shop.Cart", "shop.Catalog/GetProduct", metadata, baggage})   // true
//   to_text(rule)              // "delays 30 % of the calls of shop.Cart to shop.Catalog by 200ms±50ms"
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "env/environment.h"
#include "holon/call.h"
#include "holon/result.h"

namespace holon::faults {

/// How a call that is hit ends.
enum class Ending : std::uint8_t {
  untouched,   ///< as it would
  abort,       ///< with an error of this code, in place of its handler
  black_hole,  ///< it is sent, and nothing ever comes back
  reset,       ///< its handler runs, and the answer is lost
};

/// A call that a rule may hit; views what the call has.
struct Subject {
  std::string_view caller;  ///< a contract; "" for calls that no service makes
  std::string_view method;  ///< "shop.Catalog/GetProduct"
  const Metadata& metadata;  ///< what its caller sends beside the request
  std::string_view baggage;  ///< W3C baggage, which all calls below a request inherit
};

/// What stands for the caller of calls that no service makes.
inline constexpr std::string_view outside = "gateway";

struct Rule {
  std::uint32_t id = 0;
  // ---- which calls: all that is said has to hold
  std::string from = {};    ///< the caller's contract, or `outside`; "": whoever calls
  std::string to = {};      ///< the callee's contract; "": all
  std::string method = {};  ///< "GetProduct"; "": all
  std::vector<std::pair<std::string, std::string>> metadata = {};  ///< each in the call's metadata, or in its baggage
  double share = 1;         ///< of these calls, above 0 to 1
  // ---- what becomes of them
  env::Duration delay{};
  env::Duration jitter{};   ///< delays are spread evenly from delay - jitter to delay + jitter
  double per_second = 0;    ///< at most so many calls go on, the others wait for their turn; 0: no matter
  Ending ending = Ending::untouched;
  Code code = Code::ok;     ///< of `abort`
  // ----
  env::Time until = env::Time::max();

  /// Whether it may hit a call, whatever its share.
  bool concerns(const Subject& subject) const;
};

/// What it does and to which calls, for people.
std::string to_text(const Rule& rule);

}  // namespace holon::faults
