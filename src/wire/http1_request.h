// What a request's head means: the rules that look at more than one byte. Internal to http1.cc; http1_response.cc uses what
// heads of both kinds have in common.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "wire/http1_gate.h"

namespace holon::wire {

struct RequestMeaning {
  Http1Request request;
  bool keep_alive = true;
};

bool equals_ignoring_case(std::string_view a, std::string_view lower);
/// Calls `visit` with each member of a comma-separated list, trimmed (RFC 9110, 5.6.1).
template <class Visit>
void each_of_list(std::string_view list, Visit visit) {
  while (!list.empty()) {
    std::size_t comma = std::min(list.find(','), list.size());
    visit(trimmed(list.substr(0, comma)));
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
}

/// Cuts a head that has passed the gate into its first line, which is returned, and headers: names lower-cased in place,
/// values trimmed.
std::string_view split_head(std::string& head, std::vector<HeaderView>& headers);

/// @param request_line  without its CR LF
/// @param headers       as split_head gives them; they become those of the request
HttpVerdict read_head(std::string_view request_line, Headers headers, const Http1Limits& limits, RequestMeaning& into);

}  // namespace holon::wire
