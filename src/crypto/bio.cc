#include "crypto/bio.h"

#include <new>

namespace holon::crypto {
namespace {

int bio_read(BIO* bio, char* into, std::size_t size, std::size_t* got) {
  BIO_clear_retry_flags(bio);
  *got = static_cast<BioSource*>(BIO_get_data(bio))->give({reinterpret_cast<std::byte*>(into), size});
  if (*got == 0) BIO_set_retry_read(bio);
  return *got > 0 ? 1 : 0;
}

int bio_write(BIO*, const char* from, std::size_t size, std::size_t* written) {
  encrypted().append(from, size);
  *written = size;
  return 1;
}

long bio_control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

BIO_METHOD* make_method() {
  BIO_METHOD* method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "holon stream");
  if (method == nullptr) throw std::bad_alloc();
  BIO_meth_set_read_ex(method, bio_read);
  BIO_meth_set_write_ex(method, bio_write);
  BIO_meth_set_ctrl(method, bio_control);
  return method;
}

}  // namespace

void use_bio(SSL* ssl, BioSource& source) {
  static BIO_METHOD* const method = make_method();
  BIO* bio = BIO_new(method);
  if (bio == nullptr) throw std::bad_alloc();
  BIO_set_data(bio, &source);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl, bio, bio);
}

std::string& encrypted() {
  thread_local std::string bytes;
  return bytes;
}

}  // namespace holon::crypto
