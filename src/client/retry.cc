#include "client/retry.h"

#include <algorithm>

namespace holon::client {

bool worth_another(const Failure& failure, bool idempotent) {
  if (failure.unseen) return true;
  const bool harmless = idempotent || failure.unbegun;
  if (!harmless || (failure.push_back && failure.push_back->count() < 0)) return false;
  // Whoever has too much to do says when it may be asked again, or means a quota that will not be there in a moment either.
  return failure.code == Code::unavailable || (failure.code == Code::resource_exhausted && failure.push_back);
}

env::Duration wait_before_next(const Failure& failure, int attempt, const Terms& terms, std::uint64_t random) {
  if (failure.push_back && failure.push_back->count() > 0) return *failure.push_back;
  if (failure.unseen) return {};
  env::Duration most = terms.retry_wait_first;
  for (int i = 1; i < attempt && most < terms.retry_wait_most; ++i) most *= 2;
  most = std::min(most, terms.retry_wait_most);
  return most * static_cast<std::int64_t>(random % 1024) / 1024;
}

}  // namespace holon::client
