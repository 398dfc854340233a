// JSON strings (RFC 8259, section 7), written.
#pragma once

#include <string>
#include <string_view>

namespace holon::telemetry {

/// Appends `text` quoted and escaped; bytes that are no UTF-8 become U+FFFD.
void append_json_string(std::string& out, std::string_view text);

}  // namespace holon::telemetry
