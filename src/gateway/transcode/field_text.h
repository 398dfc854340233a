// Fields from plain text: what path variables and query parameters give.
#pragma once

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

/// Sets the field to what `text` says, or adds an element to it if it is repeated: see Json::parse_bare. INVALID_ARGUMENT; the
/// caller says where the text came from.
Result<void> set_field(google::protobuf::Message& message, const FieldPath& path, std::string_view text,
                       const contract::Json& json);

}  // namespace holon::gateway
