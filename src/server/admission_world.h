// A simulated service behind its door: calls come by chance, at a rate, whether or not others are answered (an open loop).
// Seeded: a run can be repeated.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <queue>
#include <random>
#include <vector>

#include "server/admission.h"

namespace holon::server {

using std::chrono::milliseconds;
using std::chrono::seconds;

class AdmissionWorld {
 public:
  /// What the service is made of.
  struct Plant {
    std::size_t slots = 1;               ///< what a call holds while it is worked on; others wait for one within the service
    env::Duration work = milliseconds(20);
    bool varies = false;                 ///< from call to call, exponentially; `work` is the mean
    bool occupies_loop = false;          ///< it computes: nothing else starts meanwhile
  };
  struct Caller {
    double per_second = 0;
    int priority = internal::Priority::normal;
    std::size_t name = 0;
    env::Duration timeout = seconds(1);
    int attempts_max = 1;  ///< what is turned away comes again when it may
  };

  explicit AdmissionWorld(const Plant& plant, std::uint32_t seed = 1) : plant_(plant), random_(seed) {}

  void set_plant(const Plant& plant) { plant_ = plant; }
  /// Calls of `caller` come from now on, until `stop`.
  std::size_t add(const Caller& caller) {
    callers_.push_back(caller);
    come(callers_.size() - 1);
    return callers_.size() - 1;
  }
  void stop(std::size_t caller) { callers_[caller].per_second = 0; }

  void run(env::Duration time) {
    for (const env::Time until = now_ + time; !events_.empty() && events_.begin()->first <= until;) {
      now_ = events_.begin()->first;
      const auto event = std::move(events_.begin()->second);
      events_.erase(events_.begin());
      event();
    }
  }

  /// What became of the calls since `forget`.
  struct Tally {
    std::size_t came = 0, good = 0, turned_away = 0;
    std::vector<env::Duration> took;  ///< of the good ones

    double share() const { return came == 0 ? 1 : static_cast<double>(good) / static_cast<double>(came); }
    double p99_ms() {
      std::sort(took.begin(), took.end());
      return took.empty() ? 0 : std::chrono::duration<double, std::milli>(took[took.size() * 99 / 100]).count();
    }
  };
  Tally& tally(std::size_t caller) { return tallies_[caller]; }
  void forget() { tallies_.clear(); }

  Admission& admission() { return admission_; }

 private:
  struct Call final : Applicant {
    Call(AdmissionWorld& of, std::size_t by) : world(of), caller(by) {}
    void turned_away(Shed, std::chrono::milliseconds again) override { world.turned_away(*this, again); }
    AdmissionWorld& world;
    std::size_t caller;
    env::Time came{};  ///< this attempt
    int attempts = 1;
  };

  void at(env::Duration later, std::function<void()> what) { events_.emplace(now_ + later, std::move(what)); }

  void come(std::size_t who) {
    const Caller& caller = callers_[who];
    if (caller.per_second <= 0) return;
    const double wait = std::exponential_distribution<>(caller.per_second)(random_);
    at(env::Duration(static_cast<std::int64_t>(wait * 1e9)), [this, who] {
      if (callers_[who].per_second <= 0) return;
      ++tallies_[who].came;
      Call* call = new Call(*this, who);
      calls_.emplace(call, std::unique_ptr<Call>(call));
      call->claim = {.priority = callers_[who].priority, .caller = callers_[who].name, .deadline = now_ + callers_[who].timeout};
      arrive(*call);
      come(who);
    });
  }

  void arrive(Call& call) {
    call.came = now_;
    admission_.arrive(call, now_);
    if (!looking_) look();
    start_more();
  }

  void look() {
    looking_ = true;
    at(milliseconds(5), [this] {
      admission_.look(now_);
      looking_ = false;
      if (admission_.waiting() > 0) look();
    });
  }

  void start_more() {
    while (!(plant_.occupies_loop && working_ > 0)) {
      Applicant* next = admission_.next(now_);
      if (next == nullptr) return;
      inside_.push(static_cast<Call*>(next));
      work();
    }
  }

  void work() {
    while (!inside_.empty() && working_ < plant_.slots) {
      Call* call = inside_.front();
      inside_.pop();
      if (call->claim.deadline <= now_) {
        end(*call, ConcurrencyLimit::End::late);
        continue;
      }
      ++working_;
      at(work_of_a_call(), [this, call] {
        --working_;
        const bool good = now_ <= call->claim.deadline;
        if (good) {
          ++tallies_[call->caller].good;
          tallies_[call->caller].took.push_back(now_ - call->came);
        }
        end(*call, good ? ConcurrencyLimit::End::done : ConcurrencyLimit::End::late);
        work();
        start_more();
      });
    }
  }

  env::Duration work_of_a_call() {
    if (!plant_.varies) return plant_.work;
    const double share = std::exponential_distribution<>(1)(random_);
    return env::Duration(static_cast<std::int64_t>(share * static_cast<double>(plant_.work.count())));
  }

  void end(Call& call, ConcurrencyLimit::End how) {
    admission_.ended(call, how, now_);
    calls_.erase(&call);
  }

  void turned_away(Call& call, std::chrono::milliseconds again) {
    ++tallies_[call.caller].turned_away;
    if (call.attempts++ >= callers_[call.caller].attempts_max) return void(calls_.erase(&call));
    at(again, [this, &call] { arrive(call); });
  }

  Plant plant_;
  std::mt19937 random_;
  env::Time now_{seconds(1000)};
  std::multimap<env::Time, std::function<void()>> events_;
  std::vector<Caller> callers_;
  std::map<std::size_t, Tally> tallies_;
  Admission admission_{Admission::Rules{}};
  std::map<Call*, std::unique_ptr<Call>> calls_;
  std::queue<Call*> inside_;  ///< started, and waiting for a slot
  std::size_t working_ = 0;
  bool looking_ = false;
};

}  // namespace holon::server
