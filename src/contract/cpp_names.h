// How a contract's names are spelled in C++, by protoc's own rules for messages and by ours for services.
#pragma once

#include <string>
#include <string_view>

namespace google::protobuf {
class Descriptor;
class EnumDescriptor;
class MethodDescriptor;
class ServiceDescriptor;
}  // namespace google::protobuf

namespace holon::contract {

/// Whether C++20 keeps the word for itself.
bool is_cpp_keyword(std::string_view word);

/// "a.b" is "a::b".
std::string cpp_namespace(const std::string& package);

/// Without namespace: "Cart", "Cart_Item" for a message inside Cart, "class_" for a word C++ keeps for itself, "Service_" for a
/// name that generated code has beside it.
std::string cpp_name(const google::protobuf::Descriptor& message);
std::string cpp_name(const google::protobuf::EnumDescriptor& type);
std::string cpp_name(const google::protobuf::ServiceDescriptor& service);
std::string cpp_name(const google::protobuf::MethodDescriptor& method);

/// "::shop::Cart_Item"
std::string cpp_type(const google::protobuf::Descriptor& message);
std::string cpp_type(const google::protobuf::ServiceDescriptor& service);

}  // namespace holon::contract
