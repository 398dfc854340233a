// Names nobody can guess: of sessions, orders, parcels, payments.
#pragma once

#include <string>

namespace shop {

/// `digits` random characters of 0-9 and a-v, 5 bits each, from the system's randomness.
std::string random_token(int digits);

}  // namespace shop
