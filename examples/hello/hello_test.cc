#include <gtest/gtest.h>

#include "greeter.h"
#include "holon/testing.h"

namespace {

TEST(Greeter, GreetsByName) {
  holon::testing::Host host;
  auto greeter = host.serve<Greeter>();
  hello::HelloRequest request;
  request.set_name("Ada");
  const auto reply = greeter->SayHello(host.call(), request);
  ASSERT_TRUE(reply.ok()) << reply.error().to_string();
  EXPECT_EQ(reply->text(), "Hello, Ada");
}

TEST(Greeter, AsksForAName) {
  holon::testing::Host host;
  auto greeter = host.serve<Greeter>();
  EXPECT_EQ(greeter->SayHello(host.call(), {}).code(), holon::Code::invalid_argument);
}

}  // namespace
