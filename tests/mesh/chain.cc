// The program of the application `chain`.
#include <unistd.h>

#include <atomic>

#include "chain.holon.h"
#include "holon/service.h"
#include "holon/task.h"
#include "holon/wiring.h"

namespace {

using holon::Call;
using holon::Result;
using holon::Wiring;

/// Asks the next one.
template <class Contract, class Next>
class Link final : public Contract::Service {
 public:
  explicit Link(Wiring& wiring) : next_(wiring) {}

  Result<chain::AskReply> Ask(Call& call, const chain::AskRequest& request) override { return next_->Ask(call, request); }

 private:
  holon::Ref<Next> next_;
};

class Four final : public chain::Four::Service {
 public:
  explicit Four(Wiring& wiring) : five_(wiring) {}

  Result<chain::AskReply> Ask(Call& call, const chain::AskRequest& request) override { return five_->Ask(call, request); }
  Result<chain::AskReply> Order(Call& call, const chain::AskRequest& request) override { return five_->Order(call, request); }
  Result<chain::AskReply> AskFor(Call& call, const chain::AskForRequest& request) override { return five_->AskFor(call, request); }
  Result<chain::AskReply> TellFor(Call& call, const chain::AskForRequest& request) override {
    holon::Reader<chain::AskReply> told = five_->TellFor(call, request);
    const std::optional<chain::AskReply> reply = HOLON_TRY(told.next());
    return reply ? Result<chain::AskReply>(*reply) : holon::unavailable("it told nothing");
  }

 private:
  holon::Ref<chain::Five> five_;
};

class Five final : public chain::Five::Service {
 public:
  Result<chain::AskReply> Ask(Call& call, const chain::AskRequest&) override {
    ++asked_;
    return answer(call);
  }
  Result<chain::AskReply> Order(Call& call, const chain::AskRequest&) override {
    ++ordered_;
    return answer(call);
  }
  Result<chain::AskReply> AskFor(Call& call, const chain::AskForRequest&) override {
    ++asked_;
    return answer(call);
  }
  Result<void> TellFor(Call& call, const chain::AskForRequest&, holon::Writer<chain::AskReply>& out) override {
    return out.write(HOLON_TRY(answer(call)));
  }
  Result<chain::Behaviour> Behave(Call&, const chain::Behaviour& behaviour) override {
    delay_ms_ = behaviour.delay_ms();
    code_ = behaviour.code();
    return behaviour;
  }
  Result<chain::CountReply> Count(Call&, const chain::CountRequest&) override {
    chain::CountReply reply;
    reply.set_asked(asked_);
    reply.set_ordered(ordered_);
    reply.set_gave_up(gave_up_);
    return reply;
  }

 private:
  Result<chain::AskReply> answer(Call& call) {
    if (const int ms = delay_ms_; ms > 0) {
      const Result<void> slept = holon::sleep(call, std::chrono::milliseconds(ms));
      if (!slept.ok()) ++gave_up_;
      HOLON_TRY(slept);
    }
    if (const int code = code_; code != 0) return holon::Error(static_cast<holon::Code>(code), "as it was told");
    chain::AskReply reply;
    reply.set_pid(::getpid());
    return reply;
  }

  std::atomic<int> delay_ms_{0}, code_{0};
  std::atomic<std::int64_t> asked_{0}, ordered_{0}, gave_up_{0};
};

using One = Link<chain::One, chain::Two>;
using Two = Link<chain::Two, chain::Three>;
using Three = Link<chain::Three, chain::Four>;

}  // namespace

int main(int argc, char** argv) { return holon::serve<One, Two, Three, Four, Five>(argc, argv); }
