// Whether a request may enter under the terms of its rule: who asks, how often, and how many at a time. The same for HTTP and
// gRPC.
#pragma once

#include <optional>

#include "gateway/edition.h"
#include "gateway/visit.h"

namespace holon::gateway {

struct Admission {
  /// Why it may not; nothing: it may.
  std::optional<Error> refused;
  int status = 200;    ///< by HTTP
  HeaderList headers;  ///< of the answer, whatever it is: what is left of a rate, how to prove who one is
  std::optional<Concurrency::Permit> permit;  ///< held while it is under way
};

/// Sets the call's claims. Counts who is refused. Who tries counts against the rates of the rule whether he may enter or not:
/// nobody tries out keys for nothing. May suspend, for keys behind a URL.
Admission admit(const Edition& edition, const Rule& rule, Call& call, const Visitor& visitor, HeaderSpan headers,
                env::Time now);

}  // namespace holon::gateway
