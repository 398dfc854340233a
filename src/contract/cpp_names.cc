#include "contract/cpp_names.h"

#include <algorithm>
#include <string_view>

#include "google/protobuf/descriptor.h"

namespace holon::contract {

namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

// C++20's keywords and alternative tokens (ISO C++20, [lex.key] and [lex.digraph]), and NULL; sorted.
constexpr std::string_view reserved[] = {
    "NULL",          "alignas",      "alignof",     "and",       "and_eq",        "asm",       "auto",
    "bitand",        "bitor",        "bool",        "break",     "case",          "catch",     "char",
    "char16_t",      "char32_t",     "char8_t",     "class",     "co_await",      "co_return", "co_yield",
    "compl",         "concept",      "const",       "const_cast", "consteval",    "constexpr", "constinit",
    "continue",      "decltype",     "default",     "delete",    "do",            "double",    "dynamic_cast",
    "else",          "enum",         "explicit",    "export",    "extern",        "false",     "float",
    "for",           "friend",       "goto",        "if",        "inline",        "int",       "long",
    "mutable",       "namespace",    "new",         "noexcept",  "not",           "not_eq",    "nullptr",
    "operator",      "or",           "or_eq",       "private",   "protected",     "public",    "register",
    "reinterpret_cast", "requires",  "return",      "short",     "signed",        "sizeof",    "static",
    "static_assert", "static_cast",  "struct",      "switch",    "template",      "this",      "thread_local",
    "throw",         "true",         "try",         "typedef",   "typeid",        "typename",  "union",
    "unsigned",      "using",        "virtual",     "void",      "volatile",      "wchar_t",   "while",
    "xor",           "xor_eq",
};
static_assert(std::is_sorted(std::begin(reserved), std::end(reserved)));

std::string spelled(std::string name) {
  if (std::binary_search(std::begin(reserved), std::end(reserved), name)) name += '_';
  return name;
}

// protoc flattens: Inner in Outer is Outer_Inner.
std::string flat_name(const Descriptor& message) {
  if (message.containing_type() == nullptr) return message.name();
  return flat_name(*message.containing_type()) + "_" + message.name();
}

std::string global(const FileDescriptor& file, const std::string& name) {
  return file.package().empty() ? "::" + name : "::" + cpp_namespace(file.package()) + "::" + name;
}

}  // namespace

std::string cpp_namespace(const std::string& package) {
  std::string name;
  for (const char c : package) c == '.' ? name += "::" : name += c;
  return name;
}

std::string cpp_name(const Descriptor& message) { return spelled(flat_name(message)); }
std::string cpp_name(const EnumDescriptor& type) {
  if (type.containing_type() == nullptr) return spelled(type.name());
  return spelled(flat_name(*type.containing_type()) + "_" + type.name());
}
std::string cpp_name(const ServiceDescriptor& service) { return spelled(service.name()); }
std::string cpp_name(const MethodDescriptor& method) { return spelled(method.name()); }

std::string cpp_type(const Descriptor& message) { return global(*message.file(), cpp_name(message)); }
std::string cpp_type(const ServiceDescriptor& service) { return global(*service.file(), cpp_name(service)); }

}  // namespace holon::contract
