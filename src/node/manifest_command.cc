#include "node/manifest_command.h"

#include <algorithm>

#include "node/manifest_keys.h"

namespace holon::node {
namespace {

using config::Named;
using config::Problems;
using config::YamlNode;
using control::HealthSpec;
using control::Protocol;
using control::ServiceSpec;
using Kind = YamlNode::Kind;

constexpr std::string_view given_to_commands[] = {"PORT",          "HOLON_ADDRESS", "HOLON_SERVICE",
                                                  "HOLON_REPLICA", "HOLON_DATA",    "HOLON_MESH"};
constexpr std::uint64_t health_failures_most = 100;
constexpr std::uint64_t processes_most = 1'000'000;

class ProcessReader : private config::Reader {
 public:
  using config::Reader::Reader;

  void read(const YamlNode& service, const std::string& where, ServiceSpec& into) {
    const YamlNode* command = service.find("command");
    if (command != nullptr) read_what_commands_have(service, *command, where, into);
    if (command == nullptr) refuse_what_commands_have(service, where);
    if (const YamlNode* environment = service.find("environment")) read_environment(*environment, where, into);
    if (const YamlNode* health = service.find("health")) read_health(*health, where, into);
    if (const YamlNode* resources = service.find("resources")) read_resources(*resources, where, into);
  }

  std::vector<Named> command(const YamlNode& value, const std::string& where) {
    std::vector<Named> words = value.kind == Kind::list ? texts(value, "command of " + where) : split(value);
    if (words.empty()) problem(value.place, "a command belongs here, as in `command: [node, ads/main.js]`");
    return words;
  }

 private:
  void read_what_commands_have(const YamlNode& service, const YamlNode& written, const std::string& where, ServiceSpec& into) {
    into.command = command(written, where);
    refuse_secrets(written, where);
    if (const YamlNode* program = service.find("program")) {
      problem(program->place, where + " has a command, so it has no program; take one of the two away");
    }
    if (const YamlNode* protocol = service.find("protocol")) {
      into.protocol = one_of(*protocol, "protocol", {"grpc", "http"}) == "http" ? Protocol::http : Protocol::grpc;
    }
    into.health.kind = into.protocol == Protocol::http ? HealthSpec::Kind::http : HealthSpec::Kind::grpc;
    const YamlNode* contract = service.find("contract");
    if (contract != nullptr) into.contracts = texts(*contract, "contract");
    if (contract == nullptr && into.protocol == Protocol::grpc) {
      problem(written.place, where + " has a command and no `contract:`; name its contract file, as in " +
                                 "`contract: ads/ads.proto`, or say `protocol: http`");
    }
    if (contract != nullptr && into.protocol == Protocol::http) {
      problem(contract->place, where + " speaks plain HTTP, so nobody calls it by a contract; take `contract:` away");
    }
    if (const YamlNode* calls = service.find("calls")) into.calls = texts(*calls, "calls");
  }

  // Whoever has a login can read the arguments of all processes.
  void refuse_secrets(const YamlNode& command, const std::string& where) {
    std::vector<YamlNode> words = command.items;
    words.push_back(command);
    for (const YamlNode& word : words) {
      if (word.secret.empty()) continue;
      problem(word.place, "the command of " + where + " has a secret, which others on this machine can read; hand it over by " +
                              "`environment:`");
    }
  }

  void refuse_what_commands_have(const YamlNode& service, const std::string& where) {
    const std::vector<std::string> fitting = manifest_keys().below("services/*", "program");
    for (const std::string& key : manifest_keys().below("services/*", "command")) {
      const YamlNode* found = service.find(key);
      if (found == nullptr || std::ranges::find(fitting, key) != fitting.end()) continue;
      problem(found->place, "`" + key + ":` is for a service that is a `command:`; the program of " + where +
              " says so itself");
    }
  }

