#include "crypto/test_certificates.h"

#include <openssl/pem.h>

#include <fstream>
#include <stdexcept>

#include "crypto/openssl.h"

namespace holon::crypto {
namespace {

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ",") + part;
  return text;
}

void add_extension(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  if (extension == nullptr) throw std::runtime_error("a certificate cannot have " + value + ": " + last_reason());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

Certificate draft(const std::string& subject, EVP_PKEY* key, long from_s, long until_s) {
  Certificate certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()), env::os().random() >> 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), from_s);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), until_s);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(subject.c_str()), -1, -1, 0);
  return certificate;
}

template <class Write>
std::string pem(Write write) {
  Bio out(BIO_new(BIO_s_mem()));
  write(out.get());
  char* data = nullptr;
  long size = BIO_get_mem_data(out.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}
std::string pem_of(X509* certificate) {
  return pem([&](BIO* out) { PEM_write_bio_X509(out, certificate); });
}
std::string pem_of(EVP_PKEY* key) {
  return pem([&](BIO* out) { PEM_write_bio_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr); });
}

}  // namespace

struct TestAuthority::Impl {
  PrivateKey key{EVP_EC_gen("P-256")};
  Certificate certificate;
  std::string text;
};

TestAuthority::TestAuthority(const std::string& name) : impl_(std::make_unique<Impl>()) {
  impl_->certificate = draft(name, impl_->key.get(), -86'400, 86'400);
  X509* self = impl_->certificate.get();
  X509_set_issuer_name(self, X509_get_subject_name(self));
  add_extension(self, self, NID_basic_constraints, "critical,CA:TRUE");
  add_extension(self, self, NID_key_usage, "critical,keyCertSign");
  add_extension(self, self, NID_subject_key_identifier, "hash");
  X509_sign(self, impl_->key.get(), EVP_sha256());
  impl_->text = pem_of(self);
}

TestAuthority::~TestAuthority() = default;

const std::string& TestAuthority::certificate() const { return impl_->text; }

TestPair TestAuthority::issue(const TestWish& wish) const {
  PrivateKey key(EVP_EC_gen("P-256"));
  Certificate certificate = draft(wish.subject, key.get(), wish.valid_from_s, wish.valid_until_s);
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(impl_->certificate.get()));
  if (!wish.names.empty()) {
    add_extension(certificate.get(), impl_->certificate.get(), NID_subject_alt_name, joined(wish.names));
  }
  X509_sign(certificate.get(), impl_->key.get(), EVP_sha256());
  return {pem_of(certificate.get()), pem_of(key.get())};
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

KeyPair TestFolder::write(const std::string& name, const TestPair& pair) const {
  return {write(name + ".pem", pair.certificate), write(name + ".key", pair.key)};
}

}  // namespace holon::crypto
