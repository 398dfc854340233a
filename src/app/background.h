// Background: the work that services do of their own, from after `start` until the host stops.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "fiber/call.h"
#include "holon/task.h"

namespace holon::app {

class Background {
 public:
  Background() : call_(Deadline::max()), group_(call_) {}

  /// Runs `work` of `service` on a fiber. An error that is not its cancellation is logged.
  void run(std::string_view service, std::function<Result<void>(Call&)> work);

 private:
  internal::RootCall call_;
  TaskGroup group_;  ///< its end cancels and joins
};

}  // namespace holon::app
