#include "clock/clock.h"

#include <ctime>

holon::Result<town::Time> Clock::Now(holon::Call&, const town::NowRequest&) {
  town::Time time;
  time.set_hour(static_cast<int>(std::time(nullptr) / 3600 % 24));
  return time;
}
