// Callees: whom one caller may call through its door, as its requests name them: a gRPC call by the contract in its path, any other
// request by its authority, `Host: catalog`. Errors say whom it may call, and where others are declared.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/arguments.h"

namespace holon::gateway {

class Callees {
 public:
  explicit Callees(const Arguments::Caller& caller) : caller_(caller.name), callees_(caller.callees) {}

  /// Which one a request is for that is no gRPC call. PERMISSION_DENIED for one that is not declared; INVALID_ARGUMENT if the
  /// authority is the door's address, which names nobody.
  Result<std::size_t> by_authority(std::string_view authority) const;
  /// Whether a gRPC call may go on: its path's contract is declared, and its authority is the door's address or that service.
  /// @param path  "/shop.Catalog/GetProduct"
  Result<void> check_call(std::string_view path, std::string_view authority) const;

 private:
  Error undeclared(std::string_view wanted) const;
  std::vector<std::string> names() const;

  std::string caller_;
  std::vector<Arguments::Callee> callees_;
};

}  // namespace holon::gateway
