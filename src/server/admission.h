// Admission: which calls that have come through the door start, which wait, and which are turned away.
//
//   admission.arrive(call, now);                                     // it waits
//   while (Applicant* next = admission.next(now)) start(*next);      // … admission.ended(*next, how, now);
//
// Each service has as many calls under way as it can use (concurrency_limit.h), so that a service that waits for something slow
// does not stand in the way of others. Of those that wait (waiting_calls.h), critical ones start first, sheddable ones last. In
// overload, what can't start soon is turned away, and told when to come again.
//
// Pure: one loop's machine over points of time. A local call within the host does not come here: it runs in its caller's place.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "fiber/call.h"
#include "server/concurrency_limit.h"
#include "server/waiting_calls.h"

namespace holon::server {

/// Why a call is turned away.
enum class Shed : std::uint8_t {
  delay,  ///< it has waited too long while there were too many
  full,   ///< a more urgent call takes its place
  late,   ///< its deadline would pass before its answer could be there
};
constexpr std::size_t sheds = 3;

/// A call at the door.
class Applicant : public Waiting {
 public:
  /// It does not start. It waits no more when it is told.
  /// @param come_again  when another attempt makes sense
  virtual void turned_away(Shed why, std::chrono::milliseconds come_again) = 0;

  /// What decides; set before it arrives.
  struct Claim {
    std::uint32_t service = 0;  ///< its number, dense
    std::uint32_t method = 0;   ///< its number within the service
    int priority = internal::Priority::normal;
    std::size_t caller = 0;     ///< a hash of who calls
    env::Time deadline = env::Time::max();
  };
  Claim claim;

 protected:
  ~Applicant() = default;

 private:
  friend class Admission;
  env::Time started_{};
};

/// The trailers of a call that is turned away: no handler began it, and it may be made again after so long (gRFC A6).
Metadata come_again_in(std::chrono::milliseconds time);

class Admission {
 public:
  struct Rules {
    /// What a call may wait for its start in overload, where calls do not take long themselves.
    env::Duration queue_target = std::chrono::milliseconds(10);
    /// For so long no call started in time: that is overload.
    env::Duration queue_patience = std::chrono::milliseconds(500);
    /// Of one service, at once, whatever they take.
    std::size_t running_max = 10'000;
  };

  explicit Admission(const Rules& rules);
  ~Admission();

  /// It waits from here on.
  void arrive(Applicant& call, env::Time now);
  /// The one that may start now, and has a place until `ended`; null if there is none. Turns away what has waited too long.
  Applicant* next(env::Time now);
  /// Whether `next` may have one.
  bool ready();
  void ended(const Applicant& call, ConcurrencyLimit::End how, env::Time now);
  /// It was given a place, and needs none.
  void returned(const Applicant& call);
  /// A call that waits does so no more.
  void withdraw(Applicant& call);
  /// Turns away what has waited too long, or has no time left. To be asked now and then while calls wait.
  void look(env::Time now);
  /// Turns away one that waits and is less urgent; false if there is none.
  bool make_room(int priority);
  /// When a call that is turned away now may come again: later from period to period of overload, and not all at once.
  std::chrono::milliseconds come_again(std::uint32_t service, int priority);

  std::size_t waiting() const { return waiting_; }

  /// Of one service.
  struct State {
    double limit = ConcurrencyLimit::none;
    std::size_t running = 0;
    std::size_t waiting = 0;
    bool overloaded = false;
  };
  State state(std::uint32_t service) const;

 private:
  struct Gate;
  struct Queue;
  using Queues = fiber::List<Queue>;

  Gate& gate(std::uint32_t service);
  bool open(const Gate& gate) const;
  env::Duration target(const Queue& queue) const;
  Applicant* take(Queue& queue, env::Time now);
  void shed_stale(Queue& queue, env::Time now);
  void shed_late(Queue& queue, env::Time now);
  void shed(Waiting& call, Shed why);
  void settle(Queue& queue);
  std::chrono::milliseconds come_again(const Queue& queue);

  Rules rules_;
  std::vector<std::unique_ptr<Gate>> gates_;
  std::array<Queues, internal::Priority::count> queues_;  ///< those that are not empty, by turns
  std::size_t waiting_ = 0;
  std::uint32_t spread_ = 0;
};

}  // namespace holon::server
