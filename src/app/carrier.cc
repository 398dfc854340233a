#include "app/carrier.h"

#include <google/protobuf/message.h>

#include "wire/message.h"

namespace holon::app {

using google::protobuf::Message;
using google::protobuf::MessageLite;

Parcel::Parcel(Parcel&&) noexcept = default;
Parcel& Parcel::operator=(Parcel&&) noexcept = default;
Parcel::~Parcel() = default;

Result<Parcel> Parcel::pack(const MessageLite& message, Carriage how) {
  Parcel parcel;
  parcel.size_ = message.ByteSizeLong();
  if (how.bytes_max) {
    if (parcel.size_ > *how.bytes_max) return wire::message_too_large(parcel.size_, *how.bytes_max);
    message.SerializeToString(&parcel.bytes_);
  } else {
    parcel.object_.reset(message.New());
    parcel.object_->CheckTypeAndMergeFrom(message);
  }
  return parcel;
}

Result<void> Parcel::unpack(MessageLite& into) {
  if (object_ == nullptr) {
    if (into.ParseFromString(bytes_)) return {};
    return internal_error("the message is no " + into.GetTypeName());
  }
  // Generated messages are full messages (not LITE_RUNTIME): the plugin refuses others.
  auto& target = static_cast<Message&>(into);
  target.GetReflection()->Swap(&target, static_cast<Message*>(object_.get()));
  return {};
}

}  // namespace holon::app
