// Answer: one answer to everybody, from the configuration.
#pragma once

#include "gateway/visit.h"

namespace holon::gateway {

class Answer final : public Destination {
 public:
  explicit Answer(ToAnswer config) : config_(std::move(config)) {}

  void serve(Visit& visit) const override {
    visit.respond(config_.status, {{"content-type", config_.content_type}, {"x-content-type-options", "nosniff"}}, config_.body);
  }

 private:
  ToAnswer config_;
};

}  // namespace holon::gateway
