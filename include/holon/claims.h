// Claims: what the gateway has verified about who asks, from a token (JWT) or an API key.
//
//   if (!call.claims().has("scope", "orders:write")) return holon::permission_denied("orders:write is needed");
//   order.set_user(call.claims().subject());
//
// They pass along all calls below the request they came with, within a host and between hosts. A service gets them as its
// caller sends them: whoever can reach a host's own port can say any, as it can of `call.caller()`. Copies are cheap, and any
// thread may read one.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "holon/result.h"

namespace holon {

class Claims {
 public:
  /// What the text of claims may take: between hosts they go in a header.
  static constexpr std::size_t bytes_max = 4 << 10;

  /// None.
  Claims() = default;
  /// @param json  an object, strictly by RFC 8259; INVALID_ARGUMENT with the place if it is none, or has a name twice, or an
  ///              integer beyond 2^53 (RFC 7493, 2.2); RESOURCE_EXHAUSTED if it is longer than `bytes_max`
  static Result<Claims> from_json(std::string json);
  /// Claims that another host has read with `from_json`. They are looked into when somebody asks; what is malformed is none.
  static Claims received(std::string json);

  /// Whether there are none: nobody had to prove anything, or the call did not come through a gateway.
  bool empty() const;
  /// Who asks: the claim "sub", or empty.
  std::string subject() const { return get("sub"); }
  /// A text as it is; a number or a boolean as JSON writes it. Empty if there is no such claim, or it is a list or an object.
  /// @param name  a claim ("email"), or else the way to one inside others ("address.country"). Of a claim whose own name has
  ///              dots ("https://shop.example/tenant"), the name as it is.
  std::string get(std::string_view name) const;
  /// The elements of a list, as `get` gives each; the words of a text with blanks ("read write"); or the one value.
  std::vector<std::string> list(std::string_view name) const;
  /// Whether the claim is `value`, or its `list` has it.
  bool has(std::string_view name, std::string_view value) const;
  /// All of them, as they came: a JSON object; empty if none came.
  std::string_view json() const;

 private:
  struct Content;
  explicit Claims(std::shared_ptr<const Content> content) : content_(std::move(content)) {}

  std::shared_ptr<const Content> content_;  ///< null: none
};

}  // namespace holon
