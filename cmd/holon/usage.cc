#include "cmd/holon/usage.h"

#include <sstream>

namespace holon::cli {
namespace {

template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

std::string number_text(double value) {
  std::ostringstream text;
  text << value;
  return text.str();
}

Verb make_program() {
  Verb program("holon", "C++ microservices that run as one process or as many");
  for (std::vector<Verb> verbs : {life_verbs(), question_verbs(), tool_verbs()}) {
    for (Verb& verb : verbs) program.verbs.push_back(std::move(verb));
  }
  return program;
}

}  // namespace

bool Option::repeats() const {
  return std::holds_alternative<std::vector<std::string>*>(target) ||
         std::holds_alternative<std::vector<std::filesystem::path>*>(target);
}

std::vector<std::string> Option::spellings() const {
  std::vector<std::string> all;
  std::istringstream list(names);
  for (std::string one; std::getline(list, one, ',');) all.push_back(one);
  return all;
}

std::string Option::standard() const {
  return std::visit(Overloaded{[](const std::string* text) { return *text; },
                               [](const std::filesystem::path* path) { return path->string(); },
                               [](const int* number) { return std::to_string(*number); },
                               [](const double* number) { return number_text(*number); },
                               [](const auto*) { return std::string(); }},
                    target);
}

Verb&& Verb::flag(std::string names, bool& target, std::string what) && {
  options.push_back({.names = std::move(names), .value = "", .target = &target, .about = std::move(what)});
  return std::move(*this);
}

Verb&& Verb::hidden_flag(std::string names, bool& target) && {
  options.push_back({.names = std::move(names), .value = "", .target = &target, .about = "", .hidden = true});
  return std::move(*this);
}

Verb&& Verb::option(std::string names, std::string value, Target target, std::string what) && {
  options.push_back({.names = std::move(names), .value = std::move(value), .target = target, .about = std::move(what)});
  return std::move(*this);
}

Verb&& Verb::between(double least, double most) && {
  options.back().range = {least, most};
  return std::move(*this);
}

Verb&& Verb::one_of(std::vector<std::string> words) && {
  options.back().choices = std::move(words);
  return std::move(*this);
}

Verb&& Verb::argument(std::string value, Target target, std::string what, bool required) && {
  options.push_back(
      {.names = "", .value = std::move(value), .target = target, .about = std::move(what), .required = required});
  return std::move(*this);
}

Verb&& Verb::command(std::string value, std::vector<std::string>& target, std::string what) && {
  rest = Option{.names = "", .value = std::move(value), .target = &target, .about = std::move(what), .required = true};
  return std::move(*this);
}

Verb&& Verb::example(std::string command, std::string what) && {
  examples.push_back({std::move(command), std::move(what)});
  return std::move(*this);
}

Verb&& Verb::text(std::string paragraph) && {
  paragraphs.push_back(std::move(paragraph));
  return std::move(*this);
}

Verb&& Verb::verb(Verb inner) && {
  verbs.push_back(std::move(inner));
  return std::move(*this);
}

Verb&& Verb::hide() && {
  hidden = true;
  return std::move(*this);
}

const Verb& program() {
  static const Verb made = make_program();
  return made;
}

std::string synopsis(const Verb& verb) {
  std::string text = verb.options.empty() ? "" : "[OPTIONS]";
  const auto add = [&](const Option& option) {
    const std::string name = option.value + (option.repeats() ? "..." : "");
    text += (text.empty() ? "" : " ") + (option.required ? name : "[" + name + "]");
  };
  for (const Option& option : verb.options) {
    if (option.by_place()) add(option);
  }
  if (verb.rest) add(*verb.rest);
  if (!verb.verbs.empty()) text += text.empty() ? "VERB" : " VERB";
  return text;
}

const Facts& exit_codes() {
  static const Facts facts = {{"0", "it went well"},
                              {"1", "it failed; standard error says why"},
                              {"2", "it was used wrongly: an option, a name or a file that cannot be"},
                              {"130", "Ctrl-C ended it"}};
  return facts;
}

const Facts& environment_variables() {
  static const Facts facts = {{"NO_COLOR", "if it is set and not empty, nothing is coloured; without a terminal nothing is either"}};
  return facts;
}

const Facts& files() {
  static const Facts facts = {
      {"holon.yaml", "what an application consists of"},
      {".holon/", "beside it, the application's state: logs of hosts, the node's own log, sockets, data of services"}};
  return facts;
}

}  // namespace holon::cli
