// Carrier: how a message gets from one fiber to another within a host: as an object, or, in strict mode, as bytes.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "holon/result.h"

namespace google::protobuf {
class MessageLite;
}

namespace holon::app {

/// As an object, or, if there is a bound, as bytes of which a message has at most so many.
struct Carriage {
  std::optional<std::size_t> bytes_max;
};

/// A message on its way.
class Parcel {
 public:
  /// RESOURCE_EXHAUSTED if it is larger than a message may be.
  static Result<Parcel> pack(const google::protobuf::MessageLite& message, Carriage how);
  /// Moves the content out; INTERNAL if the bytes are no such message.
  Result<void> unpack(google::protobuf::MessageLite& into);
  std::size_t size() const { return size_; }

  Parcel(Parcel&&) noexcept;
  Parcel& operator=(Parcel&&) noexcept;
  ~Parcel();

 private:
  Parcel() = default;
  std::unique_ptr<google::protobuf::MessageLite> object_;
  std::string bytes_;
  std::size_t size_ = 0;
};

}  // namespace holon::app
