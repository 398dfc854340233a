// Result<T>: a value, or the Error that says why there is none. Every call, local or remote, returns one.
//
//   holon::Result<Price> convert(holon::Call& call, const Money& from) {
//     if (from.currency().empty()) return holon::invalid_argument("currency is empty");
//     Rate rate = HOLON_TRY(currency_->GetRate(call, rate_of(from)));   // an error returns from here
//     return Price(from, rate);
//   }
//
// The codes are gRPC's (https://grpc.github.io/grpc/core/md_doc_statuscodes.html), so an error means the same on both
// sides of a process boundary. Values are not shared between threads by holon; a Result follows its T's rules.
#pragma once

#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace holon {

/// gRPC's status codes, with gRPC's numbers. `ok` never stands in an Error.
enum class Code : std::uint8_t {
  ok = 0,
  cancelled = 1,
  unknown = 2,
  invalid_argument = 3,
  deadline_exceeded = 4,
  not_found = 5,
  already_exists = 6,
  permission_denied = 7,
  resource_exhausted = 8,
  failed_precondition = 9,
  aborted = 10,
  out_of_range = 11,
  unimplemented = 12,
  internal = 13,
  unavailable = 14,
  data_loss = 15,
  unauthenticated = 16,
};

/// The code as gRPC spells it: "NOT_FOUND".
std::string_view code_name(Code code);

/// Why something did not happen. Cheap to copy (one shared pointer); never stands for success.
class [[nodiscard]] Error {
 public:
  /// @param code     anything but `ok`, which becomes `internal`
  /// @param message  for people; crosses processes unchanged
  /// @param details  a serialized google.rpc.Status, or empty; crosses processes unchanged
  Error(Code code, std::string message, std::string details = {});
  // Out of line: errors are rare, and every Result would carry the code of its shared pointer.
  Error(const Error&);
  Error(Error&&) noexcept;
  Error& operator=(const Error&);
  Error& operator=(Error&&) noexcept;
  ~Error();

  Code code() const { return rep_->code; }
  const std::string& message() const { return rep_->message; }
  const std::string& details() const { return rep_->details; }

  /// The same error with `where: ` before its message.
  Error within(std::string_view where) const;

  /// "NOT_FOUND: no product 7", for logs and test failures.
  std::string to_string() const;

 private:
  struct Rep {
    Code code;
    std::string message;
    std::string details;
  };
  std::shared_ptr<const Rep> rep_;
};

Error cancelled(std::string message);
Error unknown(std::string message);
Error invalid_argument(std::string message);
Error deadline_exceeded(std::string message);
Error not_found(std::string message);
Error already_exists(std::string message);
Error permission_denied(std::string message);
Error resource_exhausted(std::string message);
Error failed_precondition(std::string message);
Error aborted(std::string message);
Error out_of_range(std::string message);
Error unimplemented(std::string message);
Error internal_error(std::string message);
Error unavailable(std::string message);
Error data_loss(std::string message);
Error unauthenticated(std::string message);

namespace detail {
[[noreturn]] void no_value(const Error& error);
[[noreturn]] void no_error();
}  // namespace detail

/// A `T` or an Error. Reading the one that is not there aborts and prints the error: that is a bug, not weather.
template <class T>
class [[nodiscard]] Result {
  static_assert(!std::is_reference_v<T> && !std::is_same_v<std::remove_cv_t<T>, Error>);

 public:
  using value_type = T;

  Result(T value) : ok_(true) { ::new (&value_) T(std::move(value)); }
  Result(Error error) : ok_(false) { ::new (&error_) Error(std::move(error)); }
  template <class U>
    requires(std::is_convertible_v<U &&, T> && !std::is_same_v<std::remove_cvref_t<U>, T> &&
             !std::is_same_v<std::remove_cvref_t<U>, Result> && !std::is_convertible_v<U &&, Error>)
  Result(U&& value) : ok_(true) {
    ::new (&value_) T(std::forward<U>(value));
  }
  Result(const Result& other)
    requires std::is_copy_constructible_v<T>
      : ok_(other.ok_) {
    ok_ ? make(value_, other.value_) : make(error_, other.error_);
  }
  Result(Result&& other) noexcept(std::is_nothrow_move_constructible_v<T>) : ok_(other.ok_) {
    ok_ ? make(value_, std::move(other.value_)) : make(error_, std::move(other.error_));
  }
  Result& operator=(Result other) {
    clear();
    ok_ = other.ok_;
    ok_ ? make(value_, std::move(other.value_)) : make(error_, std::move(other.error_));
    return *this;
  }
  ~Result() { clear(); }

  bool ok() const { return ok_; }
  explicit operator bool() const { return ok_; }
  Code code() const { return ok_ ? Code::ok : error_.code(); }

  T& value() & {
    if (!ok_) detail::no_value(error_);
    return value_;
  }
  const T& value() const& {
    if (!ok_) detail::no_value(error_);
    return value_;
  }
  T&& value() && { return std::move(value()); }
  T value_or(T other) && { return ok_ ? std::move(value_) : std::move(other); }

  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(value()); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const {
    if (ok_) detail::no_error();
    return error_;
  }

 private:
  template <class U, class From>
  static void make(U& place, From&& from) {
    ::new (&place) U(std::forward<From>(from));
  }
  void clear() { ok_ ? value_.~T() : error_.~Error(); }

  union {
    T value_;
    Error error_;
  };
  bool ok_;
};

/// Success without a value, or an Error.
template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;

  Result() = default;
  Result(Error error) : error_(std::move(error)) {}

  bool ok() const { return !error_; }
  explicit operator bool() const { return ok(); }
  Code code() const { return ok() ? Code::ok : error_->code(); }
  void value() const {
    if (!ok()) detail::no_value(*error_);
  }
  const Error& error() const {
    if (ok()) detail::no_error();
    return *error_;
  }

 private:
  std::optional<Error> error_;
};

}  // namespace holon

/// The value of `expression`, a Result; an error returns from the enclosing function.
/// Stands alone as an initialiser or a statement, never inside braces, a capture list or `new`: GCC 12 leaks what such an
/// expression has built already when a statement expression returns from its middle. The tidy check refuses it there.
#define HOLON_TRY(...)                                                      \
  ({                                                                        \
    auto holon_try_result = (__VA_ARGS__);                                  \
    if (__builtin_expect(!holon_try_result.ok(), 0)) {                      \
      return ::holon::Error(holon_try_result.error());                      \
    }                                                                       \
    std::move(holon_try_result).value();                                    \
  })
