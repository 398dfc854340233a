// What the `holon` program can be told: its verbs, their options and examples, written down once. main.cc parses command lines by
// it, and help, completion, man pages and docs/cli.md are all made of it.
//
//   auto told = std::make_shared<PsOptions>();
//   Verb("ps", "the hosts that run, and how they are", [told] { return ps(*told); })
//       .option("-f,--file", "FILE", told->file, "the application's holon.yaml")
//       .example("holon ps --json", "for programs");
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace holon::cli {

/// Where the value of an option goes.
using Target =
    std::variant<bool*, int*, double*, std::string*, std::filesystem::path*, std::optional<int>*,
                 std::optional<double>*, std::optional<std::string>*, std::vector<std::string>*,
                 std::vector<std::filesystem::path>*>;

struct Option {
  std::string names;  ///< "-f,--file"; empty for an argument that stands by its place
  std::string value;  ///< "FILE", by which completion knows what to propose; empty for a flag
  Target target;
  std::string about;
  bool required = false;
  std::optional<std::pair<double, double>> range = {};
  std::vector<std::string> choices = {};
  bool hidden = false;

  bool by_place() const { return names.empty(); }
  bool flag() const { return std::holds_alternative<bool*>(target); }
  bool repeats() const;
  /// {"-f", "--file"}
  std::vector<std::string> spellings() const;
  /// "holon.yaml": what holds if nothing is said; empty if there is nothing to tell.
  std::string standard() const;
};

struct Example {
  std::string command;
  std::string about;
};

struct Verb {
  Verb(std::string verb, std::string what, std::function<int()> runs)
      : name(std::move(verb)), about(std::move(what)), run(std::move(runs)) {}
  /// One that only has verbs of its own.
  Verb(std::string verb, std::string what) : Verb(std::move(verb), std::move(what), nullptr) {}

  Verb&& flag(std::string names, bool& target, std::string about) &&;
  /// A flag that programs say to each other.
  Verb&& hidden_flag(std::string names, bool& target) &&;
  Verb&& option(std::string names, std::string value, Target target, std::string about) &&;
  /// What `option` was given last is within these bounds.
  Verb&& between(double least, double most) &&;
  /// What `argument` was given last is one of these.
  Verb&& one_of(std::vector<std::string> words) &&;
  /// An argument without a name.
  Verb&& argument(std::string value, Target target, std::string about, bool required = false) &&;
  /// All that follows the other arguments, whatever it looks like: a command of its own.
  Verb&& command(std::string value, std::vector<std::string>& target, std::string about) &&;
  Verb&& example(std::string command, std::string about) &&;
  /// A paragraph for the manual and --help.
  Verb&& text(std::string paragraph) &&;
  Verb&& verb(Verb inner) &&;
  /// Not for people: no help, manual or completion tells of it.
  Verb&& hide() &&;

  std::string name;
  std::string about;
  std::function<int()> run;
  std::vector<Option> options;  ///< in the order in which help shows them
  std::optional<Option> rest;   ///< of `command`
  std::vector<Example> examples;
  std::vector<std::string> paragraphs;
  std::vector<Verb> verbs;
  bool hidden = false;
};

/// The whole program.
const Verb& program();

/// The verbs that run an application, those that ask it, and those that need none.
std::vector<Verb> life_verbs();
std::vector<Verb> question_verbs();
std::vector<Verb> tool_verbs();
/// What `life_verbs` has of faults.
Verb fault_verb();

/// "[OPTIONS] NAME [HOSTS...]": what stands behind a verb.
std::string synopsis(const Verb& verb);

/// What every verb keeps to, for the manual and docs/cli.md: a name and what it means.
using Facts = std::vector<std::pair<std::string, std::string>>;
const Facts& exit_codes();
const Facts& environment_variables();
const Facts& files();

}  // namespace holon::cli
