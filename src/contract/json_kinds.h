// For tests: the contract testdata/kinds.proto without generated code, as a gateway has it.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/message.h>

#include <memory>

#include "contract/catalog.h"
#include "testdata/kinds.pb.h"

namespace holon::contract {

class DynamicKinds {
 public:
  DynamicKinds() {
    Catalog::File file;
    kinds::Kinds::descriptor()->file()->CopyTo(&file);
    kinds::Kinds::descriptor()->file()->CopyJsonNameTo(&file);
    catalog_.add({file}, [](const std::string& name) -> Result<Catalog::Files> { return not_found(name); }).value();
  }
  const Json& json() const { return catalog_.json(); }
  const google::protobuf::Descriptor& type() const { return *catalog_.pool().FindMessageTypeByName("kinds.Kinds"); }
  std::unique_ptr<google::protobuf::Message> make() const { return catalog_.make(type()); }

 private:
  Catalog catalog_;
};

inline const DynamicKinds& dynamic_kinds() {
  static const DynamicKinds kinds;
  return kinds;
}

}  // namespace holon::contract
