// For work that blocks its thread and that nobody waits for: see holon::blocking for work that somebody waits for.
#pragma once

#include <functional>

namespace holon::fiber {

/// Runs `work` on a thread of holon::blocking's pool, perhaps after whoever asked is gone: it must own all it uses. False if
/// too much waits there already. Any thread.
bool run_on_thread(std::function<void()> work);

}  // namespace holon::fiber
