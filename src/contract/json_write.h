// JsonWriter: writes a message as JSON, by reflection. See json.h for the rules.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "contract/json.h"
#include "contract/json_read.h"

namespace holon::contract {

class JsonWriter {
 public:
  /// @param out  is appended to
  JsonWriter(const JsonWorld& world, JsonStyle style, std::string& out) : world_(world), style_(style), out_(out) {}

  /// False if the message has no JSON: `problem` says why.
  bool message(const google::protobuf::Message& message);
  /// One field, as if it had its default value if it is not set.
  bool field(const JsonField& field, const google::protobuf::Message& message);
  const std::string& problem() const { return problem_; }

 private:
  // ---- structure
  bool open(char bracket);
  void next(bool& first);
  bool close(char bracket, bool empty);
  void line();

  // ---- messages
  bool write(const JsonType& type, const google::protobuf::Message& message);
  bool object(const JsonType& type, const google::protobuf::Message& message, std::string_view any_url);
  bool members(const JsonType& type, const google::protobuf::Message& message, bool& first);
  bool member(const JsonField& field, const google::protobuf::Message& message, bool& first);
  bool is_written(const JsonField& field, const google::protobuf::Message& message) const;

  // ---- values of fields
  bool value(const JsonField& field, const google::protobuf::Message& message);
  bool elements(const JsonField& field, const google::protobuf::Message& message);
  bool entries(const JsonField& field, const google::protobuf::Message& message);
  bool entry(const JsonField& field, const google::protobuf::Message& entry);
  bool scalar(const JsonField& field, const google::protobuf::Message& message);
  bool element(const JsonField& field, const google::protobuf::Message& message, int index);
  void enumerated(const JsonField& field, int number);
  void text(const JsonField& field, std::string_view value);
  template <class N>
  void whole(N number);
  template <class N>
  void quoted_whole(N number);

  // ---- well-known types
  bool moment(const JsonType& type, const google::protobuf::Message& message);
  bool mask(const JsonType& type, const google::protobuf::Message& message);
  bool any_value(const JsonType& type, const google::protobuf::Message& message);
  bool any(const JsonType& type, const google::protobuf::Message& message);

  bool fail(std::string problem);

  const JsonWorld& world_;
  const JsonStyle style_;
  std::string& out_;
  int depth_ = 0;
  std::string problem_;
};

}  // namespace holon::contract
