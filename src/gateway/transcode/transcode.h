// From HTTP to the messages of a method and back, by the rules of google.api.http.
//
// In: path variables fill their fields. With body "*" the body is the request; with body "field" it is that field, and
// with no body there must be none. What neither path nor body fills comes from the query, by either spelling of a
// field's name, `inner.name` for a field inside a message, once more for each element of a repeated field. What fits no
// field is refused. The path is what was routed by, so it wins over the body.
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

/// Whether the body fills a google.api.HttpBody, and so may be anything.
bool takes_raw_body(const Entry& entry);
/// Whether what is answered is a google.api.HttpBody.
bool gives_raw_body(const Entry& entry);

/// Fills `request`, a fresh message of the method's input type, with what path and query say. INVALID_ARGUMENT names the
/// variable or the parameter that is wrong.
Result<void> read_url(const Router::Match& match, std::string_view query, const contract::Json& json,
                      google::protobuf::Message& request);

struct Body {
  std::string_view content_type;
  std::string_view bytes;
};
/// Adds the body to what the URL says. INVALID_ARGUMENT with the place in it.
Result<void> read_body(const Router::Match& match, const Body& body, const contract::Json& json,
                       google::protobuf::Message& request);

struct Outgoing {
  std::string content_type;
  std::string body;
  bool raw = false;  ///< it was a google.api.HttpBody
};
Result<Outgoing> write_reply(const Entry& entry, const google::protobuf::Message& reply, const contract::Json& json);

}  // namespace holon::gateway
