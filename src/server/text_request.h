// TextRequest: the body of a request in gRPC-Web's text form, and how much of its window may open.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include "wire/grpc_web.h"

namespace holon::server {

class TextRequest {
 public:
  /// What `text` adds to the request; nothing if it is no base64.
  std::optional<wire::Bytes> decode(wire::Bytes text) {
    bytes_.clear();
    if (!reader_.feed({reinterpret_cast<const char*>(text.data()), text.size()}, bytes_)) return {};
    owed_ += text.size();
    unused_ += bytes_.size();
    return std::as_bytes(std::span(bytes_));
  }
  /// Whether the body ends in the middle of a group.
  bool partial() const { return reader_.partial(); }

  /// Bytes of the text to give back, now that `bytes` of the request are used up. Padding belongs to none of them, so when
  /// all are used up, all is given back.
  std::size_t due(std::size_t bytes) {
    unused_ -= std::min(unused_, bytes);
    const std::size_t give = unused_ == 0 ? owed_ : std::min(owed_, bytes / 3 * 4);
    owed_ -= give;
    return give;
  }

 private:
  wire::Base64Reader reader_;
  std::string bytes_;
  std::size_t owed_ = 0;    ///< of the text
  std::size_t unused_ = 0;  ///< of the request
};

}  // namespace holon::server
