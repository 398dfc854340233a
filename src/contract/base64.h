// Base64 (RFC 4648): read in either alphabet, with or without padding; written in the first, padded.
#pragma once

#include <string>
#include <string_view>

namespace holon::contract {

/// False if `text` is no base64: alphabets mixed, a wrong length or padding, other characters.
bool base64_decode(std::string_view text, std::string& bytes);
void append_base64(std::string& out, std::string_view bytes);

}  // namespace holon::contract
