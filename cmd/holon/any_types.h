// The types of google.protobuf.Any that a message holds: nothing else names them, so they have to be learned.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace google::protobuf {
class Message;
}

namespace holon::cli {

/// Calls `learn` with the full name of each, those inside others' fields too.
void for_each_any_type(const google::protobuf::Message& message, const std::function<void(const std::string&)>& learn);
/// The same of a JSON text, by its "@type" members.
void for_each_any_type(std::string_view json, const std::function<void(const std::string&)>& learn);

}  // namespace holon::cli
