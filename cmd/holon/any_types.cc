#include "cmd/holon/any_types.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <vector>

namespace holon::cli {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

/// "type.googleapis.com/shop.Cart" is shop.Cart.
std::string type_of_url(std::string_view url) { return std::string(url.substr(url.rfind('/') + 1)); }

}  // namespace

void for_each_any_type(const Message& message, const std::function<void(const std::string&)>& learn) {
  const Descriptor& type = *message.GetDescriptor();
  const Reflection& reflection = *message.GetReflection();
  if (type.well_known_type() == Descriptor::WELLKNOWNTYPE_ANY) {
    const std::string url = reflection.GetString(message, type.FindFieldByNumber(1));
    if (!url.empty()) learn(type_of_url(url));
  }
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      for_each_any_type(reflection.GetMessage(message, field), learn);
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      for_each_any_type(reflection.GetRepeatedMessage(message, field, i), learn);
    }
  }
}

void for_each_any_type(std::string_view json, const std::function<void(const std::string&)>& learn) {
  static constexpr std::string_view name = "\"@type\"";
  for (std::size_t at = json.find(name); at != json.npos; at = json.find(name, at + 1)) {
    const std::size_t begin = json.find('"', at + name.size());
    if (begin == json.npos) return;
    const std::size_t end = json.find('"', begin + 1);
    if (end == json.npos) return;
    learn(type_of_url(json.substr(begin + 1, end - begin - 1)));
  }
}

}  // namespace holon::cli
