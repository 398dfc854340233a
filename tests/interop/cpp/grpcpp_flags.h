// Whether the last message of a call came compressed, by what grpc++ keeps for its own interop tests: a function of its
// library, and two classes that are friends of its contexts.
#pragma once

#include <grpcpp/grpcpp.h>

#include <cstdint>

uint32_t grpc_call_test_only_get_message_flags(grpc_call* call);

namespace grpc::testing {

constexpr uint32_t came_compressed = 0x40000000u;  // GRPC_WRITE_INTERNAL_TEST_ONLY_WAS_COMPRESSED

class InteropClientContextInspector {
 public:
  static bool compressed(const ClientContext& context) {
    return (grpc_call_test_only_get_message_flags(context.call_) & came_compressed) != 0;
  }
};

class InteropServerContextInspector {
 public:
  static bool compressed(const ServerContext& context) {
    return (grpc_call_test_only_get_message_flags(context.call_.call) & came_compressed) != 0;
  }
};

}  // namespace grpc::testing
