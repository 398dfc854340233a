#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "codegen/emit.h"
#include "contract/comments.h"
#include "contract/cpp_names.h"
#include "contract/options.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/io/printer.h"

namespace holon::codegen {

namespace {

using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;
using google::protobuf::io::Printer;

std::string wire_name(const MethodDescriptor& method) { return method.service()->full_name() + "/" + method.name(); }

constexpr ByKind kind = {"unary", "server_stream", "client_stream", "bidi_stream"};

// "1, 3"
std::string numbers_of(const contract::FieldPath& path) {
  std::string numbers;
  for (const std::int32_t number : path) {
    if (number != 0) numbers += (numbers.empty() ? "" : ", ") + std::to_string(number);
  }
  return numbers;
}

/// ".attempts_max = 2, .hedge_after_ns = 20000000": what the contract says, in the order of holon::internal::AttemptRules.
std::string attempts_of(const contract::AttemptRules& rules) {
  std::string said;
  const auto add = [&](const char* field, std::int64_t value) {
    said += (said.empty() ? "." : ", .") + std::string(field) + " = " + std::to_string(value);
  };
  if (rules.attempts_max > 0) add("attempts_max", rules.attempts_max);
  if (rules.hedges_max >= 0) add("hedges_max", rules.hedges_max);
  if (rules.hedge_after_ns > 0) add("hedge_after_ns", rules.hedge_after_ns);
  return said;
}

// Fields in the order of holon::internal::MethodInfo.
void emit_table_row(const MethodDescriptor& method, Printer& out) {
  const contract::MethodRules rules = contract::rules_of(method);
  out.Print(
      {{"wire_name", wire_name(method)},
       {"name", contract::cpp_name(method)},
       {"request", contract::cpp_type(*method.input_type())},
       {"reply", contract::cpp_type(*method.output_type())},
       {"kind", kind.of(method)},
       {"idempotent", rules.idempotent ? "true" : "false"},
       {"priority", std::to_string(rules.priority)},
       {"timeout_ns", std::to_string(rules.timeout_ns)},
       {"streamed_reply", method.server_streaming() ? ", " + contract::cpp_type(*method.output_type()) : ""}},
      "{\n"
      "    .name = \"$wire_name$\",\n"
      "    .kind = ::holon::internal::Kind::$kind$,\n"
      "    .idempotent = $idempotent$,\n"
      "    .priority = $priority$,\n"
      "    .timeout_ns = $timeout_ns$,\n"
      "    .serve = ::holon::internal::serve_$kind$<Service, &Service::$name$, $request$$streamed_reply$>,\n"
      "    .request = []() -> const ::google::protobuf::Message& { return $request$::default_instance(); },\n"
      "    .reply = []() -> const ::google::protobuf::Message& { return $reply$::default_instance(); },\n");
  const std::string balance_by = numbers_of(rules.balance_by);
  if (!balance_by.empty()) out.Print("    .balance_by = {$numbers$},\n", "numbers", balance_by);
  const std::string attempts = attempts_of(rules.attempts);
  if (!attempts.empty()) out.Print("    .attempts = {$said$},\n", "said", attempts);
  out.Print("},\n");
}

// A file without messages of its own: the linker keeps its descriptor only if something names its table.
void emit_file_by_name(const FileDescriptor& file, Printer& out) {
  std::string table = "descriptor_table_";
  for (const char c : file.name()) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    const auto byte = static_cast<unsigned char>(c);
    plain ? table += c : (table += '_', table += "0123456789abcdef"[byte >> 4], table += "0123456789abcdef"[byte & 15]);
  }
  out.Print(
      "return ::google::protobuf::DescriptorPool::generated_pool()->FindFileByName(\n"
      "    ::$table$.filename);\n",
      "table", table);
}

// A literal for each line of `text`, at the printer's indentation.
std::string as_literals(const std::string& text) {
  std::string literals = "\"";
  for (const char c : text) {
    switch (c) {
      case '\n': literals += "\\n\"\n\""; break;
      case '"':
      case '\\': (literals += '\\') += c; break;
      case '\t': literals += "\\t"; break;
      default: literals += c;
    }
  }
  return literals + '"';
}

void emit_comments(const std::vector<contract::NamedComment>& comments, Printer& out) {
  out.Print("static constexpr ::holon::internal::Comment comments[] = {\n");
  out.Indent(), out.Indent();
  for (const contract::NamedComment& comment : comments) {
    out.Print("{\"$name$\",\n", "name", comment.name);
    out.Indent();
    std::istringstream lines(as_literals(comment.text));
    std::string line;
    for (bool more = static_cast<bool>(std::getline(lines, line)); more;) {
      const std::string literal = line;
      more = static_cast<bool>(std::getline(lines, line));
      out.Print("$literal$$end$\n", "literal", literal, "end", more ? "" : "},");
    }
    out.Outdent();
  }
  out.Outdent(), out.Outdent();
  out.Print("};\n");
}

void emit_info(const ServiceDescriptor& service, Printer& out) {
  const FileDescriptor& file = *service.file();
  const bool has_methods = service.method_count() > 0;
  const std::vector<contract::NamedComment> comments = contract::comments_for(service);
  out.Print("\nconst ::holon::internal::ServiceInfo& $name$::info() {\n", "name", contract::cpp_name(service));
  out.Indent();
  if (has_methods) {
    out.Print("static constexpr ::holon::internal::MethodInfo methods[] = {\n");
    out.Indent();
    for (int i = 0; i < service.method_count(); ++i) emit_table_row(*service.method(i), out);
    out.Outdent();
    out.Print("};\n");
  }
  if (!comments.empty()) emit_comments(comments, out);
  out.Print(
      "static constexpr ::holon::internal::ServiceInfo info = {\n"
      "    .name = \"$name$\",\n"
      "    .methods = $methods$,\n"
      "    .file = []() -> const ::google::protobuf::FileDescriptor* {\n",
      "name", service.full_name(), "methods", has_methods ? "methods" : "{}");
  out.Indent(), out.Indent(), out.Indent();
  if (file.message_type_count() > 0) {
    out.Print("return $message$::descriptor()->file();\n", "message", contract::cpp_type(*file.message_type(0)));
  } else {
    emit_file_by_name(file, out);
  }
  out.Outdent(), out.Outdent(), out.Outdent();
  out.Print(
      "    },\n");
  if (!comments.empty()) out.Print("    .comments = comments,\n");
  if (const int balance = contract::balance_of(service); balance != 0) {
    out.Print("    .balance = $balance$,\n", "balance", std::to_string(balance));
  }
  out.Print(
      "};\n"
      "return info;\n");
  out.Outdent();
  out.Print("}\n");
}

constexpr ByKind default_handler = {
    .unary =
        "::holon::Result<$reply$> $service$::Service::$name$(::holon::Call&, const $request$&) {\n",
    .server_stream =
        "::holon::Result<void> $service$::Service::$name$(::holon::Call&, const $request$&,\n"
        "    ::holon::Writer<$reply$>&) {\n",
    .client_stream =
        "::holon::Result<$reply$> $service$::Service::$name$(::holon::Call&,\n"
        "    ::holon::Reader<$request$>&) {\n",
    .bidi_stream =
        "::holon::Result<void> $service$::Service::$name$(::holon::Call&, ::holon::Reader<$request$>&,\n"
        "    ::holon::Writer<$reply$>&) {\n",
};

void emit_default(const MethodDescriptor& method, Printer& out) {
  const std::map<std::string, std::string> words = {{"service", contract::cpp_name(*method.service())},
                                                    {"name", contract::cpp_name(method)},
                                                    {"wire_name", wire_name(method)},
                                                    {"request", contract::cpp_type(*method.input_type())},
                                                    {"reply", contract::cpp_type(*method.output_type())}};
  out.Print("\n");
  out.Print(words, default_handler.of(method));
  out.Print(words,
            "  return ::holon::unimplemented(\"$wire_name$ is not implemented\");\n"
            "}\n");
}

}  // namespace

void emit_source(const FileDescriptor& file, Printer& out) {
  out.Print(
      "// Generated by protoc-gen-holon from $file$; do not edit.\n"
      "#include \"$stem$.holon.h\"\n",
      "file", file.name(), "stem", stem_of(file));
  if (file.service_count() == 0) return;
  out.Print("\n#include \"google/protobuf/descriptor.h\"\n");
  const std::string name_space = contract::cpp_namespace(file.package());
  if (!name_space.empty()) out.Print("\nnamespace $namespace$ {\n", "namespace", name_space);
  for (int i = 0; i < file.service_count(); ++i) {
    const ServiceDescriptor& service = *file.service(i);
    emit_info(service, out);
    for (int m = 0; m < service.method_count(); ++m) emit_default(*service.method(m), out);
  }
  if (!name_space.empty()) out.Print("\n}  // namespace $namespace$\n", "namespace", name_space);
}

}  // namespace holon::codegen
