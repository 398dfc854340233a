// `holon`: runs the hosts of an application on this machine, and shows what happens. The only source that sees CLI11: what can be
// told to the program is written down in usage_*.cc.
#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <optional>
#include <sstream>
#include <string_view>
#include <type_traits>

#include "cmd/holon/terminal.h"
#include "cmd/holon/usage.h"
#include "cmd/holon/verbs.h"
#include "config/suggest.h"
#include "gateway/host.h"
#include "gateway/outlet.h"
#include "node/cgroup.h"

namespace {

using holon::cli::Option;
using holon::cli::Verb;

/// What stands below the options of --help.
std::string footer_of(const Verb& verb) {
  std::string text;
  for (const std::string& paragraph : verb.paragraphs) text += paragraph + "\n\n";
  if (!verb.examples.empty()) text += verb.examples.size() == 1 ? "Example:\n" : "Examples:\n";
  for (const holon::cli::Example& example : verb.examples) {
    text += "  " + example.command + "\n      " + example.about + "\n";
  }
  return text;
}

CLI::Option* add_named(CLI::App& app, const Option& option) {
  const std::string name = option.by_place() ? option.value : option.names;
  return std::visit(
      [&](auto* target) {
        if constexpr (std::is_same_v<decltype(target), bool*>) {
          return app.add_flag(name, *target, option.about);
        } else {
          return app.add_option(name, *target, option.about);
        }
      },
      option.target);
}

/// CLI11's own check of a range would be told in every help.
std::function<std::string(const std::string&)> within(double least, double most) {
  return [least, most](const std::string& text) -> std::string {
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool fits = error == std::errc() && end == text.data() + text.size() && number >= least && number <= most;
    std::ostringstream refusal;
    if (!fits) refusal << text << " is not a number from " << least << " to " << most;
    return refusal.str();
  };
}

void add(CLI::App& app, const Option& option) {
  CLI::Option* added = add_named(app, option);
  if (!option.flag()) added->type_name(option.by_place() ? "" : option.value);
  if (!option.standard().empty()) added->default_str(option.standard());
  if (option.repeats() && !option.by_place()) added->allow_extra_args(false);  // what follows is no value of it
  if (option.required) added->required();
  if (option.range) added->check(within(option.range->first, option.range->second));
  if (!option.choices.empty()) added->check(CLI::IsMember(option.choices));
  if (option.value == "DIR" && option.repeats()) added->check(CLI::ExistingDirectory);
  if (option.hidden) added->group("");
}

/// What is parsed, and what it comes to.
struct Parsing {
  const Verb* chosen = nullptr;
  std::optional<std::vector<std::string>> behind_dashes = {};  ///< of a verb that takes a command: what is behind its first "--"
};

/// The words of a command: what CLI11 left over, and what it was not shown.
std::vector<std::string> command_of(CLI::App& app, const Parsing& parsing) {
  std::vector<std::string> words = app.remaining();
  if (!parsing.behind_dashes) return words;
  if (!words.empty()) words.emplace_back("--");  // it is the command's own
  words.insert(words.end(), parsing.behind_dashes->begin(), parsing.behind_dashes->end());
  return words;
}

/// Tells CLI11 of a verb.
void add(CLI::App& parent, const Verb& verb, Parsing& parsing) {
  CLI::App& app = *parent.add_subcommand(verb.name, verb.about);
  for (const Option& option : verb.options) add(app, option);
  for (const Verb& inner : verb.verbs) add(app, inner, parsing);
  if (!verb.verbs.empty()) app.require_subcommand(1);
  if (verb.hidden) app.group("");
  if (verb.rest) app.prefix_command();
  app.footer(footer_of(verb));
  if (!verb.run) return;
  app.callback([&app, &verb, &parsing] {
    parsing.chosen = &verb;
    if (!verb.rest) return;
    auto& words = *std::get<std::vector<std::string>*>(verb.rest->target);
    words = command_of(app, parsing);
    if (words.empty()) throw CLI::RequiredError(verb.rest->value);
  });
}

/// CLI11 takes "--" for the end of a verb if that has no more arguments of its own, so it is not shown what is behind: gives how
/// many arguments it is shown.
int cut_at_dashes(int argc, char** argv, Parsing& parsing) {
  const std::vector<Verb>& verbs = holon::cli::program().verbs;
  const auto verb = std::ranges::find(verbs, argc > 1 ? argv[1] : "", &Verb::name);
  char** const dashes = std::find(argv, argv + argc, std::string_view("--"));
  if (verb == verbs.end() || !verb->rest || dashes == argv + argc) return argc;
  parsing.behind_dashes.emplace(dashes + 1, argv + argc);
  return static_cast<int>(dashes - argv);
}

/// Says which verb is near to one that there is none of.
bool refuse_unknown_verb(const std::string& name) {
  std::vector<std::string> known;
  for (const Verb& verb : holon::cli::program().verbs) {
    if (verb.name == name) return false;
    if (!verb.hidden) known.push_back(verb.name);
  }
  holon::cli::say("there is no verb " + name + holon::config::suggestion(name, known) + "; `holon --help` tells what each does");
  return true;
}

int run(int argc, char** argv) {
  if (argc > 1 && argv[1][0] != '-' && refuse_unknown_verb(argv[1])) return holon::cli::misused;
  Parsing parsing;
  CLI::App app(holon::cli::program().about, holon::cli::program().name);
  app.require_subcommand(1);
  app.set_version_flag("--version", "holon " HOLON_VERSION);
  for (const Verb& verb : holon::cli::program().verbs) add(app, verb, parsing);
  try {
    app.parse(cut_at_dashes(argc, argv, parsing), argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? holon::cli::succeeded : holon::cli::misused;
  }
  return parsing.chosen->run();
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // `holon ps | head`: a write fails, and says so
  // How the node starts hosts of holon's own, and those with limits: no verbs for people, and with a host's arguments.
  const std::string_view verb = argc > 1 ? argv[1] : "";
  if (verb == "gateway-host") return holon::gateway::run_gateway_host(argc - 1, argv + 1);
  if (verb == "outlet-host") return holon::gateway::run_outlet_host(argc - 1, argv + 1);
  if (verb == "enter-groups") return holon::node::enter_groups(argc - 1, argv + 1);
  return run(argc, argv);
}
