#include "crypto/test_certificates.h"

#include <chrono>
#include <fstream>

namespace holon::crypto {

TestAuthority::TestAuthority(const std::string& name) : authority_(Authority::create(env::os(), name).value()) {}

PemPair TestAuthority::issue(const TestWish& wish) const {
  const env::WallTime now = env::os().wall();
  return authority_
      .issue({.subject = wish.subject,
              .names = wish.names,
              .valid_from = now + std::chrono::seconds(wish.valid_from_s),
              .valid_until = now + std::chrono::seconds(wish.valid_until_s)})
      .value();
}

TestFolder::TestFolder()
    : where_(std::filesystem::temp_directory_path() / ("holon-tls-" + std::to_string(env::os().random()))) {
  std::filesystem::create_directories(where_);
}

TestFolder::~TestFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(where_, ignored);
}

std::filesystem::path TestFolder::write(const std::string& name, const std::string& content) const {
  std::ofstream(path(name)) << content;
  return path(name);
}

KeyPair TestFolder::write(const std::string& name, const PemPair& pair) const {
  return {write(name + ".pem", pair.certificate), write(name + ".key", pair.key)};
}

}  // namespace holon::crypto
