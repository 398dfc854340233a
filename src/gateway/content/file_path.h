// Where the path of a request leads below a folder. Decoded once, segment by segment: what a segment says is one name, or
// there is no such file. So "%252e" is the name "%2e", and neither "%2e%2e" nor "..\\" is a way up.
#pragma once

#include <string>
#include <string_view>

#include "holon/result.h"

namespace holon::gateway {

struct FilePath {
  std::string below;       ///< relative, "a/b"; empty: the folder itself
  bool directory = false;  ///< it ends with a slash, so it means a directory
};

/// @param path          of the request, as it came: "/static/a%20b/"
/// @param strip_prefix  what of it is before the folder: "/static"; a path that does not begin with it is NOT_FOUND
/// INVALID_ARGUMENT for what is no path: broken percent-encoding, no UTF-8. PERMISSION_DENIED for names that are never
/// served: ".." in any spelling, dot files, slashes, backslashes or control characters within a name.
Result<FilePath> file_path(std::string_view path, std::string_view strip_prefix);

/// A path that begins with one slash, whatever it began with: in a Location, "//evil.example" and "/\evil.example" would
/// lead to another server.
std::string local_path(std::string_view path);

}  // namespace holon::gateway
