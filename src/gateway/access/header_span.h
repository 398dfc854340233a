// HeaderSpan: what a request says of itself, whatever carried it.
#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace holon::gateway {

/// Names in lower case, and values: the headers of an HttpRequest, or the entries of a gRPC call's Metadata.
using HeaderSpan = std::span<const std::pair<std::string, std::string>>;

/// The first value of `name`, or empty.
inline std::string_view find_header(HeaderSpan headers, std::string_view name) {
  auto found = std::find_if(headers.begin(), headers.end(), [&](const auto& header) { return header.first == name; });
  return found != headers.end() ? std::string_view(found->second) : std::string_view();
}

}  // namespace holon::gateway
