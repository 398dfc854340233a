// The command line of clients in C++:
//   CLIENT --server ADDR [--tls-ca FILE] [--case all|NAME,…] [--lacks FEATURE,…] [--soak COUNT]
// It prints a line per case: `ok NAME`, or `not ok NAME: WHY`.
#include <algorithm>
#include <exception>
#include <iostream>
#include <map>
#include <sstream>

#include "cases.h"

namespace interop {
namespace {

std::set<std::string> split(const std::string& list) {
  std::set<std::string> parts;
  std::istringstream stream(list);
  for (std::string part; std::getline(stream, part, ',');) parts.insert(part);
  return parts;
}

bool run(const Case& some, Channel& channel, const Settings& settings) {
  try {
    some.run(channel, settings);
    std::cout << "ok " << some.name << std::endl;
    return true;
  } catch (const std::exception& exception) {
    std::string why = exception.what();
    std::replace(why.begin(), why.end(), '\n', ' ');
    std::cout << "not ok " << some.name << ": " << why << std::endl;
    return false;
  }
}

int run_client(const std::vector<std::string>& arguments) {
  std::map<std::string, std::string> values = {{"--case", "all"}, {"--soak", "10"}, {"--tls-ca", ""}};
  for (std::size_t i = 0; i + 1 < arguments.size(); i += 2) values[arguments[i]] = arguments[i + 1];
  Settings settings{split(values["--lacks"]), std::stoi(values["--soak"])};
  std::set<std::string> wanted = split(values["--case"]);
  std::unique_ptr<Channel> channel = connect(values["--server"], values["--tls-ca"]);
  bool all_passed = true;
  for (const Case& some : all_cases()) {
    if (wanted.contains("all") || wanted.contains(some.name)) all_passed &= run(some, *channel, settings);
  }
  return all_passed ? 0 : 1;
}

}  // namespace
}  // namespace interop

int main(int argc, char** argv) { return interop::run_client({argv + 1, argv + argc}); }
