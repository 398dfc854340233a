// JSON Schemas (draft 2020-12, as OpenAPI 3.1 has them) of what the proto3 JSON mapping makes of messages: what this program
// sends. It takes some more in (64-bit numbers as numbers, enums by number, both spellings of names, null for "not given").
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "contract/openapi/json_value.h"

namespace google::protobuf {
class Descriptor;
class EnumDescriptor;
class FieldDescriptor;
}  // namespace google::protobuf

namespace holon::contract {

class Schemas {
 public:
  /// Of a message: a reference to its component, or, for protobuf's own types, what their JSON is.
  JsonValue of(const google::protobuf::Descriptor& type);
  /// Of a whole field, arrays and maps too, with its comment.
  JsonValue of(const google::protobuf::FieldDescriptor& field);
  /// Of a message without those of its fields, by their names, that something else fills.
  JsonValue without(const google::protobuf::Descriptor& type, const std::set<std::string>& fields);

  /// The components of everything that the schemas given so far refer to.
  JsonValue components();

 private:
  JsonValue object(const google::protobuf::Descriptor& type, const std::set<std::string>& left_out);
  JsonValue element(const google::protobuf::FieldDescriptor& field);
  JsonValue map(const google::protobuf::FieldDescriptor& field);
  JsonValue reference(const google::protobuf::EnumDescriptor& type);

  std::map<std::string, JsonValue> done_;  ///< by full name; a place is taken as soon as something refers to it
  std::vector<const google::protobuf::Descriptor*> waiting_;
};

/// Whether the JSON of a message is one string or other scalar, as Timestamp's is: then a query can fill it.
bool is_scalar_in_json(const google::protobuf::Descriptor& type);
/// Whether it is google.api.HttpBody: any bytes, and no JSON.
bool is_http_body(const google::protobuf::Descriptor& type);

}  // namespace holon::contract
