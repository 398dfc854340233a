#include "token/token.h"

#include <random>

namespace shop {

std::string random_token(int digits) {
  std::random_device system;
  std::string token;
  for (int i = 0; i < digits; ++i) token += "0123456789abcdefghijklmnopqrstuv"[system() & 31];
  return token;
}

}  // namespace shop
