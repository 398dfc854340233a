#include <map>
#include <sstream>
#include <string>

#include "codegen/emit.h"
#include "contract/comments.h"
#include "contract/cpp_names.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/io/printer.h"

namespace holon::codegen {

namespace {

using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;
using google::protobuf::io::Printer;

// The contract's comment on `element`, as one of C++. A backslash at a line's end would swallow the line after it.
template <class Element>
void emit_comment(const Element& element, Printer& out) {
  std::istringstream lines(contract::comment_of(element));
  for (std::string line; std::getline(lines, line);) {
    line.erase(line.find_last_not_of(" \t\\") + 1);
    out.Print("///$line$\n", "line", line.empty() ? line : " " + line);
  }
}

std::map<std::string, std::string> words_of(const MethodDescriptor& method) {
  return {{"name", contract::cpp_name(method)},
          {"request", contract::cpp_type(*method.input_type())},
          {"reply", contract::cpp_type(*method.output_type())},
          {"index", std::to_string(method.index())}};
}

constexpr ByKind handler = {
    .unary =
        "virtual ::holon::Result<$reply$> $name$(::holon::Call& call,\n"
        "    const $request$& request);\n",
    .server_stream =
        "virtual ::holon::Result<void> $name$(::holon::Call& call, const $request$& request,\n"
        "    ::holon::Writer<$reply$>& out);\n",
    .client_stream =
        "virtual ::holon::Result<$reply$> $name$(::holon::Call& call,\n"
        "    ::holon::Reader<$request$>& in);\n",
    .bidi_stream =
        "virtual ::holon::Result<void> $name$(::holon::Call& call, ::holon::Reader<$request$>& in,\n"
        "    ::holon::Writer<$reply$>& out);\n",
};

constexpr ByKind client_function = {
    .unary =
        "::holon::Result<$reply$> $name$(::holon::Call& call, const $request$& request) const {\n"
        "  return ::holon::internal::call_unary<Service, &Service::$name$, $request$, $reply$>(\n"
        "      *binding_, call, $index$, request);\n"
        "}\n",
    .server_stream =
        "::holon::Reader<$reply$> $name$(::holon::Call& call, const $request$& request) const {\n"
        "  return ::holon::internal::call_server_stream<$request$, $reply$>(\n"
        "      *binding_, call, $index$, request);\n"
        "}\n",
    .client_stream =
        "::holon::ClientStream<$request$, $reply$> $name$(::holon::Call& call) const {\n"
        "  return ::holon::internal::call_client_stream<$request$, $reply$>(*binding_, call, $index$);\n"
        "}\n",
    .bidi_stream =
        "::holon::BidiStream<$request$, $reply$> $name$(::holon::Call& call) const {\n"
        "  return ::holon::internal::call_bidi_stream<$request$, $reply$>(*binding_, call, $index$);\n"
        "}\n",
};

void emit_service_class(const ServiceDescriptor& service, Printer& out) {
  emit_comment(service, out);
  out.Print(
      "class $name$::Service : public ::holon::Service {\n"
      " public:\n"
      "  using Contract = $type$;\n"
      "  static const ::holon::internal::ServiceInfo& contract_info() { return Contract::info(); }\n",
      "name", contract::cpp_name(service), "type", contract::cpp_type(service));
  out.Indent();
  for (int i = 0; i < service.method_count(); ++i) {
    const MethodDescriptor& method = *service.method(i);
    out.Print("\n");
    emit_comment(method, out);
    out.Print(words_of(method), handler.of(method));
  }
  out.Outdent();
  out.Print("};\n\n");
}

void emit_client_class(const ServiceDescriptor& service, Printer& out) {
  out.Print(
      "/// Calls it: what a holon::Ref<$name$> points to.\n"
      "class $name$::Client {\n"
      " public:\n"
      "  explicit Client(const ::holon::internal::Binding& binding) : binding_(&binding) {}\n",
      "name", contract::cpp_name(service));
  out.Indent();
  for (int i = 0; i < service.method_count(); ++i) {
    const MethodDescriptor& method = *service.method(i);
    out.Print("\n");
    emit_comment(method, out);
    out.Print(words_of(method), client_function.of(method));
  }
  out.Outdent();
  out.Print(
      "\n"
      " private:\n"
      "  const ::holon::internal::Binding* binding_;\n"
      "};\n");
}

void emit_service(const ServiceDescriptor& service, Printer& out) {
  out.Print(
      "\n"
      "/// The contract $full_name$.\n"
      "struct $name$ {\n"
      "  class Service;  // derive from it to serve the contract\n"
      "  class Client;   // calls it\n"
      "  static const ::holon::internal::ServiceInfo& info();\n"
      "};\n\n",
      "full_name", service.full_name(), "name", contract::cpp_name(service));
  emit_service_class(service, out);
  emit_client_class(service, out);
}

}  // namespace

std::string stem_of(const FileDescriptor& file) {
  const std::string& name = file.name();
  return name.ends_with(".proto") ? name.substr(0, name.size() - 6) : name;
}

const char* ByKind::of(const MethodDescriptor& method) const {
  if (method.client_streaming()) return method.server_streaming() ? bidi_stream : client_stream;
  return method.server_streaming() ? server_stream : unary;
}

void emit_header(const FileDescriptor& file, Printer& out) {
  out.Print(
      "// Generated by protoc-gen-holon from $file$; do not edit.\n"
      "#pragma once\n\n"
      "#include \"$stem$.pb.h\"\n",
      "file", file.name(), "stem", stem_of(file));
  if (file.service_count() == 0) return;
  out.Print("#include \"holon/generated.h\"\n");
  const std::string name_space = contract::cpp_namespace(file.package());
  if (!name_space.empty()) out.Print("\nnamespace $namespace$ {\n", "namespace", name_space);
  for (int i = 0; i < file.service_count(); ++i) emit_service(*file.service(i), out);
  if (!name_space.empty()) out.Print("\n}  // namespace $namespace$\n", "namespace", name_space);
}

}  // namespace holon::codegen
