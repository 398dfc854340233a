#include "crypto/stream.h"

#include <openssl/err.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "crypto/bio.h"

namespace holon::crypto {
namespace {

using env::Bytes;
using env::Io;
using env::IoState;

constexpr std::size_t record_bytes = SSL3_RT_MAX_PLAIN_LENGTH;
constexpr std::size_t read_bytes = 64 << 10;
constexpr std::size_t encrypted_at_once = 256 << 10;  // what a Link gathers
// A peer that does not read may ask for key updates, each of which has an answer.
constexpr std::size_t unsent_bytes_max = 2 * encrypted_at_once;

// OpenSSL hangs up without a word on who does not speak TLS. This tells a client that looks at it, as ours does, why.
constexpr std::string_view protocol_version_alert("\x15\x03\x01\x00\x02\x02\x46", 7);

/// What is read from below, and the plaintext of a record that is being put together.
struct Scratch {
  std::array<std::byte, read_bytes> in;
  std::array<std::byte, record_bytes> record;
};
Scratch& scratch() {
  thread_local Scratch mine;
  return mine;
}

class TlsStream final : public SecureStream, private env::Watcher, private BioSource {
 public:
  TlsStream(StreamSetup setup, std::unique_ptr<env::Stream> below);
  ~TlsStream() override;

  Io read(std::span<std::byte> into) override;
  Io write(std::span<const Bytes> pieces) override;
  void end_writing() override;
  void watch(env::Watcher& watcher) override;
  std::string peer() const override { return below_->peer(); }
  int peer_process() const override { return below_->peer_process(); }
  int connect_error() override { return connect_error_; }
  std::string failure() const override { return failure_; }

  std::optional<Identity> peer_identity() const override;
  std::string_view protocol() const override;
  std::string_view version() const override { return SSL_get_version(setup_.ssl.get()); }
  bool resumed() const override { return SSL_session_reused(setup_.ssl.get()) == 1; }

  // What OpenSSL calls.
  void refused(X509_STORE_CTX* context) { refusal_ = explain_refusal(context, setup_.side, setup_.server_name); }
  void keep(Session session) {
    if (setup_.sessions != nullptr) setup_.sessions->put(setup_.place, std::move(session));
  }

 private:
  /// `ended`: the other side will say no more, but listens.
  enum class Phase { connecting, shaking_hands, open, ended, failed };
  bool is_agreed() const { return phase_ == Phase::open || phase_ == Phase::ended; }

  void ready(bool readable, bool writable) override;
  std::size_t give(std::span<std::byte> into) override;
  bool connect(bool writable);
  void shake_hands();
  void agreed();
  bool fetch(std::size_t most);
  std::size_t decrypt(std::span<std::byte> into);
  bool wants_more(int result);
  std::size_t encrypt(std::span<const Bytes>& pieces, std::size_t& offset);
  void encrypt(Bytes plain);
  void flush();
  void push(std::string& bytes);
  void keep_rest();
  void fail(std::string why, int error = EPROTO);

