#include "contract/example.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <vector>

#include "contract/json.h"

namespace holon::contract {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

// What is deeper, or comes after so much text, is {}.
constexpr std::size_t depth_max = 8;
constexpr std::size_t bytes_max = 64 << 10;

class Example {
 public:
  std::string text;

  void message(const Descriptor& type) {
    if (well_known(type)) return;
    const bool recursive = std::ranges::find(inside_, &type) != inside_.end();
    const bool enough = inside_.size() == depth_max || text.size() > bytes_max;
    if (recursive || enough || type.field_count() == 0) {
      text += "{}";
      return;
    }
    inside_.push_back(&type);
    text += '{';
    bool first = true;
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor& field = *type.field(i);
      if (field.real_containing_oneof() != nullptr && field.index_in_oneof() > 0) continue;
      if (!first) text += ',';
      first = false;
      new_line();
      text += json_quote(field.json_name()) + ": ";
      whole(field);
    }
    inside_.pop_back();
    new_line();
    text += '}';
  }

 private:
  void new_line() { text += '\n' + std::string(2 * inside_.size(), ' '); }

  void whole(const FieldDescriptor& field) {
    if (field.is_map()) {
      text += "{" + key(*field.message_type()->map_key()) + ": ";
      one(*field.message_type()->map_value());
      text += '}';
    } else if (field.is_repeated()) {
      text += '[';
      one(field);
      text += ']';
    } else {
      one(field);
    }
  }

  static std::string key(const FieldDescriptor& field) {
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) return "\"key\"";
    return field.cpp_type() == FieldDescriptor::CPPTYPE_BOOL ? "\"false\"" : "\"0\"";
  }

  void one(const FieldDescriptor& field) {
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return message(*field.message_type());
      case FieldDescriptor::CPPTYPE_STRING:
        text += "\"\"";
        return;
      case FieldDescriptor::CPPTYPE_BOOL:
        text += "false";
        return;
      case FieldDescriptor::CPPTYPE_ENUM: {
        const bool null = field.enum_type()->full_name() == "google.protobuf.NullValue";
        text += null ? "null" : json_quote(field.enum_type()->value(0)->name());
        return;
      }
      case FieldDescriptor::CPPTYPE_INT64:
      case FieldDescriptor::CPPTYPE_UINT64:
        text += "\"0\"";
        return;
      default:
        text += '0';
    }
  }

  /// Messages with a JSON form of their own.
  bool well_known(const Descriptor& type) {
    switch (type.well_known_type()) {
      case Descriptor::WELLKNOWNTYPE_UNSPECIFIED:
        return false;
      case Descriptor::WELLKNOWNTYPE_TIMESTAMP:
        text += "\"2026-01-31T12:00:00Z\"";
        return true;
      case Descriptor::WELLKNOWNTYPE_DURATION:
        text += "\"1.5s\"";
        return true;
      case Descriptor::WELLKNOWNTYPE_FIELDMASK:
        text += "\"name\"";
        return true;
      case Descriptor::WELLKNOWNTYPE_VALUE:
        text += "null";
        return true;
      case Descriptor::WELLKNOWNTYPE_LISTVALUE:
        text += "[]";
        return true;
      case Descriptor::WELLKNOWNTYPE_STRUCT:
      case Descriptor::WELLKNOWNTYPE_ANY:
        text += "{}";
        return true;
      default:  // wrappers: as the value they wrap
        one(*type.field(0));
        return true;
    }
  }

  std::vector<const Descriptor*> inside_;
};

}  // namespace

std::string example_json(const Descriptor& type) {
  Example example;
  example.message(type);
  return std::move(example.text);
}

}  // namespace holon::contract
