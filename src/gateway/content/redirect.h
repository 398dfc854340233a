// Redirect: sends a client elsewhere, by a template like "https://{host}{path}{query}".
#pragma once

#include <string>
#include <string_view>

#include "gateway/visit.h"

namespace holon::gateway {

/// Whether `to` is a template that Redirect knows. INVALID_ARGUMENT names what is wrong and the remedy.
Result<void> check_redirect(std::string_view to);

/// {scheme}, {host} and {path} are the request's, {query} its query with the "?" before it, or nothing. {path} begins with one
/// slash, however many the request has, and a template that begins with "/" stays on this server: nobody can choose another.
class Redirect final : public Destination {
 public:
  /// @param config  checked
  explicit Redirect(ToRedirect config) : config_(std::move(config)) {}

  void serve(Visit& visit) const override;

 private:
  ToRedirect config_;
};

}  // namespace holon::gateway
