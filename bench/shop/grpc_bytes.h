// Messages to grpc++'s buffers and back, as its generated code does it.
#pragma once

#include <google/protobuf/message_lite.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/support/byte_buffer.h>

#include "holon/result.h"

namespace bench {

inline holon::Result<grpc::ByteBuffer> to_bytes(const google::protobuf::MessageLite& message) {
  grpc::ByteBuffer buffer;
  bool own = false;
  const grpc::Status status =
      grpc::GenericSerialize<grpc::ProtoBufferWriter, google::protobuf::MessageLite>(message, &buffer, &own);
  if (!status.ok()) return holon::internal_error(status.error_message());
  return buffer;
}

inline holon::Result<void> from_bytes(grpc::ByteBuffer& buffer, google::protobuf::MessageLite& message) {
  const grpc::Status status =
      grpc::GenericDeserialize<grpc::ProtoBufferReader, google::protobuf::MessageLite>(&buffer, &message);
  if (!status.ok()) return holon::internal_error(status.error_message());
  return {};
}

}  // namespace bench
