// Replies: how the replies of a stream become one HTTP answer.
//
//   Replies replies(visit, entry, json, Form::events);
//   while (…) TRY(replies.write(*reply, out.response_metadata()));   // flushed one by one
//   replies.finish(status, out.response_metadata());
//
// | form   | content type          | a reply                  | an error once the answer has begun        |
// |--------|-----------------------|--------------------------|-------------------------------------------|
// | lines  | application/x-ndjson  | JSON on one line         | a last line {"error": problem}            |
// | events | text/event-stream     | an event, `id` and `data`| a last event named "error", a problem     |
// | raw    | of the first HttpBody | the bytes of an HttpBody | the answer is cut off                     |
//
// The head of the answer waits for the first reply, so that an error before it has its own status. If none comes for a while,
// `beat` sends it. One fiber writes replies; another one may beat.
#pragma once

#include <google/protobuf/message.h>

#include <cstdint>

#include "contract/json.h"
#include "gateway/transcode/negotiate.h"
#include "gateway/visit.h"
#include "holon/call.h"
#include "holon/task.h"

namespace holon::gateway {

class Replies {
 public:
  /// All outlive it. @param form  any but json
  Replies(Visit& visit, const Entry& entry, const contract::Json& json, Form form);

  /// Sends one reply. Suspends while the client is behind; an error says that nobody reads any more.
  /// @param metadata  what the service sent before its first reply
  Result<void> write(const google::protobuf::Message& reply, const Metadata& metadata);
  /// How many it sent.
  std::uint64_t sent() const { return sent_; }
  /// Nothing has come for a while: lets the client see that the answer goes on.
  Result<void> beat();
  /// The stream of replies is over.
  void finish(const Result<void>& status, const Metadata& metadata);

 private:
  void begin(std::string content_type, const Metadata& metadata);
  std::string error_text(const Error& error) const;

  Visit& visit_;
  const Entry& entry_;
  const contract::Json& json_;
  const Form form_;
  Mutex writing_;
  const std::uint64_t seen_before_;  ///< the events that a client that comes again has had
  std::uint64_t sent_ = 0;
};

}  // namespace holon::gateway
