// Values from texts: what JSON's strings, numbers and words say, and what stands alone in a path or a query, by the field's type.
#pragma once

#include <string>
#include <string_view>

namespace google::protobuf {
class Descriptor;
class FieldDescriptor;
class Message;
}  // namespace google::protobuf

namespace holon::contract {

/// How a text came. What is bare has no quotes that say whether it is a string: a query's, a path's, a map's key.
enum class Written : unsigned char { string, number, boolean, bare };

/// Sets `field` of `into`, which is no message, or adds an element to it if it is repeated. False, and nothing is changed, if
/// `text` is no value of it. A bare enum is given by name or number, a bare whole number by its digits alone.
bool set_scalar(google::protobuf::Message& into, const google::protobuf::FieldDescriptor& field, std::string_view text,
                Written written);

/// Sets a Timestamp, Duration or FieldMask to what its text says. False, and nothing is changed, if it is none.
bool set_by_text(google::protobuf::Message& known, std::string_view text);

/// How one value of a field is written: "true or false"; one element, if it is repeated.
std::string written_form(const google::protobuf::FieldDescriptor& field);
std::string written_form(const google::protobuf::Descriptor& message);

/// Why `text` is no value of the field, and what is: "zoo.Animal.tame is written as true or false, not "yes"".
std::string refusal(const google::protobuf::FieldDescriptor& field, std::string_view text, Written written);

}  // namespace holon::contract
