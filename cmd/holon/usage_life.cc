// The verbs that run an application: up, down, and all between.
#include <memory>

#include "cmd/holon/usage.h"
#include "cmd/holon/usage_options.h"
#include "cmd/holon/verbs.h"

namespace holon::cli {
namespace {

Verb up_verb() {
  auto told = std::make_shared<UpOptions>();
  return Verb("up", "start the application, and follow its logs; Ctrl-C stops it", [told] { return up(*told); })
      .option("-f,--file", "FILE", &told->file, file_about)
      .flag("-d,--detach", told->detach, "leave it running in the background")
      .flag("--wait", told->wait, "with -d: come back when every host is ready, or say why one is not")
      .flag("--watch", told->watch, "build when a source is saved, and restart the hosts that it touches")
      .option("--build", "COMMAND", &told->build, "with --watch: what builds, instead of cmake where it built the programs")
      .option("--overlay", "NAME", &told->overlays, overlay_about)
      .option("--placement", "PLACEMENT", &told->placement, "which placement of holon.yaml; the default one if absent")
      .option("--port", "PORT", &told->port, "where the gateway answers, instead of holon.yaml's port")
      .between(0, 65535)
      .flag("--strict", told->strict, "local calls go through bytes, as if they were remote")
      .option("--bin", "DIR", &told->bin, "where programs are, if not beside holon.yaml")
      .flag("--json", told->json, "with -d, how the hosts are then; else each line of a log on a line of its own")
      .hidden_flag("--as-node", told->as_node)
      .text("Everything that is wrong in holon.yaml and in the programs it names is said before anything starts. A second "
            "Ctrl-C kills at once what does not end by itself.")
      .text("With --watch, all files below the folder of holon.yaml are looked at, but for what a build or a package manager made. "
            "When one is saved, the programs that run are built, and just these hosts are started anew: those whose program has "
            "become another file, and those of a command beside which the file lies. The others, and a debugger that is attached "
            "to one, notice nothing; nor does anybody if the build fails.")
      .example("holon up", "run it until Ctrl-C, and show what its hosts write")
      .example("holon up -d --wait", "leave it running, and come back when every host is ready")
      .example("holon up --watch", "while one writes code: each saved source is built, and what it touches started anew")
      .example("holon up --overlay production", "as holon.yaml says, and holon.production.yaml says otherwise")
      .example("holon up --placement monolith --port 9000", "all services in one process, the gateway at port 9000");
}

/// What `up --watch` starts beside the node.
Verb watch_verb() {
  auto told = std::make_shared<WatchOptions>();
  return Verb("watch", "build and restart what a saved source touches", [told] { return watch(*told); })
      .option("-f,--file", "FILE", &told->file, file_about)
      .option("--build", "COMMAND", &told->build, "what builds")
      .hide();
}

Verb down_verb() {
  auto told = std::make_shared<NodeOptions>();
  return Verb("down", "stop the application", [told] { return down(*told); })
      .option("-f,--file", "FILE", &told->file, file_about)
      .flag("--json", told->json, json_about)
      .text("Calls under way are finished, within the drain time of each host. Hosts whose node was killed are ended too.")
      .example("holon down", "stop what runs here");
}

Verb ps_verb() {
  auto told = std::make_shared<PsOptions>();
  return Verb("ps", "the hosts that run, and how they are", [told] { return ps(*told); })
      .option("-f,--file", "FILE", &told->file, file_about)
      .flag("-w,--watch", told->watch, "go on, and show each change")
      .flag("--json", told->json, json_lines_about)
      .example("holon ps", "each host with its state, process, restarts and the cause of its last end")
      .example("holon ps --json | jq -r '.hosts[].endpoint'", "where each host answers");
}

Verb logs_verb() {
  auto told = std::make_shared<LogsOptions>();
  return Verb("logs", "what the hosts wrote", [told] { return logs(*told); })
      .option("--file", "FILE", &told->file, file_about)  // as everywhere, -f goes on
      .flag("-f,--follow", told->follow, "go on with what they write")
      .option("--since", "TIME", &told->since, since_about)
      .option("--tail", "LINES", &told->tail, "how many lines of each host to begin with: -1 is all, as with --since or --grep; 50 otherwise")
      .between(-1, 1e9)
      .option("--grep", "REGEX", &told->grep, "only lines in which this regular expression (RE2 syntax) finds something")
      .flag("-t,--timestamps", told->timestamps, "show when each line was written")
      .flag("--json", told->json, json_lines_about)
      .argument("HOST", &told->names, "cart, cart.0, or a service's name; all if absent")
      .example("holon logs -f cart payment", "what these two write, from the last 50 lines of each on")
      .example("holon logs --since 10m --grep 'refused|timeout'", "what went wrong in the last ten minutes");
}

Verb events_verb() {
  auto told = std::make_shared<EventsOptions>();
  return Verb("events", "what the node did, and why", [told] { return events(*told); })
      .option("--file", "FILE", &told->file, file_about)
      .flag("-f,--follow", told->follow, "go on with what it does")
      .option("--since", "TIME", &told->since, since_about)
      .flag("--json", told->json, json_lines_about)
      .argument("HOST", &told->names, "cart, cart.0, or a service's name; all if absent")
      .text("A host that ended by itself is shown with the cause and with the last lines that it wrote.")
      .example("holon events cart", "why cart was started again")
      .example("holon events -f --json", "for a program that watches");
}

using Tell = int (*)(const HostsOptions&);

/// `stop`, `start` and their like.
Verb hosts_verb(const char* name, const char* about, Tell tell, const char* no_wait) {
  auto told = std::make_shared<HostsOptions>();
  const bool scales = tell == scale;
  return Verb(name, about, [told, tell] { return tell(*told); })
      .option("-f,--file", "FILE", &told->file, file_about)
      .flag("--no-wait", told->no_wait, no_wait)
      .option("--timeout", "SECONDS", &told->timeout_s, "how long it may take")
      .between(0.1, 86400)
      .flag("--json", told->json, json_about)
      .argument(scales ? "HOST=REPLICAS" : "HOST", &told->names,
                scales ? "as cart=3" : "cart, cart.0, or a service's name; all but the gateway if absent", scales);
}

Verb stop_verb() {
  return hosts_verb("stop", "end hosts, until they are started", stop, "come back when they have been told")
      .text("Each finishes the calls that it has, within its drain time. What it needs is not stopped with it, and it stays "
            "stopped when the application is started anew.")
      .example("holon stop cart", "all replicas of cart")
      .example("holon stop", "all hosts; the gateway and the node go on");
}

Verb start_verb() {
  return hosts_verb("start", "start what was stopped, and what it needs", start, "come back before they are ready")
      .example("holon start cart", "cart, and the services that it calls if they were stopped");
}

Verb restart_verb() {
  return hosts_verb("restart", "end hosts and start them anew", restart, "come back before they are ready")
      .text("The replicas of a host are restarted one after the other, each when the one before it is ready.")
      .example("holon restart cart.0", "one replica");
}

Verb scale_verb() {
  return hosts_verb("scale", "set how many replicas of a host run", scale, "come back before they are ready")
      .text("Until the node ends: how many there are then is said in holon.yaml.")
      .example("holon scale cart=3 payment=2", "three of cart, two of payment");
}

Verb exec_verb() {
  auto told = std::make_shared<ExecOptions>();
  return Verb("exec", "run a command in the folder of a host, with its environment", [told] { return exec(*told); })
      .option("-f,--file", "FILE", &told->file, file_about)
      .argument("HOST", &told->name, "cart, or cart.1", true)
      .command("COMMAND", told->command, "the command and its arguments")
      .text("It has this terminal, and its exit code is the verb's. The host has to run.")
      .example("holon exec cart sh", "look around")
      .example("holon exec cart env", "what it was started with");
}

Verb debug_verb() {
  auto told = std::make_shared<DebugOptions>();
  return Verb("debug", "how to attach a debugger to a host", [told] { return debug(*told); })
      .option("-f,--file", "FILE", &told->file, file_about)
      .flag("--json", told->json, json_about)
      .argument("HOST", &told->name, "cart, or cart.1", true)
      .example("holon debug cart", "print the commands that attach to cart");
}

Verb reload_verb() {
  auto told = std::make_shared<NodeOptions>();
  return Verb("reload", "the gateway reads `gateway:` of holon.yaml, keys and certificates again", [told] { return reload(*told); })
      .option("-f,--file", "FILE", &told->file, file_about)
      .flag("--json", told->json, json_about)
      .example("holon reload", "go by what holon.yaml says now");
}

}  // namespace

std::vector<Verb> life_verbs() {
  return {up_verb(),   down_verb(),    ps_verb(),    logs_verb(), events_verb(), stop_verb(),
          start_verb(), restart_verb(), scale_verb(), exec_verb(), debug_verb(),  reload_verb(), fault_verb(), watch_verb()};
}

}  // namespace holon::cli
