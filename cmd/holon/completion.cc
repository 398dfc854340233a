// `holon completion`: the script of a shell; `holon complete`: what the script asks.
//
// An answer has a line for each word that may stand next, with a tab and what it means behind it; ":file", ":directory" and
// ":command" leave it to the shell to look for these.
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "cmd/holon/link.h"
#include "cmd/holon/usage.h"
#include "cmd/holon/verbs.h"
#include "embedded/completion.h"
#include "env/disk.h"

namespace holon::cli {
namespace {

constexpr auto told_within = std::chrono::milliseconds(500);  // who waits has pressed a key

/// How far the words before the last one lead.
struct Typed {
  const Verb* verb = &program();
  const Option* value_of = nullptr;  ///< the last word is its value
  std::size_t arguments = 0;         ///< those without a name, so far
  std::filesystem::path file = "holon.yaml";
};

const Option* find_option(const Verb& verb, const std::string& spelling) {
  for (const Option& option : verb.options) {
    const std::vector<std::string> all = option.spellings();
    if (std::ranges::find(all, spelling) != all.end()) return &option;
  }
  return nullptr;
}

const Verb* find_verb(const Verb& verb, const std::string& name) {
  const auto found = std::ranges::find(verb.verbs, name, &Verb::name);
  return found == verb.verbs.end() ? nullptr : &*found;
}

void step(Typed& typed, const std::string& word) {
  if (const Option* option = std::exchange(typed.value_of, nullptr)) {
    if (option->names.ends_with("--file")) typed.file = word;
    return;
  }
  if (word.starts_with("-")) {
    const Option* option = find_option(*typed.verb, word);
    if (option != nullptr && !option->flag()) typed.value_of = option;
    return;
  }
  const Verb* inner = find_verb(*typed.verb, word);
  if (inner != nullptr) {
    typed.verb = inner;
  } else {
    ++typed.arguments;
  }
}

/// Prints the words that begin as the last one typed does.
class Proposals {
 public:
  explicit Proposals(const std::string& begun) : begun_(begun) {}
  void add(const std::string& word, const std::string& about = "") const {
    if (word.starts_with(begun_)) std::printf("%s\t%s\n", word.c_str(), about.c_str());
  }
  void leave_to_shell(const char* kind) const { std::printf(":%s\n", kind); }

 private:
  const std::string& begun_;
};

void propose_hosts(const std::filesystem::path& file, const char* behind, const Proposals& proposals) {
  Session session;
  Result<node::v1::ListReply> list =
      ask_node(session, file, told_within, [](NodeLink& node, Call& call) { return node->List(call, {}); });
  if (!list.ok()) return;
  std::string last;
  for (const node::v1::HostState& host : list->hosts()) {
    const std::string name = host.host().substr(0, host.host().rfind('.'));
    if (std::exchange(last, name) != name) proposals.add(name + behind, "all replicas");
    if (*behind == '\0') proposals.add(host.host(), host.state());
  }
}

void propose_methods(const std::filesystem::path& file, const Proposals& proposals) {
  Session session;
  Result<node::v1::DescribeReply> graph =
      ask_node(session, file, told_within, [](NodeLink& node, Call& call) { return node->Describe(call, {}); });
  if (!graph.ok()) return;
  for (const node::v1::ServiceState& service : graph->services()) {
    for (const std::string& method : service.methods()) proposals.add(service.contract() + "/" + method, service.owner());
  }
}

void propose_services(const std::filesystem::path& file, const Proposals& proposals) {
  Session session;
  Result<node::v1::DescribeReply> graph =
      ask_node(session, file, told_within, [](NodeLink& node, Call& call) { return node->Describe(call, {}); });
  if (!graph.ok()) return;
  for (const node::v1::ServiceState& service : graph->services()) proposals.add(service.name(), service.owner());
}

void propose_faults(const std::filesystem::path& file, const Proposals& proposals) {
  Session session;
  Result<node::v1::FaultsReply> reply =
      ask_node(session, file, told_within, [](NodeLink& node, Call& call) { return node->ListFaults(call, {}); });
  if (!reply.ok()) return;
  for (const node::v1::Fault& fault : reply->faults()) proposals.add(std::to_string(fault.id()), fault.text());
}

void propose_placements(const std::filesystem::path& file, const Proposals& proposals) {
  Result<std::string> text = env::os().disk().read(file);
  if (!text.ok()) return;
  try {
    for (const auto& placement : YAML::Load(*text)["placements"]) proposals.add(placement.first.Scalar());
  } catch (const YAML::Exception&) {
    return;  // `holon up` says what is wrong with it
  }
}

void propose_values(const Option& option, const std::filesystem::path& file, const Proposals& proposals) {
  for (const std::string& choice : option.choices) proposals.add(choice);
  if (option.value == "FILE") proposals.leave_to_shell("file");
  if (option.value == "DIR") proposals.leave_to_shell("directory");
  if (option.value == "HOST") propose_hosts(file, "", proposals);
  if (option.value == "HOST=REPLICAS") propose_hosts(file, "=", proposals);
  if (option.value == "METHOD" || option.value == "WHAT") propose_methods(file, proposals);
  if (option.value == "PLACEMENT") propose_placements(file, proposals);
  if (option.value == "SERVICE") propose_services(file, proposals);
  if (option.value == "FAULT") propose_faults(file, proposals);
}

void propose_argument(const Typed& typed, const Proposals& proposals) {
  std::size_t place = 0;
  for (const Option& option : typed.verb->options) {
    if (!option.by_place()) continue;
    if (place++ == typed.arguments || option.repeats()) return propose_values(option, typed.file, proposals);
  }
  if (typed.verb->rest) proposals.leave_to_shell(typed.arguments == place ? "command" : "file");
}

void propose_options(const Verb& verb, const Proposals& proposals) {
  for (const Option& option : verb.options) {
    if (option.hidden) continue;
    for (const std::string& spelling : option.spellings()) proposals.add(spelling, option.about);
  }
  proposals.add("--help", "what can be told to it");
}

}  // namespace

int completion(const std::string& shell) {
  std::fputs(std::string(embedded::completion("holon." + shell)).c_str(), stdout);
  return succeeded;
}

int complete(const std::vector<std::string>& words) {
  Typed typed;
  for (std::size_t i = 0; i + 1 < words.size(); ++i) step(typed, words[i]);
  const Proposals proposals(words.back());
  if (typed.value_of != nullptr) {
    propose_values(*typed.value_of, typed.file, proposals);
  } else if (words.back().starts_with("-")) {
    propose_options(*typed.verb, proposals);
  } else if (!typed.verb->verbs.empty()) {
    for (const Verb& verb : typed.verb->verbs) {
      if (!verb.hidden) proposals.add(verb.name, verb.about);
    }
  } else {
    propose_argument(typed, proposals);
  }
  return succeeded;
}

}  // namespace holon::cli
