// Router: from a request's path to the method and the service that answers.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "holon/generated.h"

namespace holon::identity {
class Guard;
}

namespace holon::server {

struct Route {
  const internal::MethodInfo* method;
  Service* service;
  std::uint32_t edge;  ///< telemetry's number for calls of it that come through the door
  std::uint32_t service_number = 0;  ///< dense, from 1; 0: of what passes through
  std::uint32_t method_number = 0;   ///< within the service
  bool own = false;                  ///< it is about the host itself
};

/// What a service is to the host that answers for it.
enum class Standing : std::uint8_t {
  service,  ///< one of those that it is there for
  own,      ///< about the host itself, for those that look after it: answered in any overload
  passing,  ///< one that runs elsewhere, and has its limits there
};

/// Filled before the server listens, read by all loops after that.
class Router {
 public:
  void add(const internal::ServiceInfo& contract, Service& service, Standing standing = Standing::service);

  /// Asks `find` for what is not here, on any loop: what it gives outlives the calls. Such calls know where they came from
  /// (arrival.h).
  using Fallback = std::function<const Route*(std::string_view path)>;
  void fall_back_to(Fallback find) { fallback_ = std::move(find); }
  bool falls_back() const { return fallback_ != nullptr; }
  /// Anybody may call: how urgent that is, the contracts alone say.
  void open_to_strangers() { strangers_ = true; }
  bool strangers() const { return strangers_; }

  /// Who may call what is here. It outlives this; null: everybody may call everything.
  void guard_by(identity::Guard* guard) { guard_ = guard; }
  identity::Guard* guard() const { return guard_; }

  /// By the request's path, "/shop.Cart/GetCart". Null if there is none.
  const Route* find(std::string_view path) const;
  /// By Route::service_number; empty for 0.
  std::string_view service_name(std::uint32_t number) const { return number == 0 ? "" : services_[number - 1]; }
  /// Why there is none: the service is not here, or it has no such method.
  Error unknown(std::string_view path) const;

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  std::unordered_map<std::string, Route, Hash, std::equal_to<>> routes_;
  std::vector<std::string_view> services_;
  Fallback fallback_;
  bool strangers_ = false;
  identity::Guard* guard_ = nullptr;
};

}  // namespace holon::server
