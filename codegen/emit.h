// The two files protoc-gen-holon writes for a contract.
#pragma once

#include <string>

namespace google::protobuf {
class FileDescriptor;
class MethodDescriptor;
namespace io {
class Printer;
}
}  // namespace google::protobuf

namespace holon::codegen {

/// "shop/cart.proto" is "shop/cart".
std::string stem_of(const google::protobuf::FileDescriptor& file);

/// What is written for each kind of method, in the order of holon::internal::Kind.
struct ByKind {
  const char* unary;
  const char* server_stream;
  const char* client_stream;
  const char* bidi_stream;

  const char* of(const google::protobuf::MethodDescriptor& method) const;
};

/// shop/cart.holon.h: what one implements, and what a Ref gives.
void emit_header(const google::protobuf::FileDescriptor& file, google::protobuf::io::Printer& out);

/// shop/cart.holon.cc: the method tables, and what a method answers that nobody wrote.
void emit_source(const google::protobuf::FileDescriptor& file, google::protobuf::io::Printer& out);

}  // namespace holon::codegen
