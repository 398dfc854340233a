// The shop's services, for programs that are no holon hosts.
#pragma once

#include <vector>

#include "frontend/frontend.holon.h"
#include "holon/testing.h"

namespace bench {

/// How each is made, in an order in which each comes after those it calls.
std::vector<holon::internal::ServiceFactory> shop_services();

/// All of them in one host, and the door to them.
holon::Ref<shop::Frontend> serve_shop(holon::testing::Host& host);

}  // namespace bench
