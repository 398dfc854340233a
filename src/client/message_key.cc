#include "client/message_key.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include <span>
#include <string>

#include "client/balancer.h"

namespace holon::client {
namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;

template <class Number>
std::string text_of(Number value) {
  return value == 0 ? std::string() : std::to_string(value);
}

/// The value of a field whose tag was just read; false if the message ends in it.
bool read_value(CodedInputStream& in, std::uint32_t tag, std::string& into) {
  switch (WireFormatLite::GetTagWireType(tag)) {
    case WireFormatLite::WIRETYPE_VARINT: {
      std::uint64_t value = 0;
      const bool read = in.ReadVarint64(&value);
      into = text_of(value);
      return read;
    }
    case WireFormatLite::WIRETYPE_FIXED64: {
      std::uint64_t value = 0;
      const bool read = in.ReadLittleEndian64(&value);
      into = text_of(value);
      return read;
    }
    case WireFormatLite::WIRETYPE_FIXED32: {
      std::uint32_t value = 0;
      const bool read = in.ReadLittleEndian32(&value);
      into = text_of(value);
      return read;
    }
    case WireFormatLite::WIRETYPE_LENGTH_DELIMITED: {
      std::uint32_t size = 0;
      return in.ReadVarint32(&size) && in.ReadString(&into, static_cast<int>(size));
    }
    default:
      return WireFormatLite::SkipField(&in, tag);
  }
}

/// A field that is there twice has its last value; of a message that is there twice, each field has.
void find(std::string_view message, std::span<const std::int32_t> path, std::string& value) {
  CodedInputStream in(reinterpret_cast<const std::uint8_t*>(message.data()), static_cast<int>(message.size()));
  const bool last = path.size() == 1 || path[1] == 0;
  while (const std::uint32_t tag = in.ReadTag()) {
    if (WireFormatLite::GetTagFieldNumber(tag) != path[0]) {
      if (!WireFormatLite::SkipField(&in, tag)) return;
      continue;
    }
    std::string read;
    if (!read_value(in, tag, read)) return;
    last ? value = std::move(read), void() : find(read, path.subspan(1), value);
  }
}

}  // namespace

std::uint64_t key_of(std::string_view message, const internal::FieldPath& path) {
  std::string value;
  find(message, path, value);
  return stable_hash(value);
}

}  // namespace holon::client
