#include "contract/options.h"

#include "google/protobuf/descriptor.h"
#include "holon/options.pb.h"

namespace holon::contract {

namespace {

std::uint8_t rank(MethodOptions::Priority priority) {
  if (priority == MethodOptions::CRITICAL) return 0;
  return priority == MethodOptions::SHEDDABLE ? 2 : 1;
}

}  // namespace

MethodRules rules_of(const google::protobuf::MethodDescriptor& method) {
  const MethodOptions& options = method.options().GetExtension(holon::method);
  return {options.idempotent(), rank(options.priority()),
          options.timeout().seconds() * 1'000'000'000 + options.timeout().nanos()};
}

}  // namespace holon::contract
