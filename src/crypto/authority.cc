#include "crypto/authority.h"

#include <openssl/pem.h>

#include <chrono>
#include <utility>

#include "crypto/openssl.h"
#include "env/disk.h"

namespace holon::crypto {
namespace {

constexpr auto clocks_differ = std::chrono::minutes(5);
constexpr auto authority_life = std::chrono::years(10);

std::filesystem::path certificate_file(const std::filesystem::path& folder) { return folder / "authority.pem"; }
std::filesystem::path key_file(const std::filesystem::path& folder) { return folder / "authority.key"; }

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ",") + part;
  return text;
}

Result<void> add_extension(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  std::unique_ptr<X509_EXTENSION, Released<X509_EXTENSION_free>> extension(
      X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
  if (extension == nullptr) return invalid_argument("a certificate cannot have " + value + ": " + last_reason());
  X509_add_ext(certificate, extension.get(), -1);
  return {};
}

/// @param serial  nobody else's of this authority: 63 random bits (RFC 5280, 4.1.2.2)
Certificate draft(const CertificateWish& wish, EVP_PKEY* key, std::uint64_t serial) {
  Certificate certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()), serial >> 1);
  ASN1_TIME_set(X509_getm_notBefore(certificate.get()), std::chrono::system_clock::to_time_t(wish.valid_from));
  ASN1_TIME_set(X509_getm_notAfter(certificate.get()), std::chrono::system_clock::to_time_t(wish.valid_until));
  X509_set_pubkey(certificate.get(), key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(wish.subject.c_str()), -1, -1, 0);
  return certificate;
}

template <class Write>
std::string pem(Write write) {
  Bio out(BIO_new(BIO_s_mem()));
  write(out.get());
  char* data = nullptr;
  const long size = BIO_get_mem_data(out.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}
std::string pem_of(X509* certificate) {
  return pem([&](BIO* out) { PEM_write_bio_X509(out, certificate); });
}
std::string pem_of(EVP_PKEY* key) {
  return pem([&](BIO* out) { PEM_write_bio_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr); });
}

}  // namespace

struct Authority::Impl {
  Impl(env::Environment& of, PrivateKey own_key, Certificate own)
      : world(of), key(std::move(own_key)), certificate(std::move(own)), text(pem_of(certificate.get())) {}

  env::Environment& world;
  PrivateKey key;
  Certificate certificate;
  std::string text;  ///< of the certificate
};

Result<Authority> Authority::create(env::Environment& world, const std::string& name) {
  PrivateKey key(EVP_EC_gen("P-256"));
  const env::WallTime now = world.wall();
  Certificate self = draft({.subject = name, .names = {}, .valid_from = now - clocks_differ, .valid_until = now + authority_life},
                           key.get(), world.random());
  X509_set_issuer_name(self.get(), X509_get_subject_name(self.get()));
  HOLON_TRY(add_extension(self.get(), self.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0"));
  HOLON_TRY(add_extension(self.get(), self.get(), NID_key_usage, "critical,keyCertSign"));
  HOLON_TRY(add_extension(self.get(), self.get(), NID_subject_key_identifier, "hash"));
  X509_sign(self.get(), key.get(), EVP_sha256());
  return Authority(std::make_shared<const Impl>(world, std::move(key), std::move(self)));
}

Result<Authority> Authority::load(env::Environment& world, const std::filesystem::path& folder) {
  const auto read = [&](const std::filesystem::path& file) {
    Result<std::string> text = world.disk().read(file);
    if (text.ok()) return text;
    return Result<std::string>(text.error().within("the application's authority; `holon authority " + folder.string() +
                                                   "` makes one, once, for all nodes"));
  };
  const std::string certificates = HOLON_TRY(read(certificate_file(folder)));
  const std::string keys = HOLON_TRY(read(key_file(folder)));
  std::vector<Certificate> chain = HOLON_TRY(read_certificates(certificate_file(folder).string(), certificates));
  PrivateKey key = HOLON_TRY(read_key(key_file(folder).string(), keys));
  if (X509_check_private_key(chain.front().get(), key.get()) != 1) {
    (void)last_reason();
    return invalid_argument(key_file(folder).string() + " is not the key of " + certificate_file(folder).string());
  }
  if (X509_check_ca(chain.front().get()) != 1) {
    return invalid_argument(certificate_file(folder).string() + " is no authority's certificate: it may certify nobody");
  }
  return Authority(std::make_shared<const Impl>(world, std::move(key), std::move(chain.front())));
}

Result<void> Authority::save(const std::filesystem::path& folder) const {
  env::Disk& disk = impl_->world.disk();
  for (const auto& file : {certificate_file(folder), key_file(folder)}) {
    if (disk.size(file).ok()) return already_exists(file.string() + " is there already: whom it certified would be strangers");
  }
  HOLON_TRY(disk.make_directories(folder));
  HOLON_TRY(disk.replace(key_file(folder), pem_of(impl_->key.get())));
  return disk.replace(certificate_file(folder), impl_->text);
}

const std::string& Authority::certificate() const { return impl_->text; }

Result<PemPair> Authority::issue(const CertificateWish& wish) const {
  PrivateKey key(EVP_EC_gen("P-256"));
  CertificateWish dated = wish;
  if (dated.valid_from == env::WallTime()) dated.valid_from = impl_->world.wall() - clocks_differ;
  Certificate certificate = draft(dated, key.get(), impl_->world.random());
  X509* authority = impl_->certificate.get();
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(authority));
  HOLON_TRY(add_extension(certificate.get(), authority, NID_basic_constraints, "critical,CA:FALSE"));
  HOLON_TRY(add_extension(certificate.get(), authority, NID_key_usage, "critical,digitalSignature"));
  HOLON_TRY(add_extension(certificate.get(), authority, NID_ext_key_usage, "serverAuth,clientAuth"));
  if (!wish.names.empty()) HOLON_TRY(add_extension(certificate.get(), authority, NID_subject_alt_name, joined(wish.names)));
  X509_sign(certificate.get(), impl_->key.get(), EVP_sha256());
  return PemPair{pem_of(certificate.get()), pem_of(key.get())};
}

}  // namespace holon::crypto
