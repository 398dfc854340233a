#include "crypto/explain.h"

#include <openssl/err.h>

#include <ctime>

namespace holon::crypto {
namespace {

std::string date_of(const ASN1_TIME* time) {
  std::tm utc{};
  char text[40] = "a date that cannot be read";
  if (ASN1_TIME_to_tm(time, &utc) == 1) std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &utc);
  return text;
}

std::string names_of(X509* certificate) {
  std::string text;
  for (const std::string& name : alternative_names(certificate)) text += (text.empty() ? "" : ", ") + name;
  return text.empty() ? "no DNS name and no IP address" : text;
}

struct Advice {
  const char* client;  ///< to whom verifies a server
  const char* server;  ///< to whom verifies a client
};

std::string to(Side side, const Advice& advice) { return side == Side::client ? advice.client : advice.server; }

constexpr Advice trust_it = {"trust it by TlsOptions::roots, or the system's store",
                          "add the authority to the file of client authorities"};

struct Reason {
  int code;
  Advice text;
};

// What OpenSSL reports of the handshake, as far as somebody can do something about it. An alert is what the other side
// sent before it hung up.
constexpr Reason reasons[] = {
    {SSL_R_WRONG_VERSION_NUMBER, {"the other side does not speak TLS there; call it without tls:, or at its TLS port",
                                  "the client does not speak TLS; it should call tls:HOST:PORT"}},
    {SSL_R_HTTP_REQUEST, {"the other side does not speak TLS there; call it without tls:, or at its TLS port",
                          "the client does not speak TLS but HTTP; it should call https://"}},
    {SSL_R_UNSUPPORTED_PROTOCOL, {"the server offers no TLS 1.2 or newer", "the client offers no TLS 1.2 or newer"}},
    {SSL_R_VERSION_TOO_LOW, {"the server offers no TLS 1.2 or newer", "the client offers no TLS 1.2 or newer"}},
    {SSL_R_TLSV1_ALERT_PROTOCOL_VERSION, {"the server takes no TLS 1.2 or 1.3", "the client takes no TLS 1.2 or 1.3"}},
    {SSL_R_NO_SHARED_CIPHER, {"the server and we have no cipher in common",
                              "the client offers none of the ciphers that HTTP/2 allows (RFC 9113, 9.2.2), or no signature "
                              "that fits our key"}},
    {SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE,
     {"the server refused the handshake: no cipher in common, or it wants a client certificate (TlsOptions::certificate)",
      "the client refused the handshake"}},
    {SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE,
     {"the server showed no certificate", "the client showed no certificate, which is required here"}},
    {SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED,
     {"the server requires a client certificate: give TlsOptions::certificate and key", "the client wants a certificate"}},
    {SSL_R_TLSV1_ALERT_UNKNOWN_CA, {"the server does not know the authority of our certificate",
                                    "the client does not know the authority of our certificate; it has to trust it"}},
    {SSL_R_SSLV3_ALERT_BAD_CERTIFICATE,
     {"the server refused our certificate", "the client refused our certificate: is it for the name that the client called?"}},
    {SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED, {"our certificate has expired; get a new one",
                                             "the client says that our certificate has expired; get a new one"}},
    {SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN, {"the server refused our certificate", "the client refused our certificate"}},
    {SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE,
     {"the server takes no certificate of our kind", "the client takes no certificate of our kind"}},
    {SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL,
     {"the server does not offer HTTP/2 (ALPN h2): is it a gRPC server?", "the client wants another protocol (ALPN)"}},
    {SSL_R_NO_APPLICATION_PROTOCOL,
     {"the server chose a protocol that we did not offer", "the client offers neither h2 nor http/1.1 (ALPN)"}},
    {SSL_R_UNEXPECTED_EOF_WHILE_READING, {"the connection was cut off", "the connection was cut off"}},
};

}  // namespace

std::string explain_refusal(X509_STORE_CTX* context, Side side, const std::string& wanted) {
  X509* certificate = X509_STORE_CTX_get_current_cert(context);
  int error = X509_STORE_CTX_get_error(context);
  std::string standard = X509_verify_cert_error_string(error);
  if (certificate == nullptr) return standard;
  std::string subject = name_of(X509_get_subject_name(certificate));
  std::string whose = side == Side::client ? "of " + wanted : "of the client";
  if (X509_STORE_CTX_get_error_depth(context) > 0) whose = "in the chain " + whose;
  std::string which = "the certificate " + whose + " (" + subject + ") ";
  switch (error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return which + "expired on " + date_of(X509_get0_notAfter(certificate)) + "; its owner has to renew it";
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return which + "is valid from " + date_of(X509_get0_notBefore(certificate)) + " only; compare the clocks";
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return which + "is from an authority that is unknown here (" + name_of(X509_get_issuer_name(certificate)) + "); " +
             to(side, trust_it);
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
      return which + "is signed by itself, and unknown here; " + to(side, trust_it);
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return which + "is for " + names_of(certificate) + ", not for " + wanted +
             "; call the server by such a name, or give it by TlsOptions::server_name";
    default:
      return which + "was refused: " + standard;
  }
}

bool speaks_no_tls() {
  int code = ERR_GET_REASON(ERR_peek_last_error());
  return code == SSL_R_WRONG_VERSION_NUMBER || code == SSL_R_HTTP_REQUEST;
}

std::string explain_error(Side side) {
  int code = ERR_GET_REASON(ERR_peek_last_error());
  std::string plain = last_reason();
  for (const Reason& reason : reasons) {
    if (reason.code == code) return to(side, reason.text) + " (" + plain + ")";
  }
  return plain;
}

}  // namespace holon::crypto
