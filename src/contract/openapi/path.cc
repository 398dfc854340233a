#include "contract/openapi/path.h"

#include <google/protobuf/descriptor.h>

namespace holon::contract {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

const char* star(const PathSegment& segment) { return segment.kind == PathSegment::Kind::rest ? "**" : "*"; }

class Flattener {
 public:
  Flattener(const PathTemplate& path, const Descriptor& request) : path_(path), request_(request) {}

  OpenApiPath run() {
    OpenApiPath result;
    auto variable = path_.variables().begin();
    for (std::size_t i = 0; i < path_.segments().size(); ++i) {
      while (variable != path_.variables().end() && i >= variable->end) ++variable;
      const bool inside = variable != path_.variables().end() && i >= variable->first;
      if (path_.segments()[i].kind == PathSegment::Kind::literal) continue;
      result.parameters.push_back(inside ? part_of(*variable, i) : wildcard(i));
    }
    result.text = path_.shape();  // a "*" in it is a wildcard: those of literals are percent-encoded
    rename_parameters(result, result.parameters);
    return result;
  }

 private:
  OpenApiParameter part_of(const PathVariable& variable, std::size_t at) const {
    const auto [name, field] = resolve(variable);
    std::size_t count = 0, number = 0;
    std::string segments;
    for (std::size_t i = variable.first; i < variable.end; ++i) {
      const PathSegment& segment = path_.segments()[i];
      const bool literal = segment.kind == PathSegment::Kind::literal;
      segments += (segments.empty() ? "" : "/") + (literal ? segment.text : star(segment));
      if (literal) continue;
      ++count;
      if (i == at) number = count;
    }
    const bool many = path_.segments()[at].kind == PathSegment::Kind::rest;
    if (variable.end - variable.first == 1) return {name, field, many ? "It may have slashes, or be empty." : "", many};
    std::string note = "Part of `" + name + "`, which is `" + segments + "`.";
    return {count == 1 ? name : name + "-" + std::to_string(number), field, std::move(note), many};
  }

  OpenApiParameter wildcard(std::size_t at) const {
    const bool many = path_.segments()[at].kind == PathSegment::Kind::rest;
    return {"segment-" + std::to_string(at + 1), nullptr, "Whatever stands here is not looked at.", many};
  }

  std::pair<std::string, const FieldDescriptor*> resolve(const PathVariable& variable) const {
    std::string name;
    const FieldDescriptor* field = nullptr;
    for (const std::string& part : variable.field) {
      field = (field == nullptr ? &request_ : field->message_type())->FindFieldByName(part);
      name += (name.empty() ? "" : ".") + field->json_name();
    }
    return {name, field};
  }

  const PathTemplate& path_;
  const Descriptor& request_;
};

}  // namespace

OpenApiPath openapi_path(const PathTemplate& path, const Descriptor& request) { return Flattener(path, request).run(); }

void rename_parameters(OpenApiPath& path, const std::vector<OpenApiParameter>& names) {
  std::string text;
  std::size_t next = 0;
  for (std::size_t i = 0; i < path.text.size(); ++i) {
    const char c = path.text[i];
    if (c != '*' && c != '{') {
      text += c;
      continue;
    }
    i = c == '{' ? path.text.find('}', i) : (path.text.compare(i, 2, "**") == 0 ? i + 1 : i);
    path.parameters[next].name = names[next].name;
    text += "{" + names[next++].name + "}";
  }
  path.text = std::move(text);
}

std::string without_names(const OpenApiPath& path) {
  std::string text;
  for (std::size_t i = 0; i < path.text.size(); ++i) {
    text += path.text[i];
    if (path.text[i] == '{') i = path.text.find('}', i) - 1;
  }
  return text;
}

}  // namespace holon::contract
