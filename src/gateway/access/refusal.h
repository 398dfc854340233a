// Refusal: why somebody may not enter, by name. For counters, the log and the tests; the answer says none of it.
#pragma once

#include <string>
#include <string_view>

namespace holon::gateway {

struct Refusal {
  std::string_view rule;  ///< "gateway.jwt.expired", counted by it; of a text that lives forever
  std::string why;        ///< with the particulars, but never with a token, a key or a signature
};

}  // namespace holon::gateway
