// What a request's head means: the rules that look at more than one byte. Internal to http1.cc.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wire/http1_gate.h"

namespace holon::wire {

struct RequestMeaning {
  Http1Request request;
  bool keep_alive = true;
  bool expects_continue = false;
};

std::string_view trimmed(std::string_view text);

/// Cuts a head that has passed the gate into its request line, which is returned, and headers: names lower-cased in
/// place, values trimmed.
std::string_view split_head(std::string& head, std::vector<HeaderView>& headers);

/// @param request_line  without its CR LF
/// @param headers       as split_head gives them; they become those of the request
std::optional<Refusal> read_head(std::string_view request_line, Headers headers, const Http1Limits& limits,
                                 RequestMeaning& into);

}  // namespace holon::wire
