#include "wire/message.h"

#include <google/protobuf/message_lite.h>

#include <algorithm>
#include <limits>

#include "wire/gzip.h"

namespace holon::wire {
namespace {

constexpr std::size_t kept_bytes_max = 64 << 10;  // of buffers that are used again
constexpr char compressed_flag = 1;

std::size_t size_at(std::string_view prefix) {
  std::size_t size = 0;
  for (std::size_t i = 1; i < prefix_bytes; ++i) size = size << 8 | static_cast<unsigned char>(prefix[i]);
  return size;
}

void serialize(const google::protobuf::MessageLite& message, char* at) {
  message.SerializeWithCachedSizesToArray(reinterpret_cast<std::uint8_t*>(at));
}

/// False if the message is not smaller when compressed: then `out` is as it was.
bool append_compressed(std::string& out, const google::protobuf::MessageLite& message, std::size_t size) {
  thread_local std::string plain;
  plain.resize(size);
  serialize(message, plain.data());
  const std::size_t before = out.size();
  out.resize(before + prefix_bytes);
  const bool smaller = gzip_compress(plain, out);
  if (smaller) {
    write_prefix(out.data() + before, compressed_flag, out.size() - before - prefix_bytes);
  } else {
    out.resize(before);
  }
  if (plain.capacity() > kept_bytes_max) std::string().swap(plain);
  return smaller;
}

}  // namespace

void write_prefix(char* at, char flag, std::size_t size) {
  at[0] = flag;
  for (std::size_t i = 1; i < prefix_bytes; ++i) at[i] = static_cast<char>(size >> (8 * (prefix_bytes - 1 - i)));
}

void append_prefix(std::string& out, std::size_t size) {
  const std::size_t before = out.size();
  out.resize(before + prefix_bytes);
  write_prefix(out.data() + before, 0, size);
}

Result<void> append_message(std::string& out, const google::protobuf::MessageLite& message, Encoding encoding,
                            std::size_t bytes_max) {
  const std::size_t size = message.ByteSizeLong();
  bytes_max = std::min<std::size_t>(bytes_max, std::numeric_limits<std::int32_t>::max());
  if (size > bytes_max) return message_too_large(size, bytes_max);
  if (encoding == Encoding::gzip && append_compressed(out, message, size)) return {};
  const std::size_t before = out.size();
  out.resize(before + prefix_bytes + size);
  write_prefix(out.data() + before, 0, size);
  serialize(message, out.data() + before + prefix_bytes);
  return {};
}

Error message_too_large(std::size_t bytes, std::size_t bytes_max) {
  return resource_exhausted("a message of " + std::to_string(bytes) + " bytes is over the limit of " +
                            std::to_string(bytes_max) +
                            ": send less at a time, or raise --holon-message-bytes-max at both ends");
}

Result<void> MessageReader::feed(Bytes bytes) {
  if (start_ > 0 && start_ >= buffer_.size() - start_) {
    buffer_.erase(0, start_);
    known_ -= start_;
    start_ = 0;
  }
  buffer_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  while (known_ + prefix_bytes <= buffer_.size()) {
    std::string_view prefix = std::string_view(buffer_).substr(known_, prefix_bytes);
    std::size_t size = size_at(prefix);
    if (Result<void> checked = check(prefix[0], size); !checked.ok()) {
      buffer_.resize(known_);  // what is whole before it can still be taken
      return checked;
    }
    known_ += prefix_bytes + size;
  }
  if (missing() > bytes.size()) buffer_.reserve(known_);  // once, instead of growing by halves; its size was checked
  return {};
}

Result<void> MessageReader::check(char flag, std::size_t size) const {
  if (flag != 0 && flag != compressed_flag) return internal_error("the message's prefix begins with neither 0 nor 1");
  if (flag == compressed_flag && encoding_ == Encoding::identity) {
    return internal_error("the message is flagged as compressed, but no grpc-encoding says by what");
  }
  if (size > bytes_max_) return message_too_large(size, bytes_max_);
  return {};
}

Result<std::optional<std::string_view>> MessageReader::next() {
  const std::string_view rest = std::string_view(buffer_).substr(start_);
  if (!ready()) return std::optional<std::string_view>();
  const std::string_view message = rest.substr(prefix_bytes, size_at(rest));
  start_ += prefix_bytes + message.size();
  compressed_ = rest[0] == compressed_flag;
  if (!compressed_) return std::optional(message);
  const std::optional<std::size_t> size = gzip_size(message);
  if (size > bytes_max_) return message_too_large(*size, bytes_max_);
  if (unpacked_.capacity() > kept_bytes_max) std::string().swap(unpacked_);
  if (!size || !gzip_decompress(message, unpacked_)) return internal_error("the compressed message is no gzip");
  return std::optional<std::string_view>(unpacked_);
}

}  // namespace holon::wire
