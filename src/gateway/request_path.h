// RequestPath: what a request's path means, before anything is decided by it. Programs read paths in different ways; a route
// that guards /admin/** must not be passed by a spelling that only the server behind it understands. So the path has two
// readings: the strict one, by which routes are found, and the most lenient one that a server behind might have. Where they
// would find different routes, the request is refused (see RouteTable).
#pragma once

#include <string>
#include <string_view>

#include "holon/result.h"

namespace holon::gateway {

struct RequestPath {
  /// "/a b" for "/%61%20b" is not: only what RFC 3986, 2.3 calls unreserved is decoded, which never changes a meaning.
  std::string strict;
  /// All is decoded, backslashes are slashes, several slashes are one, parameters (";v=1") are cut off.
  std::string lenient;
};

/// @param path  as it came, without its query: "/v1/books/a%20b"
/// INVALID_ARGUMENT for what is no path (no slash at its beginning, broken percent-encoding, no UTF-8, a zero byte), and for
/// segments that are "." or ".." in any reading: nobody sends them who means well, clients resolve them themselves.
Result<RequestPath> read_path(std::string_view path);

}  // namespace holon::gateway
