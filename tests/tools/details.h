// What desk.Desk/Fail says beside code and message, the same from either server.
#pragma once

#include <string>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

/// `Answer` is desk.Answer.
template <class Answer>
std::string details_of_failure(int code, const std::string& message) {
  google::rpc::Status status;
  status.set_code(code);
  status.set_message(message);
  google::rpc::BadRequest bad;
  auto& violation = *bad.add_field_violations();
  violation.set_field("text");
  violation.set_description("too long");
  status.add_details()->PackFrom(bad);
  Answer answer;
  answer.set_text("ask again");
  status.add_details()->PackFrom(answer);
  auto& unknown = *status.add_details();
  unknown.set_type_url("type.googleapis.com/nobody.Knows");
  unknown.set_value("\x01\x02\x03");
  return status.SerializeAsString();
}
