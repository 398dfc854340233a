#include "client/breaker.h"

#include <algorithm>

namespace holon::client {

void Breaker::ended(Outcome outcome, env::Time now) {
  if (outcome == Outcome::unknown) {
    probe_until_ = {};
    return;
  }
  turn_over(now);
  ++now_.calls;
  if (outcome == Outcome::good) {
    absences_ = 0;
    // What began before it opened says nothing about how things are since.
    if (tripped_ && now >= open_until_) close();
    return;
  }
  ++now_.failures;
  absences_ = outcome == Outcome::absent ? absences_ + 1 : 0;
  const bool half_open = tripped_ && now >= open_until_;
  if (half_open || (!tripped_ && (absences_ >= rules_.absences_in_a_row || mostly_fails()))) trip(now);
}

void Breaker::probe(env::Time now) {
  if (now >= open_until_) probe_until_ = now + rules_.open_first * 2;
}

void Breaker::trip(env::Time now) {
  if (!tripped_) out_since_ = now;
  tripped_ = true;
  ++trips_;
  env::Duration open = rules_.open_first;
  for (int i = 0; i < openings_ && open < rules_.open_most; ++i) open *= 2;
  ++openings_;
  open_until_ = now + std::min(open, rules_.open_most);
  probe_until_ = {};
  now_ = before_ = {};  // what led to this does not count once more when it is tried again
}

void Breaker::close() {
  tripped_ = false;
  openings_ = 0;
  now_ = before_ = {};
}

// Two halves: what is judged is between one half and one whole window old.
void Breaker::turn_over(env::Time now) {
  const env::Duration half = rules_.window / 2;
  if (now < tally_began_ + half) return;
  before_ = now < tally_began_ + rules_.window ? now_ : Tally{};
  now_ = {};
  tally_began_ = now;
}

bool Breaker::mostly_fails() const { return 100 * (1 - well()) >= static_cast<double>(rules_.failure_percent); }

}  // namespace holon::client
