#include "gateway/access/key_source.h"

#include <algorithm>
#include <utility>

#include "env/disk.h"
#include "fiber/call.h"
#include "fiber/loop.h"
#include "holon/log.h"

namespace holon::gateway {
namespace {

using std::chrono::seconds;

constexpr env::Duration file_interval = seconds(1);
constexpr env::Duration fetch_time = seconds(10);

bool is_url(const std::string& where) { return where.starts_with("https://") || where.starts_with("http://"); }

}  // namespace

void KeySchedule::succeeded(env::Time now) {
  retry_ = retry_first;
  next_ = now + interval_;
  early_ = now + std::min(unknown_pause, interval_);
}

void KeySchedule::failed(env::Time now) {
  next_ = now + std::min(retry_, interval_);
  early_ = next_;
  retry_ = std::min(2 * retry_, retry_most);
}

struct KeySource::State : std::enable_shared_from_this<State> {
  State(std::string from, env::Duration interval, env::Environment& in, Fetch by)
      : where(std::move(from)),
        world(in),
        fetch(std::move(by)),
        schedule(is_url(where) ? interval : std::min(interval, file_interval)) {}

  std::shared_ptr<const KeySet> get() {
    std::lock_guard lock(mutex);
    return current;
  }

  bool due() {
    std::lock_guard lock(mutex);
    return schedule.due(world.now());
  }

  bool early() {
    std::lock_guard lock(mutex);
    return schedule.early(world.now());
  }

  /// True for the one who is to refresh in the background.
  bool claim_refresh() {
    std::lock_guard lock(mutex);
    return schedule.due(world.now()) && !std::exchange(refreshing, true);
  }

  Result<std::string> read() {
    if (!is_url(where)) return world.disk().read(where, 0, keys_bytes_max + 1);
    internal::RootCall call(world.now() + fetch_time);  // of its own: a client that leaves is no failure of the source
    return fetch(call, where);
  }

  /// Asks the source. Whoever calls holds `asking`, or is alone.
  Result<void> ask() {
    Result<std::string> text = read();
    if (text.ok() && *text == text_in_use) return take({});
    Result<KeySet> keys = text.ok() ? read_keys(*text) : Result<KeySet>(text.error());
    if (!keys.ok()) return refuse(keys.error());
    for (const std::string& left_out : keys->left_out) {
      log::write(log::Level::warning, "a key is not used", {{"keys", where}, {"why", left_out}});
    }
    text_in_use = std::move(*text);
    return take(std::make_shared<const KeySet>(std::move(*keys)));
  }

  /// @param keys  null: they are the same as before
  Result<void> take(std::shared_ptr<const KeySet> keys) {
    std::lock_guard lock(mutex);
    if (keys != nullptr) current = std::move(keys);
    schedule.succeeded(world.now());
    complained.clear();
    return {};
  }

  /// A source that is down is logged once for each reason, not once for each attempt.
  Result<void> refuse(const Error& why) {
    std::lock_guard lock(mutex);
    schedule.failed(world.now());
    if (complained != why.message()) {
      complained = why.message();
      log::write(log::Level::warning, current != nullptr ? "the keys before stay in use" : "there are no keys",
                 {{"keys", where}, {"why", complained}});
    }
    return why.within(where);
  }

  /// On a fiber of its own, so that nobody waits whose keys are good enough.
  void refresh_in_background() {
    fiber::Loop::current()->spawn([self = shared_from_this()] {
      internal::RootCall call(self->world.now() + fetch_time);
      Result<Mutex::Guard> turn = self->asking.lock(call);
      if (turn.ok() && self->due()) (void)self->ask();  // it was logged
      std::lock_guard lock(self->mutex);
      self->refreshing = false;
    });
  }

  const std::string where;
  env::Environment& world;
  const Fetch fetch;
  Mutex asking;  ///< held while the source is asked: one at a time
  std::string text_in_use;
  std::mutex mutex;  ///< of what follows
  KeySchedule schedule;
  bool refreshing = false;
  std::string complained;
  std::shared_ptr<const KeySet> current;
};

KeySource::KeySource(std::string where, env::Duration interval, env::Environment& world, Fetch fetch)
    : state_(std::make_shared<State>(std::move(where), interval, world, std::move(fetch))) {}

Result<void> KeySource::start() {
  return is_url(state_->where) ? Result<void>() : state_->ask();
}

Result<std::shared_ptr<const KeySet>> KeySource::keys(Call& call) {
  if (std::shared_ptr<const KeySet> current = state_->get()) {
    if (state_->claim_refresh()) state_->refresh_in_background();
    return current;
  }
  Mutex::Guard turn = HOLON_TRY(state_->asking.lock(call));
  if (state_->get() == nullptr && state_->due()) HOLON_TRY(state_->ask());
  std::shared_ptr<const KeySet> current = state_->get();
  if (current == nullptr) return unavailable(state_->where + " gave no keys; it is asked again soon");
  return current;
}

std::shared_ptr<const KeySet> KeySource::newer(Call& call, std::shared_ptr<const KeySet> seen) {
  if (!state_->early() && state_->get() == seen) return seen;
  Result<Mutex::Guard> turn = state_->asking.lock(call);
  if (!turn.ok()) return seen;
  if (state_->get() == seen && state_->early()) (void)state_->ask();  // it was logged
  return state_->get();
}

}  // namespace holon::gateway
