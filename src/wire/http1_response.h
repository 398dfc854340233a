// What a response's head means: the rules that look at more than one byte. Internal to http1_client.cc.
#pragma once

#include <string_view>

#include "wire/http1_client.h"

namespace holon::wire {

struct ResponseMeaning {
  Http1Response response;
  bool keep_alive = true;
};

/// @param status_line  without its CR LF
/// @param headers      as split_head gives them; they become those of the response
/// @return why the response is refused, a literal; empty if it is not
std::string_view read_response_head(std::string_view status_line, Headers headers, ResponseMeaning& into);

}  // namespace holon::wire
