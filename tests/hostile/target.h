// What is called while its host is attacked.
#pragma once

#include "holon/service.h"
#include "holon/try.h"
#include "target.holon.h"

namespace holon::hostile {

class Target final : public ::hostile::Target::Service {
 public:
  holon::Result<::hostile::Payload> Echo(holon::Call&, const ::hostile::Payload& request) override { return request; }

  holon::Result<::hostile::Payload> Draw(holon::Call&, const ::hostile::PourRequest& request) override {
    ::hostile::Payload payload;
    payload.set_data(std::string(static_cast<std::size_t>(request.size()), 'd'));
    return payload;
  }

  holon::Result<void> Pour(holon::Call&, const ::hostile::PourRequest& request,
                           holon::Writer<::hostile::Payload>& out) override {
    ::hostile::Payload payload;
    payload.set_data(std::string(static_cast<std::size_t>(request.size()), 'p'));
    for (;;) TRY(out.write(payload));
  }

  holon::Result<::hostile::PourRequest> Swallow(holon::Call&, holon::Reader<::hostile::Payload>& in) override {
    ::hostile::PourRequest sum;
    while (std::optional<::hostile::Payload> payload = TRY(in.next())) {
      sum.set_size(sum.size() + static_cast<std::int64_t>(payload->data().size()));
    }
    return sum;
  }
};

}  // namespace holon::hostile
