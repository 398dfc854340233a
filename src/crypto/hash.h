// SHA-256, SHA-1, and comparing what nobody may learn.
#pragma once

#include <string>
#include <string_view>

namespace holon::crypto {

constexpr std::size_t sha256_bytes = 32;

/// The 32 bytes of SHA-256 (FIPS 180-4).
std::string sha256(std::string_view bytes);

/// The 20 bytes of SHA-1. Only for what asks for it and needs no strength: WebSocket's handshake (RFC 6455).
std::string sha1(std::string_view bytes);

/// Takes as long however much of them is equal; their sizes are no secret.
bool equal_in_constant_time(std::string_view left, std::string_view right);

}  // namespace holon::crypto
