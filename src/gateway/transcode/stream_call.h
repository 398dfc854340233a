// One HTTP request that is a stream to or from a service, or both: requests are pumped in while replies are pumped out, each as
// fast as its reader takes them. Ends with the visit, its deadline, or the client, whichever comes first; the service is told.
#pragma once

#include <chrono>

#include "gateway/contracts.h"
#include "gateway/transcode/negotiate.h"
#include "gateway/visit.h"
#include "holon/generated.h"

namespace holon::gateway {

/// How long a stream may be silent.
struct Beats {
  std::chrono::nanoseconds first{std::chrono::seconds(1)};   ///< until the head of the answer goes without a reply
  std::chrono::nanoseconds later{std::chrono::seconds(15)};  ///< until an event stream sends a comment
};

/// Answers the visit.
/// @param form  of the replies
/// @param way  leads to the service of the route's method
void serve_stream(Visit& visit, const Router::Match& match, const Contracts& contracts, const internal::Binding& way,
                  Form form, const Beats& beats);

}  // namespace holon::gateway
