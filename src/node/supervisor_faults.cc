// The faults that somebody put on calls: told to all hosts with the directory, and to people.
#include "node/supervisor.h"

namespace holon::node {
namespace {

using std::chrono::milliseconds;

std::int64_t unix_ms(env::Environment& world) {
  return std::chrono::duration_cast<milliseconds>(world.wall().time_since_epoch()).count();
}

std::string name_of(const v1::Fault& fault) { return "fault " + std::to_string(fault.id()); }

}  // namespace

Result<v1::Fault> Supervisor::add_fault(v1::Fault fault, std::int64_t for_ms) {
  v1::Fault added = HOLON_TRY(faults_.add(std::move(fault), for_ms, unix_ms(loop_.environment())));
  const auto seconds = (added.until_unix_ms() - unix_ms(loop_.environment()) + 999) / 1000;
  tell_fault("fault", name_of(added) + " is on, for " + std::to_string(seconds) + " s: it " + added.text());
  faults_changed();
  return added;
}

Result<void> Supervisor::remove_faults(const std::vector<std::uint32_t>& ids) {
  for (const v1::Fault& fault : HOLON_TRY(faults_.remove(ids))) {
    tell_fault("fault over", name_of(fault) + " was removed");
  }
  faults_changed();
  return {};
}

void Supervisor::expire_faults() {
  for (const v1::Fault& fault : faults_.expire(unix_ms(loop_.environment()))) {
    tell_fault("fault over", name_of(fault) + " is over: its time has passed");
  }
  faults_changed();
}

void Supervisor::tell_fault(const std::string& kind, const std::string& text) {
  say_(text);
  tell(kind, text);
}

void Supervisor::faults_changed() {
  const std::optional<std::int64_t> next = faults_.next_end_ms();
  if (next) {
    fault_timer_.start(loop_.environment().now() + milliseconds(*next - unix_ms(loop_.environment())));
  } else {
    fault_timer_.stop();
  }
  directory_.renew();
  changed();
}

}  // namespace holon::node
