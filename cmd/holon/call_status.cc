#include "cmd/holon/call_status.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include "cmd/holon/any_types.h"
#include "cmd/holon/terminal.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "wire/grpc.h"

namespace holon::cli {
namespace {

using google::protobuf::Message;

/// The message inside, if a server or this program has its contract.
std::unique_ptr<Message> unpacked(const google::protobuf::Any& detail, const std::string& type, Session& session,
                                  Servers& servers) {
  Result<const google::protobuf::Descriptor*> known = servers.message(session.question(), type);
  std::unique_ptr<Message> message;
  if (known.ok() && *known != nullptr) {
    message = servers.catalog().make(**known);
  } else if (const auto* own = google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(type)) {
    message.reset(google::protobuf::MessageFactory::generated_factory()->GetPrototype(own)->New());
  }
  if (message != nullptr && !message->ParseFromString(detail.value())) message.reset();
  return message;
}

std::string detail_text(const google::protobuf::Any& detail, Session& session, Servers& servers) {
  const std::string type = detail.type_url().substr(detail.type_url().rfind('/') + 1);
  std::unique_ptr<Message> message = unpacked(detail, type, session, servers);
  if (message != nullptr) {
    Result<std::string> text = contract::Json(*message->GetDescriptor()->file()->pool()).print(*message);
    if (text.ok()) return type + " " + *text;
  }
  return type + " in base64, since no contract of it is known: " + wire::base64_encode(detail.value());
}

}  // namespace

void print_status(const Error& error, Session& session, Servers& servers) {
  // Only so that the linker keeps the common details.
  (void)google::rpc::ErrorInfo::descriptor();
  say(error.to_string());
  google::rpc::Status status;
  if (error.details().empty()) return;
  if (!status.ParseFromString(error.details())) {
    return say("  details in base64, since they are no google.rpc.Status: " + wire::base64_encode(error.details()));
  }
  for (const google::protobuf::Any& detail : status.details()) say("  " + detail_text(detail, session, servers));
}

}  // namespace holon::cli
