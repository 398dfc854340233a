// Both directions of a stream at a time: what the client sends is handed on while what the service answers is.
//
//   auto [received, broken] = both_ways(call, [&] { return send_all(); }, [&] { return receive_all(); });
//
// The service's answer ends both: it need not have read all. What the client sends wrong ends both as well.
#pragma once

#include <optional>

#include "holon/task.h"

namespace holon::gateway {

struct BothWays {
  Result<void> received;
  std::optional<Error> broken;  ///< what the client sent wrong, if that was the end
};

/// @param send     hands on what the client sends; its error is the client's own: that nobody reads any more is none
/// @param receive  hands on the answer to its end
template <class Send, class Receive>
BothWays both_ways(Call& call, Send send, Receive receive) {
  std::optional<Error> broken;
  TaskGroup group(call);
  Task<void> receiving = group.spawn([&receive](Call&) -> Result<void> { return receive(); });
  group.spawn([&](Call& branch) -> Result<void> {
    Result<void> sent = send();
    if (sent.ok() || branch.cancelled()) return sent;  // cancelled: nobody wants more
    broken = sent.error();
    group.cancel();
    return sent;
  });
  Result<void> received = receiving.get();
  return {std::move(received), broken};  // before the group ends what still sends
}

}  // namespace holon::gateway
