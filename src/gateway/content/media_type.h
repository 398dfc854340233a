// Media types: which one a file has by its name, and which are worth compressing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace holon::gateway {

/// The Content-Type of a file by its last extension, whatever its case; "application/octet-stream" if it tells nothing.
/// Texts are taken to be UTF-8.
std::string_view media_type_of(std::string_view file);

/// Whether bytes of this Content-Type become fewer: it is one of `types` ("text/css", "text/*"), or, if there are none, a text,
/// JSON, XML, JavaScript, SVG, WebAssembly, or a font or picture that is not compressed by itself.
bool is_compressible(std::string_view content_type, const std::vector<std::string>& types);

}  // namespace holon::gateway
