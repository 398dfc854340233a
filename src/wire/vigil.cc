#include "wire/vigil.h"

#include <algorithm>

namespace holon::wire {

Vigil::Overdue Vigil::overdue(env::Time now) const {
  if (!greeted_ && now >= after(began_, times_.preface_time)) {
    return {"preface_timeout", "did not send its HTTP/2 preface and settings in time"};
  }
  if (open_frame_ != 0 && now >= after(frame_began_, times_.frame_time)) {
    return {"slow_writer", "does not finish a frame or header block that it began"};
  }
  if (stalled_ != env::Time::max() && now >= after(stalled_, times_.write_time)) {
    return {"slow_reader", "takes none of the bytes that wait for it"};
  }
  if (asked_ != env::Time::max() && now >= after(asked_, times_.keepalive_timeout)) {
    return {"keepalive_timeout", "gives no sign of life: it did not answer a PING"};
  }
  return {};
}

env::Time Vigil::next(env::Time now) const {
  env::Time next = greeted_ ? env::Time::max() : after(began_, times_.preface_time);
  if (open_frame_ != 0) next = std::min(next, after(frame_began_, times_.frame_time));
  if (stalled_ != env::Time::max()) next = std::min(next, after(stalled_, times_.write_time));
  if (asked_ != env::Time::max()) return std::min(next, after(asked_, times_.keepalive_timeout));
  next = std::min(next, std::max(now, expects_until()));
  // Where no stream is open the peer is not asked, however long ago it was heard: look again a whole period later.
  env::Time ask = after(heard_, times_.keepalive_time);
  return std::min(next, ask > now ? ask : after(now, times_.keepalive_time));
}

}  // namespace holon::wire
