// HeaderCheck: whether a header block says what HTTP/2 permits (RFC 9113, section 8). Fed field by field. Its state is
// small, so that it can be kept as it was after a block's beginning, and gone on from.
#pragma once

#include <cstdint>
#include <optional>

#include "wire/violation.h"

namespace holon::wire {

class HeaderCheck {
 public:
  enum class Block : std::uint8_t { request, response, trailers };

  explicit HeaderCheck(Block block) : block_(block) {}

  void add(std::string_view name, std::string_view value);
  /// After the last field: the first rule that was broken.
  Verdict finish();

  Block block() const { return block_; }
  /// Of a response: whether more headers follow before the body (8.1).
  bool informational() const { return block_ == Block::response && status_ / 100 == 1; }
  int status() const { return status_; }
  std::optional<std::uint64_t> content_length() const {
    return has_length_ ? std::optional(length_) : std::nullopt;
  }

 private:
  enum Seen : std::uint8_t { saw_method = 1, saw_scheme = 2, saw_path = 4, saw_authority = 8, saw_status = 16 };

  void fail(const Violation& rule) {
    if (wrong_ == nullptr) wrong_ = &rule;
  }
  void see(Seen which);
  void add_pseudo(std::string_view name, std::string_view value);
  void add_regular(std::string_view name, std::string_view value);
  void add_path(std::string_view value);
  void add_status(std::string_view value);
  void add_length(std::string_view value);
  void add_host(std::string_view value, bool is_authority);

  Block block_;
  std::uint8_t seen_ = 0;
  bool regular_seen_ = false;
  bool connect_ = false;
  bool options_ = false;
  bool star_ = false;      ///< :path is "*"
  bool has_length_ = false;
  bool has_host_ = false;
  int status_ = 0;
  std::uint64_t length_ = 0;
  std::uint64_t host_hash_ = 0;  ///< of the authority or host seen first
  Verdict wrong_ = nullptr;
};

}  // namespace holon::wire
