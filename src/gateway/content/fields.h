// Reading the fields of a request's head by RFC 9110's kinds of fields.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/http_exchange.h"

namespace holon::gateway {

/// A field that is a list (RFC 9110, 5.6.1): all its lines, joined by commas. Nothing if there is none.
std::optional<std::string> list_field(const server::HttpRequest& request, std::string_view name);

/// A field that may come once. Nothing if there is none, or several that nobody can choose from.
std::optional<std::string_view> single_field(const server::HttpRequest& request, std::string_view name);

/// Without blanks and tabs at both ends (RFC 9110, 5.6.3: OWS).
std::string_view trimmed(std::string_view text);

/// Takes the part before the next `separator` off `rest`, trimmed.
std::string_view next_part(std::string_view& rest, char separator);

/// Whether two words are the same in ASCII, whatever their case.
bool same_word(std::string_view a, std::string_view b);

}  // namespace holon::gateway
