// The echo under many names: "bench.Echo0", "bench.Echo1", …; what a program of so many contracts is, without so much code.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "echo_service.h"

namespace bench {

/// One of them. Neither copied nor moved: its tables point into it.
class Numbered {
 public:
  explicit Numbered(int number) : name_("bench.Echo" + std::to_string(number)) {
    for (const auto& method : Echo::info().methods) {
      names_.push_back(name_ + std::string(method.name.substr(method.name.find('/'))));
      methods_.push_back(method);
      methods_.back().name = names_.back();
    }
    info_ = {name_, methods_, Echo::info().file};
  }
  Numbered(const Numbered&) = delete;
  Numbered& operator=(const Numbered&) = delete;

  const holon::internal::ServiceInfo& info() const { return info_; }

 private:
  std::string name_;
  std::deque<std::string> names_;
  std::vector<holon::internal::MethodInfo> methods_;
  holon::internal::ServiceInfo info_;
};

inline std::deque<Numbered> numbered_services(int count) {
  std::deque<Numbered> services;
  for (int i = 0; i < count; ++i) services.emplace_back(i);
  return services;
}

}  // namespace bench
