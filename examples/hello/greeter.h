#pragma once

#include "hello.holon.h"

class Greeter final : public hello::Greeter::Service {
  holon::Result<hello::HelloReply> SayHello(holon::Call&, const hello::HelloRequest& request) override {
    if (request.name().empty()) return holon::invalid_argument("name is empty");
    hello::HelloReply reply;
    reply.set_text("Hello, " + request.name());
    return reply;
  }
};
