// RequestInput: the requests of a call, as JSON values one after the other: from the command line, a file, standard input.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "contract/json_sequence.h"
#include "env/input.h"
#include "fiber/waiter.h"
#include "holon/call.h"

namespace holon::cli {

class RequestInput {
 public:
  /// @param source  JSON itself, "@FILE", or "-" for standard input. NOT_FOUND if there is no such file.
  static Result<std::unique_ptr<RequestInput>> open(const std::string& source);
  virtual ~RequestInput() = default;

  /// Reads the next request into `message`; false at the end. Waits, as long as `call` may take, for what is typed still.
  /// INVALID_ARGUMENT names source, line, column and what is wrong.
  Result<bool> next(Call& call, const contract::Json& json, google::protobuf::Message& message);
  /// Teaches somebody about a value before it is parsed: the types of its google.protobuf.Any.
  void on_value(std::function<void(const std::string&)> look) { look_ = std::move(look); }

 protected:
  explicit RequestInput(std::string name) : name_(std::move(name)) {}
  /// More text; empty at the end.
  virtual Result<std::string> more(Call& call) = 0;

 private:
  std::string name_;
  contract::JsonSequence values_{64 << 20};
  std::function<void(const std::string&)> look_;
  bool ended_ = false;
};

}  // namespace holon::cli
