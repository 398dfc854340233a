// FailedStream: a stream that could not be opened says why whatever one does with it.
#pragma once

#include <utility>

#include "holon/stream.h"

namespace holon::app {

class FailedStream final : public internal::Duplex {
 public:
  explicit FailedStream(Error why) : why_(std::move(why)) {}

  Result<bool> read(google::protobuf::MessageLite&) override { return why_; }
  Result<void> write(const google::protobuf::MessageLite&) override { return why_; }
  Result<void> end_writing() override { return why_; }

 private:
  Error why_;
};

}  // namespace holon::app
