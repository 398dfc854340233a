// Certificates for tests and benchmarks, made on the spot: no key is ever committed.
//
//   crypto::TestAuthority authority("Test CA");
//   crypto::TestFolder folder;
//   crypto::KeyPair pair = folder.write("server", authority.issue({.subject = "localhost"}));
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "crypto/authority.h"
#include "crypto/tls.h"

namespace holon::crypto {

struct TestWish {
  std::string subject = "localhost";  ///< the common name
  std::vector<std::string> names = {"DNS:localhost", "IP:127.0.0.1"};
  long valid_from_s = -3600;  ///< from now
  long valid_until_s = 86'400;
};

class TestAuthority {
 public:
  explicit TestAuthority(const std::string& name);

  PemPair issue(const TestWish& wish = {}) const;
  /// Its own certificate, in PEM: what others trust.
  const std::string& certificate() const { return authority_.certificate(); }

 private:
  Authority authority_;
};

/// A folder that goes with its object.
class TestFolder {
 public:
  TestFolder();
  ~TestFolder();
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;

  std::filesystem::path write(const std::string& name, const std::string& content) const;
  /// NAME.pem and NAME.key
  KeyPair write(const std::string& name, const PemPair& pair) const;
  std::filesystem::path path(const std::string& name) const { return where_ / name; }

 private:
  std::filesystem::path where_;
};

}  // namespace holon::crypto
