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

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string spelled(std::string name) {
  return is_cpp_keyword(name) ? name + '_' : name;
}

std::string global(const FileDescriptor& file, const std::string& name) {
  return file.package().empty() ? "::" + name : "::" + cpp_namespace(file.package()) + "::" + name;
}

}  // namespace

bool is_cpp_keyword(std::string_view word) {
  return std::binary_search(std::begin(reserved), std::end(reserved), word);
}

std::string cpp_namespace(const std::string& package) {
  std::string name;
  for (const char c : package) c == '.' ? name += "::" : name += c;
  return name;
}

// protoc flattens: Inner in Outer is Outer_Inner, and in struct it is struct__Inner.
std::string cpp_name(const Descriptor& message) {
  if (message.containing_type() == nullptr) return spelled(message.name());
  return spelled(cpp_name(*message.containing_type()) + "_" + message.name());
}
std::string cpp_name(const EnumDescriptor& type) {
  if (type.containing_type() == nullptr) return spelled(type.name());
  return cpp_name(*type.containing_type()) + "_" + type.name();
}
// What a service's struct has inside it.
std::string cpp_name(const ServiceDescriptor& service) {
  return is_one_of(service.name(), {"Client", "Service", "info"}) ? service.name() + "_" : spelled(service.name());
}
// What the classes Service, holon::Service and Client have of their own.
std::string cpp_name(const MethodDescriptor& method) {
  const bool taken =
      is_one_of(method.name(), {"Client", "Contract", "Service", "binding_", "contract_info", "start", "stop"});
  return taken ? method.name() + "_" : spelled(method.name());
}

std::string cpp_type(const Descriptor& message) { return global(*message.file(), cpp_name(message)); }
std::string cpp_type(const ServiceDescriptor& service) { return global(*service.file(), cpp_name(service)); }

}  // namespace holon::contract
