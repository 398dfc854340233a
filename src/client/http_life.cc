#include "client/http_life.h"

#include <utility>

namespace holon::client {
namespace {

/// Only answers are waited for here: a connection's other times are its own business.
wire::LinkTimes times_of(env::Duration silence_time) {
  return {.preface_time = wire::never,
          .frame_time = wire::never,
          .write_time = wire::never,
          .keepalive_time = wire::never,
          .keepalive_timeout = silence_time,
          .silence_time = silence_time};
}

}  // namespace

HttpLife::HttpLife(fiber::Loop& loop, env::Duration silence_time, std::function<void()> ask, std::function<void()> fell_silent)
    : loop_(loop),
      vigil_(times_of(silence_time), loop.now()),
      ask_(std::move(ask)),
      fell_silent_(std::move(fell_silent)) {
  vigil_.greeted();
}

void HttpLife::expects() {
  if (vigil_.expects(loop_.now()) && !timer_.scheduled()) look_later();
}

void HttpLife::heard() {
  vigil_.heard(loop_.now(), 0);
  if (!timer_.scheduled()) look_later();
}

void HttpLife::look() {
  const env::Time now = loop_.now();
  if (vigil_.silent(now)) return fell_silent_();
  if (vigil_.must_ask(now, true)) {
    vigil_.asked(now);
    ask_();
  }
  look_later();
}

void HttpLife::look_later() {
  const env::Time next = vigil_.next(loop_.now());
  if (next != env::Time::max()) timer_.start(next);
}

}  // namespace holon::client