  StreamSetup setup_;
  std::unique_ptr<env::Stream> below_;
  env::Watcher* watcher_ = nullptr;
  Phase phase_ = Phase::connecting;
  Bytes incoming_;         ///< encrypted, not taken by OpenSSL yet; within a call only
  std::string kept_;       ///< the same between calls
  bool below_has_more_ = true;
  std::string unsent_;     ///< encrypted, waiting for room
  bool ending_ = false;    ///< our direction ends once `unsent_` has left
  std::string refusal_;    ///< what was wrong with the other side's certificate
  std::string failure_;
  int connect_error_ = 0;
  int error_ = 0;
};

// ---- What OpenSSL calls.

int on_verified(int fine, X509_STORE_CTX* context) {
  auto* ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(context, SSL_get_ex_data_X509_STORE_CTX_idx()));
  if (fine == 0) static_cast<TlsStream*>(SSL_get_app_data(ssl))->refused(context);
  return fine;
}

int on_session(SSL* ssl, SSL_SESSION* session) {
  static_cast<TlsStream*>(SSL_get_app_data(ssl))->keep(Session(session));
  return 1;  // it is ours now
}

// ---- The stream.

TlsStream::TlsStream(StreamSetup setup, std::unique_ptr<env::Stream> below)
    : setup_(std::move(setup)), below_(std::move(below)) {
  SSL* ssl = setup_.ssl.get();
  use_bio(ssl, *this);
  SSL_set_app_data(ssl, this);
  setup_.side == Side::client ? SSL_set_connect_state(ssl) : SSL_set_accept_state(ssl);
}

// Without a word: else OpenSSL would forbid to resume the session of a connection that broke.
TlsStream::~TlsStream() { SSL_set_shutdown(setup_.ssl.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN); }

void TlsStream::watch(env::Watcher& watcher) {
  watcher_ = &watcher;
  below_->watch(*this);
}

void TlsStream::ready(bool readable, bool writable) {
  below_has_more_ = below_has_more_ || readable;
  if (phase_ == Phase::connecting && !connect(writable)) return;
  if (phase_ == Phase::shaking_hands) {
    shake_hands();
    if (phase_ == Phase::shaking_hands) return;
    readable = writable = true;  // what came with the last of the handshake is there already
  } else if (writable) {
    flush();
  }
  if (phase_ == Phase::failed) readable = true;
  watcher_->ready(readable, writable && unsent_.empty());
}

/// Whether the stream below is through, or will never be.
bool TlsStream::connect(bool writable) {
  if (int error = below_->connect_error(); error != 0) {
    phase_ = Phase::failed;
    connect_error_ = error_ = error;
    return true;
  }
  if (writable) phase_ = Phase::shaking_hands;
  return writable;
}

void TlsStream::shake_hands() {
  incoming_ = std::as_bytes(std::span(kept_));
  do {
    ERR_clear_error();
    int result = SSL_do_handshake(setup_.ssl.get());
    if (result == 1) {
      agreed();
      break;
    }
    if (!wants_more(result)) break;
  } while (fetch(read_bytes));
  flush();
  keep_rest();
  if (phase_ == Phase::failed) connect_error_ = error_;
}

void TlsStream::agreed() {
  phase_ = Phase::open;
  if (!setup_.needs_http2 || protocol() == "h2") return;
  fail("the server does not offer HTTP/2 (ALPN h2): is it a gRPC server?");
}

std::string_view TlsStream::protocol() const {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(setup_.ssl.get(), &name, &size);
  return {reinterpret_cast<const char*>(name), size};
}

std::optional<Identity> TlsStream::peer_identity() const {
  X509* certificate = is_agreed() ? SSL_get0_peer_certificate(setup_.ssl.get()) : nullptr;
  if (certificate == nullptr) return {};
  return Identity{name_of(X509_get_subject_name(certificate)), alternative_names(certificate)};
}

std::size_t TlsStream::give(std::span<std::byte> into) {
  std::size_t size = std::min(into.size(), incoming_.size());
  if (size > 0) std::memcpy(into.data(), incoming_.data(), size);
  incoming_ = incoming_.subspan(size);
  return size;
}

/// Reads from below into the thread's scratch. False if there is nothing now, or never again.
bool TlsStream::fetch(std::size_t most) {
  if (!below_has_more_) return false;
  std::span<std::byte> into(scratch().in);
  Io io = below_->read(into.first(std::min(most, into.size())));
  below_has_more_ = io.state == IoState::done && io.more;
  if (io.state == IoState::done) {
    incoming_ = into.first(io.bytes);
    return true;
  }
  if (io.state == IoState::failed) fail(below_->failure(), io.error);
  // RFC 8446, 6.1: without a last word, nobody knows whether the peer or somebody between has ended it.
  if (io.state == IoState::ended) fail("the connection was cut off: it ended without close_notify");
  return false;
}

// What has arrived does not outlive the call in the thread's scratch.
void TlsStream::keep_rest() {
  if (incoming_.empty() && kept_.empty()) return;
  kept_ = std::string(reinterpret_cast<const char*>(incoming_.data()), incoming_.size());
  incoming_ = {};
}

Io TlsStream::read(std::span<std::byte> into) {
  std::size_t got = 0;
  incoming_ = std::as_bytes(std::span(kept_));
  while (phase_ == Phase::open) {
    got += decrypt(into.subspan(got));
    std::size_t room = into.size() - got;
    // A record may be in OpenSSL already, but for its last byte: so what is fetched should leave room for it.
    if (!incoming_.empty() || (got > 0 && room < 2 * record_bytes) || phase_ != Phase::open) break;
    if (!fetch(room > record_bytes ? room - record_bytes : record_bytes)) break;
  }
  bool more = !incoming_.empty() || below_has_more_ || phase_ != Phase::open || SSL_has_pending(setup_.ssl.get()) == 1;
  keep_rest();
  flush();
  if (got > 0) return {got, IoState::done, 0, more};
  if (phase_ == Phase::ended) return {0, IoState::ended, 0};
  if (phase_ == Phase::failed) return {0, IoState::failed, error_};
  return {0, IoState::blocked, 0, more};
}

/// Fills `into` as far as what has arrived allows.
std::size_t TlsStream::decrypt(std::span<std::byte> into) {
  std::size_t got = 0;
  ERR_clear_error();
  while (got < into.size()) {
    std::size_t bytes = 0;
    int result = SSL_read_ex(setup_.ssl.get(), into.data() + got, into.size() - got, &bytes);
    got += bytes;
    if (result == 1) continue;
    if (SSL_get_error(setup_.ssl.get(), result) == SSL_ERROR_ZERO_RETURN) {
      phase_ = Phase::ended;
    } else {
      wants_more(result);
    }
    break;
  }
  return got;
}

/// Whether OpenSSL stopped because it needs more bytes; else the connection has failed.
bool TlsStream::wants_more(int result) {
  int error = SSL_get_error(setup_.ssl.get(), result);
  if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return true;
  if (setup_.side == Side::server && speaks_no_tls()) encrypted() += protocol_version_alert;
  std::string why = explain_error(setup_.side);
  fail(refusal_.empty() ? why : refusal_);
  return false;
}

Io TlsStream::write(std::span<const Bytes> pieces) {
  if (phase_ == Phase::connecting || phase_ == Phase::shaking_hands) return {0, IoState::blocked, 0};
  flush();
  std::size_t taken = 0;
  std::size_t offset = 0;
  while (is_agreed() && unsent_.empty() && !pieces.empty()) {
    taken += encrypt(pieces, offset);
    flush();
  }
  if (phase_ == Phase::failed && taken == 0) return {0, IoState::failed, error_};
  if (taken > 0 || pieces.empty()) return {taken, IoState::done, 0};
  return {0, IoState::blocked, 0};
}

/// Encrypts what is left of `pieces`, from `offset` of the first on, up to `encrypted_at_once`. Small pieces share a record.
std::size_t TlsStream::encrypt(std::span<const Bytes>& pieces, std::size_t& offset) {
  std::span<std::byte> record(scratch().record);
  std::size_t filled = 0;
  std::size_t taken = 0;
  while (!pieces.empty() && taken < encrypted_at_once && is_agreed()) {
    Bytes rest = pieces.front().subspan(offset);
    bool whole = filled == 0 && rest.size() >= record_bytes;
    std::size_t size = std::min(rest.size(), whole ? encrypted_at_once - taken : record_bytes - filled);
    if (whole) {
      encrypt(rest.first(size));
    } else if (size > 0) {
      std::memcpy(record.data() + filled, rest.data(), size);
      filled += size;
    }
    if (filled == record_bytes) {
      encrypt(record);
      filled = 0;
    }
    taken += size;
    offset += size;
    if (offset == pieces.front().size()) {
      pieces = pieces.subspan(1);
      offset = 0;
    }
  }
  if (filled > 0) encrypt(record.first(filled));
  return taken;
}

/// Appends the records of `plain` to the scratch, which always has room: so all of it, or the connection has failed.
void TlsStream::encrypt(Bytes plain) {
  ERR_clear_error();
  std::size_t written = 0;
  if (SSL_write_ex(setup_.ssl.get(), plain.data(), plain.size(), &written) != 1) fail(explain_error(setup_.side));
}

/// Hands down what waits and what the scratch holds, as far as there is room.
void TlsStream::flush() {
  std::string& fresh = encrypted();
  if (!unsent_.empty()) {
    unsent_ += fresh;
    fresh.clear();
    push(unsent_);
    if (unsent_.empty()) std::string().swap(unsent_);
  } else if (!fresh.empty()) {
    push(fresh);
    if (!fresh.empty()) unsent_ = fresh;
    fresh.clear();
  }
  if (unsent_.size() > unsent_bytes_max) fail("the peer asks without reading the answers");
  if (ending_ && unsent_.empty()) {
    ending_ = false;
    below_->end_writing();
  }
}

/// Writes `bytes`; what is left in it found no room.
void TlsStream::push(std::string& bytes) {
  Bytes all = std::as_bytes(std::span(bytes));
  Io io = below_->write(std::span(&all, 1));
  if (io.state == IoState::failed) {
    fail(below_->failure(), io.error);
    return bytes.clear();
  }
  bytes.erase(0, io.bytes);
}

void TlsStream::end_writing() {
  if (is_agreed()) {
    ERR_clear_error();
    SSL_shutdown(setup_.ssl.get());
  }
  ending_ = true;
  flush();
}

void TlsStream::fail(std::string why, int error) {
  if (phase_ == Phase::failed) return;
  phase_ = Phase::failed;
  error_ = error;
  failure_ = std::move(why);
}

}  // namespace

std::unique_ptr<SecureStream> make_stream(StreamSetup setup, std::unique_ptr<env::Stream> below) {
  return std::make_unique<TlsStream>(std::move(setup), std::move(below));
}

void prepare_for_streams(SSL_CTX* context) {
  SSL_CTX_set_mode(context, SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_verify(context, SSL_CTX_get_verify_mode(context), on_verified);
  SSL_CTX_sess_set_new_cb(context, on_session);
}

}  // namespace holon::crypto
