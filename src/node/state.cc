#include "node/state.h"

#include <sstream>

#include "env/reactor.h"

namespace holon::node {
namespace {

constexpr const char* heading = "holon node state 1";

Error malformed(int line) {
  return invalid_argument("line " + std::to_string(line) + " is not what a node writes");
}

bool parse_line(const std::string& line, State& state) {
  std::istringstream words(line);
  std::string kind, rest;
  words >> kind;
  if (kind == "boot") {
    words >> state.boot;
  } else if (kind == "directory") {
    words >> state.directory;
  } else if (kind == "lease") {
    words >> state.lease;
  } else if (kind == "stopped") {
    std::string name;
    words >> name;
    state.stopped.insert(name);
  } else if (kind == "host") {
    std::string name, readiness;
    KnownHost host;
    words >> name >> host.process.pid >> host.process.start >> host.version >> readiness >> host.address;
    if (host.address.empty()) return false;
    for (std::string door; words >> door;) {
      if (!env::Address::parse(door).ok()) return false;
      host.doors.push_back(door);
    }
    if (readiness != "ready" && readiness != "starting") return false;
    host.ready = readiness == "ready";
    state.hosts[name] = host;
    return true;  // the line was read to its end
  } else {
    return false;
  }
  return !words.fail() && !(words >> rest);
}

}  // namespace

std::string to_text(const State& state) {
  std::ostringstream text;
  text << heading << "\nboot " << state.boot << "\ndirectory " << state.directory << "\n";
  for (const auto& [name, host] : state.hosts) {
    text << "host " << name << " " << host.process.pid << " " << host.process.start << " " << host.version << " "
         << (host.ready ? "ready " : "starting ") << host.address;
    for (const std::string& door : host.doors) text << " " << door;
    text << "\n";
  }
  if (state.lease != 0) text << "lease " << state.lease << "\n";
  for (const std::string& name : state.stopped) text << "stopped " << name << "\n";
  return text.str();
}

Result<State> parse_state(const std::string& text) {
  std::istringstream lines(text);
  std::string line;
  State state;
  for (int number = 1; std::getline(lines, line); ++number) {
    if (number == 1 ? line != heading : !parse_line(line, state)) return malformed(number);
  }
  if (state.boot.empty()) return malformed(1);
  return state;
}

}  // namespace holon::node
