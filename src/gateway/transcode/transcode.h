// From HTTP to the messages of a method and back, by the rules of google.api.http.
//
// In: path variables fill their fields. With body "*" the body is the request; with body "field" it is that field, and
// with no body there must be none. What neither path nor body fills comes from the query, by either spelling of a
// field's name, `inner.name` for a field inside a message, once more for each element of a repeated field. What fits no
// field is refused.
// Bodies are JSON, but for fields of type google.api.HttpBody, which take any body as it is.
// Out: JSON of the reply, or of its `response_body` field; a google.api.HttpBody goes out as it is.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "contract/json.h"
#include "gateway/transcode/router.h"
#include "google/protobuf/message.h"
#include "holon/result.h"

namespace holon::gateway {

/// What an HTTP request says, as far as messages are concerned.
struct Incoming {
  const std::vector<std::string>& path_values;  ///< of the route's variables
  std::string_view query;
  std::string_view content_type;
  std::string_view body;
};

struct Outgoing {
  std::string content_type;
  std::string body;
  bool raw = false;  ///< it was a google.api.HttpBody
};

/// Whether the route takes a body of this type: JSON in UTF-8 (also when no type is given), or anything if the body is
/// raw.
bool takes_content_type(const Entry& entry, std::string_view content_type);

/// Fills `request`, a fresh message of the method's input type. Errors are INVALID_ARGUMENT.
Result<void> read_request(const Entry& entry, const Incoming& incoming, const contract::Json& json,
                          google::protobuf::Message& request);

Result<Outgoing> write_reply(const Entry& entry, const google::protobuf::Message& reply, const contract::Json& json);

}  // namespace holon::gateway
