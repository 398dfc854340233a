// What calls are balanced by: a field of their request, found in the message as it is on the wire. So it costs no code for each type, and
// whoever passes on bytes that it knows nothing of can balance by them.
#pragma once

#include <cstdint>
#include <string_view>

#include "holon/generated.h"

namespace holon::client {

/// A hash of that field's value; the same in all processes and for all ways to write the value. One that is not there is as one with
/// its default value.
/// @param path  to a field that is neither repeated nor a message
std::uint64_t key_of(std::string_view message, const internal::FieldPath& path);

}  // namespace holon::client
