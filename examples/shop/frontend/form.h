// What browsers send: forms (application/x-www-form-urlencoded) and cookies.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "google/api/httpbody.pb.h"
#include "holon/result.h"

namespace shop {

class Form {
 public:
  /// INVALID_ARGUMENT for another content type, or bytes that are no form; RESOURCE_EXHAUSTED above 64 KiB.
  static holon::Result<Form> parse(const google::api::HttpBody& body);

  /// The field's value without spaces around it; empty if there is none. The first of several.
  std::string_view text(std::string_view field) const;
  /// INVALID_ARGUMENT, naming the field, unless it is a decimal number from `least` to `most`.
  holon::Result<int> number(std::string_view field, int least, int most) const;

 private:
  std::map<std::string, std::string, std::less<>> fields_;
};

/// The value of one cookie in a request's Cookie header (RFC 6265, section 4.2); empty if there is none.
std::string_view cookie(std::string_view header, std::string_view name);

/// `text` for the value of a query parameter.
std::string percent_encode(std::string_view text);

}  // namespace shop
