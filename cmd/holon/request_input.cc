#include "cmd/holon/request_input.h"

#include <google/protobuf/message.h>

#include <deque>

#include "env/disk.h"
#include "fiber/loop.h"

namespace holon::cli {
namespace {

constexpr int standard_input = 0;

class TextInput final : public RequestInput {
 public:
  explicit TextInput(std::string text) : RequestInput("request"), text_(std::move(text)) {}

 private:
  Result<std::string> more(Call&) override { return std::exchange(text_, {}); }
  std::string text_;
};

class FileInput final : public RequestInput {
 public:
  explicit FileInput(const std::filesystem::path& path) : RequestInput(path.string()), path_(path) {}

 private:
  Result<std::string> more(Call&) override {
    std::string piece = HOLON_TRY(env::os().disk().read(path_, offset_, env::Input::bytes_at_once_max));
    offset_ += piece.size();
    return piece;
  }
  std::filesystem::path path_;
  std::uint64_t offset_ = 0;
};

/// What is typed, or comes through a pipe, as it comes.
class StandardInput final : public RequestInput {
 public:
  StandardInput() : RequestInput("standard input") {}

 private:
  /// What has arrived, shared with what the reading thread posts.
  struct Arrival {
    std::optional<std::string> piece;
    fiber::Waiter arrived;
  };

  Result<std::string> more(Call& call) override {
    input_.more();
    while (!arrival_->piece) HOLON_TRY(fiber::wait(arrival_->arrived, call));
    std::string piece = std::move(*arrival_->piece);
    arrival_->piece.reset();
    return piece;
  }

  std::shared_ptr<Arrival> arrival_ = std::make_shared<Arrival>();
  env::Input input_{standard_input, [arrival = arrival_, &loop = *fiber::Loop::current()](std::string piece) {
                      loop.post([arrival, piece = std::move(piece)]() mutable {
                        arrival->piece = std::move(piece);
                        arrival->arrived.wake();
                      });
                    }};
};

}  // namespace

Result<std::unique_ptr<RequestInput>> RequestInput::open(const std::string& source) {
  if (source == "-") return std::make_unique<StandardInput>();
  if (!source.starts_with('@')) return std::make_unique<TextInput>(source);
  const std::filesystem::path file = source.substr(1);
  HOLON_TRY(env::os().disk().size(file));
  return std::make_unique<FileInput>(file);
}

Result<bool> RequestInput::next(Call& call, const contract::Json& json, google::protobuf::Message& message) {
  for (;;) {
    Result<std::optional<contract::JsonSequence::Value>> value = values_.next();
    if (!value.ok()) return invalid_argument(name_ + ":" + value.error().message());
    if (*value) {
      if (look_) look_((*value)->text);
      Result<void> parsed = (*value)->parse(json, message);
      if (!parsed.ok()) return invalid_argument(name_ + ":" + parsed.error().message());
      return true;
    }
    if (ended_) return false;
    std::string piece = HOLON_TRY(more(call));
    ended_ = piece.empty();
    ended_ ? values_.end() : values_.feed(piece);
  }
}

}  // namespace holon::cli
