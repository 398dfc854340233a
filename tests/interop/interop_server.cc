// The holon side of the interop test, called by grpc-js.
#include <map>
#include <mutex>

#include "holon/service.h"
#include "holon/task.h"
#include "holon/try.h"
#include "interop.holon.h"

namespace interop {

class InteropService final : public Interop::Service {
 public:
  holon::Result<Message> Echo(holon::Call&, const Message& request) override { return request; }

  holon::Result<void> Count(holon::Call&, const CountRequest& request, holon::Writer<Message>& out) override {
    Message message;
    message.set_data(std::string(static_cast<std::size_t>(request.size()), 'x'));
    for (int i = 0; i < request.count(); ++i) {
      message.set_number(i);
      TRY(out.write(message));
    }
    if (request.code() != 0) return holon::Error(static_cast<holon::Code>(request.code()), "counted");
    return {};
  }

  holon::Result<Message> Fail(holon::Call&, const Failure& request) override {
    return holon::Error(static_cast<holon::Code>(request.code()), request.message());
  }

  holon::Result<Message> Wait(holon::Call& call, const Message& request) override {
    change(request.text(), 1, 0);
    holon::Result<void> ended = holon::sleep(call, std::chrono::minutes(1));
    change(request.text(), -1, 1);
    if (!ended.ok()) return ended.error();
    return request;
  }

  holon::Result<WaitCounts> Waits(holon::Call&, const Message& request) override {
    std::lock_guard lock(mutex_);
    return waits_[request.text()];
  }

  holon::Result<Description> Describe(holon::Call& call, const Message&) override {
    Description description;
    for (const auto& [name, value] : call.metadata()) {
      if (name.ends_with("-bin")) {
        (*description.mutable_binaries())[name] += value;
      } else {
        (*description.mutable_texts())[name] += value + ";";
      }
    }
    description.set_trace_id(call.trace().trace_id());
    description.set_caller(std::string(call.caller()));
    if (call.deadline() != holon::Deadline::max()) {
      auto left = call.deadline() - holon::Clock::now();
      description.set_remaining_ms(std::chrono::duration_cast<std::chrono::milliseconds>(left).count());
    }
    call.response_metadata().add("x-before", "first");
    call.response_trailers().add("x-after", "last");
    call.response_trailers().add("x-after-bin", std::string("\0\xff", 2));
    return description;
  }

 private:
  void change(const std::string& text, int running, int ended) {
    std::lock_guard lock(mutex_);
    WaitCounts& counts = waits_[text];
    counts.set_running(counts.running() + running);
    counts.set_ended(counts.ended() + ended);
  }

  std::mutex mutex_;
  std::map<std::string, WaitCounts> waits_;
};

}  // namespace interop

int main(int argc, char** argv) { return holon::serve<interop::InteropService>(argc, argv); }
