// Fields from plain text: what path variables and query parameters give.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "contract/json.h"
#include "google/protobuf/message.h"
#include "holon/result.h"

namespace holon::gateway {

/// The fields that lead to one inside a message: `inner.name`.
using FieldPath = std::vector<const google::protobuf::FieldDescriptor*>;

/// Finds `names` ("inner.name", either spelling) below `type`. INVALID_ARGUMENT if there is no such field, or the way
/// to it leads through repeated fields.
Result<FieldPath> resolve(const google::protobuf::Descriptor& type, std::string_view names);

/// "inner.name", as the contract has it.
std::string dotted(const FieldPath& path);

/// Which fields one URL fills, so that none is filled twice.
class FieldClaims {
 public:
  /// INVALID_ARGUMENT if the field is filled already, or if it or a message around it is of a oneof of which another field is.
  /// Elements add up.
  Result<void> claim(const FieldPath& path);

 private:
  std::set<std::string> taken_;                ///< by their dotted names
  std::map<std::string, std::string> oneofs_;  ///< "inner.CHOICE" → the name of its field that is filled
};

/// Sets the field to what `text` says, or adds an element to it if it is repeated: see Json::parse_bare. INVALID_ARGUMENT; the
/// caller says where the text came from.
Result<void> set_field(google::protobuf::Message& message, const FieldPath& path, std::string_view text,
                       const contract::Json& json);

}  // namespace holon::gateway
