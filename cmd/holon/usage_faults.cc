// The verbs that put faults on calls.
#include <memory>

#include "cmd/holon/usage.h"
#include "cmd/holon/usage_options.h"
#include "cmd/holon/verbs.h"

namespace holon::cli {
namespace {

Verb add_verb() {
  auto told = std::make_shared<FaultAddOptions>();
  return Verb("add", "put a fault on calls between services, those within a process too", [told] { return fault_add(*told); })
      .option("-f,--file", "FILE", &told->file, file_about)
      .option("--from", "SERVICE", &told->from, "whose calls: a service, or gateway for what comes from outside; all if absent")
      .option("--to", "SERVICE", &told->to, "calls to whom; all if absent")
      .option("--method", "METHOD", &told->method, "calls of this method, as GetProduct of who is called, or shop.Catalog/GetProduct")
      .option("--metadata", "NAME=VALUE", &told->metadata, "calls with this metadata, or with this entry in their W3C baggage, which "
              "is inherited from call to call")
      .option("--percent", "SHARE", &told->percent, "of these calls; 100 if absent")
      .between(0.001, 100)
      .option("--delay", "TIME", &told->delay, "they wait before they go on, as 200ms, or 200ms±50ms for 150 to 250 ms")
      .option("--throttle", "RATE", &told->throttle, "so many go on, as 10/s or 90/min; the others wait for their turn")
      .option("--abort", "CODE", &told->abort, "they end with this gRPC code, as unavailable; no handler sees them")
      .flag("--black-hole", told->black_hole, "nothing ever comes back: they end at their deadlines")
      .flag("--reset", told->reset, "their handlers run, but the answers are lost: they end with UNAVAILABLE")
      .option("--for", "TIME", &told->time, "how long the fault holds, at most a day; 10min if absent")
      .flag("--json", told->json, json_about)
      .text("The fault is on all hosts at once, also on those that start later. It ends when it is removed, when its time is over, "
            "and with the node: a host that has lost its node has no faults. ps, events and the dashboard tell of it, and so does "
            "the error of each call that it ends; calls counts how many it hit.")
      .example("holon fault add --from cart --to catalog --delay 200ms±50ms --percent 30", "a slow network, now and then")
      .example("holon fault add --to catalog --method GetProduct --abort unavailable --for 1min", "a method that fails, for a minute")
      .example("holon fault add --to payment --black-hole --metadata user=ann", "for the requests of one person alone");
}

Verb list_verb() {
  auto told = std::make_shared<NodeOptions>();
  return Verb("list", "the faults that are set", [told] { return fault_list(*told); })
      .option("-f,--file", "FILE", &told->file, file_about)
      .flag("--json", told->json, json_about)
      .example("holon fault list", "each with its number, what it does, and when it ends");
}

Verb remove_verb() {
  auto told = std::make_shared<FaultRemoveOptions>();
  return Verb("remove", "take faults away, and show those that are left", [told] { return fault_remove(*told); })
      .option("-f,--file", "FILE", &told->file, file_about)
      .flag("--all", told->all, "all of them")
      .flag("--json", told->json, json_about)
      .argument("FAULT", &told->ids, "its number")
      .example("holon fault remove --all", "the application is left alone again");
}

}  // namespace

Verb fault_verb() {
  return Verb("fault", "slow down, lose and fail calls, to see what becomes of the application")
      .verb(add_verb())
      .verb(list_verb())
      .verb(remove_verb());
}

}  // namespace holon::cli
