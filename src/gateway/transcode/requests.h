// Requests: the messages that one HTTP request sends to a method. Of a client stream, its body has them while it arrives: JSON
// values one after the other, usually one a line; or, where the body is a google.api.HttpBody, a message for each piece that
// arrives. Of any other method the whole body is one. Path and query fill every message.
//
//   Requests requests(visit, match, contracts);
//   TRY(requests.begin());                                   // what the URL says is right
//   while (std::unique_ptr<Message> request = TRY(requests.next())) TRY(stream.write(*request));
#pragma once

#include <google/protobuf/message.h>

#include <memory>
#include <string>

#include "contract/json_sequence.h"
#include "gateway/contracts.h"
#include "gateway/transcode/transcode.h"
#include "gateway/visit.h"

namespace holon::gateway {

/// One fiber's.
class Requests {
 public:
  static constexpr std::size_t message_bytes_max = 4 << 20;  ///< of one JSON value

  /// All outlive it.
  Requests(Visit& visit, const Router::Match& match, const Contracts& contracts);

  /// Reads path and query. INVALID_ARGUMENT names what is wrong.
  Result<void> begin();
  /// The next message; null at the end. Suspends until it is there. Errors are the client's: what it sends is wrong, too much,
  /// too slow, or it has gone.
  Result<std::unique_ptr<google::protobuf::Message>> next();

 private:
  using Made = std::unique_ptr<google::protobuf::Message>;

  Result<Made> whole();
  Result<Made> next_piece();
  Result<Made> next_value();
  Result<Made> parse(const contract::JsonSequence::Value& value);
  Result<Made> made(std::string_view bytes) const;

  Visit& visit_;
  const Router::Match& match_;
  const Contracts& contracts_;
  std::string content_type_;
  std::unique_ptr<google::protobuf::Message> url_;  ///< what path and query say
  contract::JsonSequence values_{message_bytes_max};
  bool ended_ = false;
  bool any_ = false;
};

}  // namespace holon::gateway
