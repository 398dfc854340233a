#include "cmd/holon/fault_table.h"

#include <algorithm>

#include "cmd/holon/table.h"
#include "cmd/holon/terminal.h"
#include "env/environment.h"

namespace holon::cli {
namespace {

std::string time_left(const node::v1::Fault& fault) {
  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(env::os().wall().time_since_epoch()).count();
  return age_text(std::max<std::int64_t>(0, (fault.until_unix_ms() - now + 999) / 1000));
}

}  // namespace

void print_faults(const FaultList& faults) {
  if (faults.empty()) return say("no fault is set");
  Table table({{"FAULT", 5, Column::right}, {"WHAT IT DOES", Column::key}, {"ENDS IN", 5, Column::right}});
  for (const node::v1::Fault& fault : faults) table.add({std::to_string(fault.id()), fault.text(), time_left(fault)});
  table.print();
  std::fflush(stdout);
}

void print_fault_warning(const FaultList& faults) {
  if (faults.empty()) return;
  const Paint paint(stdout);
  const std::string count = faults.size() == 1 ? "A FAULT IS SET" : std::to_string(faults.size()) + " FAULTS ARE SET";
  std::printf("%s; what looks like trouble may come of that, and `holon fault remove --all` ends it:\n",
              paint.tinted(Tone::bad, count).c_str());
  for (const node::v1::Fault& fault : faults) {
    std::printf("  fault %u %s, for %s yet\n", fault.id(), fault.text().c_str(), time_left(fault).c_str());
  }
}

}  // namespace holon::cli
