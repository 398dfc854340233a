#include "gateway/admission.h"

#include "fiber/call.h"
#include "telemetry/refusals.h"

namespace holon::gateway {

Admission admit(const Edition& edition, const Rule& rule, Call& call, const Visitor& visitor, HeaderSpan headers,
                env::Time now) {
  Admission admission;
  const AccessDecision decision = edition.access().decide(call, rule.access, headers, visitor.address);
  if (!rule.rates.none()) {
    Rates::Verdict verdict = rule.rates.ask({visitor.address, headers, decision.claims});
    admission.headers = std::move(verdict.headers);
    if (!verdict.admitted) {
      telemetry::refused("gateway.rate", visitor.address, now);
      admission.refused = resource_exhausted("too many requests; see Retry-After");
      admission.status = 429;
      return admission;
    }
  }
  if (!decision.admitted()) {
    if (!decision.challenge.empty()) admission.headers.emplace_back("www-authenticate", decision.challenge);
    admission.refused = decision.error();
    admission.status = decision.status;
    return admission;
  }
  std::optional<Concurrency::Permit> permit = rule.concurrency.enter();
  if (permit) {
    admission.permit.emplace(*std::move(permit));
  } else {
    telemetry::refused("gateway.concurrency", visitor.address, now);
    admission.refused = unavailable("too many requests of this route are under way; try again");
    admission.status = 503;
    return admission;
  }
  internal::CallAccess::root(call).claims = decision.claims;
  return admission;
}

}  // namespace holon::gateway
