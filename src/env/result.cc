#include "holon/result.h"

#include <array>
#include <cstdio>
#include <cstdlib>

namespace holon {

std::string_view code_name(Code code) {
  static constexpr std::array<std::string_view, 17> names = {
      "OK",        "CANCELLED",           "UNKNOWN",         "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND",
      "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE",
      "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED"};
  auto index = static_cast<std::size_t>(code);
  return index < names.size() ? names[index] : "UNKNOWN";
}

Error::Error(Code code, std::string message, std::string details)
    : rep_(std::make_shared<const Rep>(
          Rep{code == Code::ok ? Code::internal : code, std::move(message), std::move(details)})) {}

Error::Error(const Error&) = default;
Error::Error(Error&&) noexcept = default;
Error& Error::operator=(const Error&) = default;
Error& Error::operator=(Error&&) noexcept = default;
Error::~Error() = default;

Error Error::within(std::string_view where) const {
  return Error(code(), std::string(where) + ": " + message(), details());
}

std::string Error::to_string() const { return std::string(code_name(code())) + ": " + message(); }

Error cancelled(std::string message) { return Error(Code::cancelled, std::move(message)); }
Error unknown(std::string message) { return Error(Code::unknown, std::move(message)); }
Error invalid_argument(std::string message) { return Error(Code::invalid_argument, std::move(message)); }
Error deadline_exceeded(std::string message) { return Error(Code::deadline_exceeded, std::move(message)); }
Error not_found(std::string message) { return Error(Code::not_found, std::move(message)); }
Error already_exists(std::string message) { return Error(Code::already_exists, std::move(message)); }
Error permission_denied(std::string message) { return Error(Code::permission_denied, std::move(message)); }
Error resource_exhausted(std::string message) { return Error(Code::resource_exhausted, std::move(message)); }
Error failed_precondition(std::string message) { return Error(Code::failed_precondition, std::move(message)); }
Error aborted(std::string message) { return Error(Code::aborted, std::move(message)); }
Error out_of_range(std::string message) { return Error(Code::out_of_range, std::move(message)); }
Error unimplemented(std::string message) { return Error(Code::unimplemented, std::move(message)); }
Error internal_error(std::string message) { return Error(Code::internal, std::move(message)); }
Error unavailable(std::string message) { return Error(Code::unavailable, std::move(message)); }
Error data_loss(std::string message) { return Error(Code::data_loss, std::move(message)); }
Error unauthenticated(std::string message) { return Error(Code::unauthenticated, std::move(message)); }

namespace detail {

void no_value(const Error& error) {
  std::fprintf(stderr, "holon: the value of a Result was read that holds an error: %s\n", error.to_string().c_str());
  std::abort();
}

void no_error() {
  std::fputs("holon: the error of a Result was read that holds a value\n", stderr);
  std::abort();
}

}  // namespace detail
}  // namespace holon
