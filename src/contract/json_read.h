// JsonReader: reads one JSON text into a message, by reflection, in one pass. See json.h for the rules.
#pragma once

#include <string_view>

#include "contract/json_cursor.h"
#include "contract/json_types.h"
#include "holon/result.h"

namespace google::protobuf {
class DescriptorPool;
class Message;
class MessageFactory;
}  // namespace google::protobuf

namespace holon::contract {

/// What one Json looks things up in.
struct JsonWorld {
  const google::protobuf::DescriptorPool& pool;  ///< the types that an Any may have
  google::protobuf::MessageFactory& factory;     ///< makes them
  const JsonTypes& types;
};

class JsonReader {
 public:
  JsonReader(const JsonWorld& world, const JsonCursor& text) : world_(world), in_(text) {}

  /// The text is the message.
  Result<void> message(google::protobuf::Message& into);
  /// The text is the value of one field.
  Result<void> field(const JsonField& field, google::protobuf::Message& into);

 private:
  class Seen;
  enum class Beside { nothing, type };  ///< whether an object is an Any's, and has its "@type" beside the fields

  // ---- messages, in whatever form they have; `field` says whose value it is, and may be null
  bool read(const JsonType& type, google::protobuf::Message& into, const google::protobuf::FieldDescriptor* field);
  bool fields(const JsonType& type, google::protobuf::Message& into, Beside beside);
  bool once(bool& given, std::string_view name);
  bool member(const JsonField& field, Seen& seen, google::protobuf::Message& into);
  const JsonField* find(const JsonType& type, std::string_view name, std::size_t expected);
  bool nothing_lacks(const JsonType& type, const google::protobuf::Message& message, std::size_t start);

  // ---- values of fields
  bool value(const JsonField& field, JsonKind kind, google::protobuf::Message& into);
  bool elements(const JsonField& field, google::protobuf::Message& into);
  bool entries(const JsonField& field, google::protobuf::Message& into);
  bool add_entries(const JsonField& field, google::protobuf::Message& into);
  bool one(const JsonField& field, JsonKind kind, google::protobuf::Message& into);
  /// @param named  the field as errors name it: of a wrapper, the one that has it
  bool scalar(const google::protobuf::FieldDescriptor& field, JsonKind kind, google::protobuf::Message& into,
              const google::protobuf::FieldDescriptor& named);

  // ---- well-known types
  bool text(google::protobuf::Message& into, const google::protobuf::FieldDescriptor* field);
  bool any_value(const JsonType& type, google::protobuf::Message& into);
  bool any(const JsonType& type, google::protobuf::Message& into);
  bool any_content(const JsonType& type, google::protobuf::Message& content);
  bool any_type(std::string& url, const google::protobuf::Descriptor*& type);

  // ---- what is wrong
  bool refuse(std::string_view subject, std::string_view form);
  std::string found();

  const JsonWorld& world_;
  JsonCursor in_;
};

}  // namespace holon::contract