  // Inside a string there are no quotes: whoever needs them writes a list.
  std::vector<Named> split(const YamlNode& value) {
    const Named line = text(value, "command");
    if (line.text.find_first_of("\"'\\$`|&;<>") != std::string::npos) {
      problem(value.place, "no shell reads the command; write it as a list, as in `command: [node, ads/main.js]`");
    }
    std::vector<Named> words;
    for (std::size_t begin = line.text.find_first_not_of(' '); begin < line.text.size();) {
      const std::size_t end = std::min(line.text.find(' ', begin), line.text.size());
      words.push_back({line.text.substr(begin, end - begin), line.place});
      begin = std::min(line.text.find_first_not_of(' ', end), line.text.size());
    }
    return words;
  }

  void read_environment(const YamlNode& environment, const std::string& where, ServiceSpec& into) {
    if (!is_map(environment, "environment of " + where)) return;
    for (const auto& [key, value] : environment.entries) {
      if (key.text.empty() || key.text.find('=') != std::string::npos) {
        problem(key.place, "the name of a variable is not empty and has no `=`");
      }
      if (!into.command.empty() && std::ranges::find(given_to_commands, key.text) != std::end(given_to_commands)) {
        problem(key.place, key.text + " is what the node tells the process; choose another name");
      }
      into.environment[key.text] = text(value, "variable " + key.text, true).text;
    }
  }

  void read_health(const YamlNode& health, const std::string& where, ServiceSpec& into) {
    if (!is_map(health, "health of " + where, manifest_keys().below("services/*/health"))) return;
    HealthSpec& spec = into.health;
    int kinds = 0;
    if (const YamlNode* http = health.find("http")) {
      spec.kind = HealthSpec::Kind::http;
      spec.path = text(*http, "http").text;
      if (!spec.path.empty() && spec.path[0] != '/') problem(http->place, "a path starts with `/`, as in `http: /healthz`");
      ++kinds;
    }
    kinds += read_kind(health, "tcp", HealthSpec::Kind::tcp, spec);
    kinds += read_kind(health, "grpc", HealthSpec::Kind::grpc, spec);
    if (kinds > 1) problem(health.place, "health of " + where + " is checked in one way: by grpc, http or tcp");
    if (kinds > 0 && into.command.empty()) {
      problem(health.place, "the program of " + where + " says itself how it is; only period, timeout, failures and " +
                                "start_within can be chosen");
    }
    if (const YamlNode* period = health.find("period")) spec.period = duration(*period, "period");
    if (const YamlNode* timeout = health.find("timeout")) spec.timeout = duration(*timeout, "timeout");
    if (const YamlNode* failures = health.find("failures")) {
      spec.failures = static_cast<int>(number(*failures, "failures", 1, health_failures_most));
    }
    if (const YamlNode* within = health.find("start_within")) spec.start_within = duration(*within, "start_within");
  }

  void read_resources(const YamlNode& resources, const std::string& where, ServiceSpec& into) {
    if (!is_map(resources, "resources of " + where, manifest_keys().below("services/*/resources"))) return;
    if (const YamlNode* memory = resources.find("memory")) into.resources.memory_bytes = bytes(*memory, "memory");
    if (const YamlNode* cpu = resources.find("cpu")) into.resources.cpu = cores(*cpu, "cpu");
    if (const YamlNode* processes = resources.find("processes")) {
      into.resources.processes = static_cast<int>(number(*processes, "processes", 1, processes_most));
    }
  }

  int read_kind(const YamlNode& health, const std::string& key, HealthSpec::Kind kind, HealthSpec& spec) {
    const YamlNode* chosen = health.find(key);
    if (chosen == nullptr) return 0;
    if (!boolean(*chosen, key)) problem(chosen->place, "`" + key + ": true`, or nothing");
    spec.kind = kind;
    return 1;
  }
};

}  // namespace

void read_process(const YamlNode& service, const std::string& where, Problems& problems, ServiceSpec& into) {
  ProcessReader(problems).read(service, where, into);
}

std::vector<Named> read_command(const YamlNode& value, const std::string& where, Problems& problems) {
  return ProcessReader(problems).command(value, where);
}

}  // namespace holon::node
