#include "contract/comments.h"

#include <google/protobuf/descriptor.pb.h>

#include <set>
#include <sstream>

namespace holon::contract {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorProto;
using google::protobuf::EnumDescriptor;
using google::protobuf::EnumDescriptorProto;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::FileDescriptorProto;
using google::protobuf::ServiceDescriptor;
using google::protobuf::ServiceDescriptorProto;

bool has_words(const std::string& text) { return text.find_first_not_of(" \t\r\n") != std::string::npos; }

// Types whose JSON is a form of their own: their comments would be shown nowhere.
bool is_public_type(const FileDescriptor& file) {
  return file.package() == "google.protobuf" || file.package() == "google.api";
}

class Gatherer {
 public:
  std::vector<NamedComment> comments;

  void service(const ServiceDescriptor& service) {
    take(service, service.full_name());
    for (int i = 0; i < service.method_count(); ++i) {
      const auto& method = *service.method(i);
      take(method, method.full_name());
      reach(*method.input_type());
      reach(*method.output_type());
    }
    while (!waiting_.empty()) {
      const Descriptor* type = waiting_.back();
      waiting_.pop_back();
      message(*type);
    }
  }

 private:
  template <class Element>
  void take(const Element& element, const std::string& full_name) {
    if (std::string text = comment_of(element); !text.empty()) comments.push_back({full_name, std::move(text)});
  }

  void reach(const Descriptor& type) {
    if (!is_public_type(*type.file()) && seen_.insert(&type).second) waiting_.push_back(&type);
  }

  void message(const Descriptor& type) {
    take(type, type.full_name());
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor& field = *type.field(i);
      take(field, field.full_name());
      if (field.message_type() != nullptr) reach(*field.message_type());
      if (field.enum_type() != nullptr) enumeration(*field.enum_type());
    }
    for (int i = 0; i < type.real_oneof_decl_count(); ++i) take(*type.oneof_decl(i), type.oneof_decl(i)->full_name());
  }

  void enumeration(const EnumDescriptor& type) {
    if (is_public_type(*type.file()) || !seen_.insert(&type).second) return;
    take(type, type.full_name());
    for (int i = 0; i < type.value_count(); ++i) take(*type.value(i), type.value(i)->full_name());
  }

  std::set<const void*> seen_;
  std::vector<const Descriptor*> waiting_;
};

/// Walks a file, and notes the comment of each element under its path, as SourceCodeInfo numbers it.
class Annotator {
 public:
  Annotator(FileDescriptorProto& file, const CommentSource& comments) : file_(file), comments_(comments) {}

  void run() {
    const std::string scope = file_.package().empty() ? "" : file_.package() + ".";
    each(file_.message_type(), FileDescriptorProto::kMessageTypeFieldNumber, [&](const auto& type) { message(type, scope); });
    each(file_.enum_type(), FileDescriptorProto::kEnumTypeFieldNumber, [&](const auto& type) { enumeration(type, scope); });
    each(file_.service(), FileDescriptorProto::kServiceFieldNumber, [&](const ServiceDescriptorProto& service) {
      leaf(scope + service.name());
      each(service.method(), ServiceDescriptorProto::kMethodFieldNumber,
           [&](const auto& method) { leaf(scope + service.name() + "." + method.name()); });
    });
  }

 private:
  template <class List, class Visit>
  void each(const List& list, int field_number, Visit visit) {
    path_.push_back(field_number);
    for (int i = 0; i < list.size(); ++i) {
      path_.push_back(i);
      visit(list[i]);
      path_.pop_back();
    }
    path_.pop_back();
  }

  void message(const DescriptorProto& type, const std::string& scope) {
    const std::string name = scope + type.name();
    leaf(name);
    const std::string inner = name + ".";
    const auto named = [&](const auto& element) { leaf(inner + element.name()); };
    each(type.field(), DescriptorProto::kFieldFieldNumber, named);
    each(type.oneof_decl(), DescriptorProto::kOneofDeclFieldNumber, named);
    each(type.nested_type(), DescriptorProto::kNestedTypeFieldNumber, [&](const auto& nested) { message(nested, inner); });
    each(type.enum_type(), DescriptorProto::kEnumTypeFieldNumber, [&](const auto& nested) { enumeration(nested, inner); });
  }

  // An enum's values are named beside it, not inside it.
  void enumeration(const EnumDescriptorProto& type, const std::string& scope) {
    leaf(scope + type.name());
    each(type.value(), EnumDescriptorProto::kValueFieldNumber, [&](const auto& value) { leaf(scope + value.name()); });
  }

  void leaf(const std::string& full_name) {
    const std::string_view text = comments_(full_name);
    if (text.empty()) return;
    auto& location = *file_.mutable_source_code_info()->add_location();
    location.mutable_path()->Assign(path_.begin(), path_.end());
    for (int i = 0; i < 3; ++i) location.add_span(0);
    std::istringstream lines{std::string(text)};
    for (std::string line; std::getline(lines, line);) *location.mutable_leading_comments() += " " + line + "\n";
  }

  FileDescriptorProto& file_;
  const CommentSource& comments_;
  std::vector<int> path_;
};

}  // namespace

std::string comment_text(const google::protobuf::SourceLocation& location) {
  const bool leading = has_words(location.leading_comments);
  std::istringstream lines(leading ? location.leading_comments : location.trailing_comments);
  std::string text, gap;
  for (std::string line; std::getline(lines, line);) {
    line.erase(line.find_last_not_of(" \t\r") + 1);
    if (line.starts_with(' ')) line.erase(0, 1);
    if (line.empty()) {
      gap += text.empty() ? "" : "\n";
      continue;
    }
    if (!text.empty()) text += '\n';
    text += std::exchange(gap, "") + line;
  }
  return text;
}

std::vector<NamedComment> comments_for(const ServiceDescriptor& service) {
  Gatherer gatherer;
  gatherer.service(service);
  return std::move(gatherer.comments);
}

void add_comments(FileDescriptorProto& file, const CommentSource& comments) { Annotator(file, comments).run(); }

void merge_comments(const FileDescriptorProto& from, FileDescriptorProto& into) {
  std::set<std::vector<int>> known;
  const auto path_of = [](const auto& location) { return std::vector<int>(location.path().begin(), location.path().end()); };
  for (const auto& location : into.source_code_info().location()) known.insert(path_of(location));
  for (const auto& location : from.source_code_info().location()) {
    if (!known.contains(path_of(location))) *into.mutable_source_code_info()->add_location() = location;
  }
}

}  // namespace holon::contract
