#include "crypto/openssl.h"

#include <openssl/err.h>
#include <openssl/pem.h>

namespace holon::crypto {
namespace {

Bio reader_of(std::string_view text) { return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))); }

std::string text_of(Bio memory) {
  char* data = nullptr;
  long size = BIO_get_mem_data(memory.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string text_of(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)), static_cast<std::size_t>(ASN1_STRING_length(text))};
}

std::string ip_text(const ASN1_OCTET_STRING* address) {
  const unsigned char* bytes = ASN1_STRING_get0_data(address);
  std::string text;
  if (ASN1_STRING_length(address) == 4) {
    for (int i = 0; i < 4; ++i) text += (i > 0 ? "." : "") + std::to_string(bytes[i]);
    return text;
  }
  char group[5];
  for (int i = 0; i + 1 < ASN1_STRING_length(address); i += 2) {
    std::snprintf(group, sizeof group, "%x", bytes[i] << 8 | bytes[i + 1]);
    text += (i > 0 ? ":" : "") + std::string(group);
  }
  return text;
}

std::string text_of(const GENERAL_NAME& name) {
  switch (name.type) {
    case GEN_DNS: return "DNS:" + text_of(name.d.dNSName);
    case GEN_URI: return "URI:" + text_of(name.d.uniformResourceIdentifier);
    case GEN_EMAIL: return "email:" + text_of(name.d.rfc822Name);
    case GEN_IPADD: return "IP:" + ip_text(name.d.iPAddress);
    default: return {};
  }
}

}  // namespace

int no_passphrase(char*, int, int, void*) { return -1; }

std::string last_reason() {
  unsigned long code = ERR_peek_last_error();
  ERR_clear_error();
  const char* reason = ERR_reason_error_string(code);
  return reason != nullptr ? reason : "error " + std::to_string(code);
}

Result<std::vector<Certificate>> read_certificates(const std::string& file, std::string_view pem) {
  std::vector<Certificate> certificates;
  Bio reader = reader_of(pem);
  ERR_clear_error();
  while (X509* next = PEM_read_bio_X509(reader.get(), nullptr, no_passphrase, nullptr)) certificates.emplace_back(next);
  bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  std::string reason = last_reason();
  if (!at_end) return invalid_argument(file + " has a certificate that cannot be read: " + reason);
  if (certificates.empty()) {
    return invalid_argument(file + " has no certificate; give a PEM file (-----BEGIN CERTIFICATE-----)");
  }
  return certificates;
}

Result<PrivateKey> read_key(const std::string& file, std::string_view pem) {
  ERR_clear_error();
  PrivateKey key(PEM_read_bio_PrivateKey(reader_of(pem).get(), nullptr, no_passphrase, nullptr));
  if (key != nullptr) return key;
  return invalid_argument(file + " has no private key that can be read (" + last_reason() +
                          "); give a PEM file without a passphrase (-----BEGIN PRIVATE KEY-----)");
}

std::string name_of(const X509_NAME* name) {
  Bio out(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
  return text_of(std::move(out));
}

std::vector<std::string> alternative_names(X509* certificate) {
  std::vector<std::string> texts;
  auto* names = static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
    std::string text = text_of(*sk_GENERAL_NAME_value(names, i));
    if (!text.empty()) texts.push_back(std::move(text));
  }
  GENERAL_NAMES_free(names);
  return texts;
}

}  // namespace holon::crypto
