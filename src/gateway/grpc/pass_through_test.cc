#include "gateway/grpc/pass_through.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/assembly.h"
#include "gateway/transcode/test_world.h"
#include "grpc/health/v1/health.holon.h"
#include "grpc/reflection/v1/reflection.holon.h"
#include "holon/outgoing_call.h"

namespace holon::gateway {
namespace {

using namespace std::chrono_literals;
using ::transcoding::rules::Asked;
using ::transcoding::rules::Failure;
using ::transcoding::rules::Sum;
using ::transcoding::rules::Thing;

/// Lets in who has a key, by the name in it.
class KeyPolicy final : public CallPolicy {
 public:
  mutable int inside = 0;
  mutable std::string path, peer;

  bool for_strangers() const override { return true; }
  Result<std::unique_ptr<Admission>> admit(Call& call, std::string_view of, const server::Arrival* arrival) const override {
    path = of;
    peer = arrival->peer;
    if (call.metadata().get("x-key") == "wrong") return unauthenticated("this key is wrong");
    Claims claims = HOLON_TRY(Claims::from_json(R"({"sub":"ann"})"));
    internal::CallAccess::root(call).claims = claims;
    return std::unique_ptr<Admission>(std::make_unique<Place>(inside));
  }

 private:
  struct Place final : Admission {
    explicit Place(int& inside) : inside(inside) { ++inside; }
    ~Place() override { --inside; }
    int& inside;
  };
};

/// A gateway that passes gRPC on, in front of the services, and a client of it.
class PassThroughTest : public ::testing::Test {
 protected:
  PassThroughTest() {
    EXPECT_TRUE(door_.listen(address_).ok());
    client::Endpoints endpoints;
    endpoints.everything.push_back(address_);
    pools_.update(endpoints);
  }
  ~PassThroughTest() override {
    pass_.shut_down();
    door_.drain(env::os().now() + 5s);
  }

  testing::RulesWorld world_;
  KeyPolicy policy_;
  PassThrough pass_{world_.contracts, world_.remote, &policy_};
  const env::Address address_ =
      *env::Address::parse("unix:" + ::testing::TempDir() + "pass-" + std::to_string(::getpid()) + ".sock");
  server::Server door_{pass_.router(), {&world_.loop}};
  client::Pools pools_{{&world_.loop}};
  app::Assembly outside_{{}, &pools_};
  Ref<::transcoding::rules::Rules> rules_ = outside_.ref<::transcoding::rules::Rules>();
  internal::RootCall call_{env::os().now() + 10s};
};

Thing thing(std::string id, int count = 0) {
  Thing thing;
  thing.set_id(std::move(id));
  thing.set_count(count);
  return thing;
}

TEST_F(PassThroughTest, AUnaryCall) {
  const Result<Thing> reply = rules_->Get(call_, thing("a", 7));
  ASSERT_TRUE(reply.ok()) << reply.error().message();
  EXPECT_EQ(reply->id(), "a");
  EXPECT_EQ(reply->count(), 7);
  EXPECT_EQ(policy_.path, "/transcoding.rules.Rules/Get");
  EXPECT_EQ(policy_.peer, "unix");
  EXPECT_EQ(policy_.inside, 0);
}

TEST_F(PassThroughTest, FieldsThatTheContractDoesNotHavePass) {
  Thing sent = thing("a");
  sent.GetReflection()->MutableUnknownFields(&sent)->AddVarint(1000, 5);
  const Result<Thing> reply = rules_->Get(call_, sent);
  ASSERT_TRUE(reply.ok());
  EXPECT_EQ(reply->SerializeAsString(), sent.SerializeAsString());
}

TEST_F(PassThroughTest, AnErrorKeepsItsDetails) {
  Failure failure;
  failure.set_code(9);
  failure.set_message("not now");
  failure.set_retry_ms(1500);
  const Result<Thing> reply = rules_->Fail(call_, failure);
  EXPECT_EQ(reply.code(), Code::failed_precondition);
  EXPECT_EQ(reply.error().message(), "not now");
  google::rpc::Status status;
  ASSERT_TRUE(status.ParseFromString(reply.error().details()));
  EXPECT_EQ(status.details_size(), 1);
}

TEST_F(PassThroughTest, MetadataPassesBothWaysButNotWhoOneSaysToBe) {
  OutgoingCall out(call_);
  out.metadata().add("x-tenant", "7");
  out.metadata().add("x-bytes-bin", std::string("\0\x7F", 2));
  out.metadata().add("x-forwarded-user", "root");
  out.metadata().add("x-auth-request-email", "root@shop.example");
  const Result<Asked> asked = rules_->Metadata(out, Asked());
  ASSERT_TRUE(asked.ok()) << asked.error().message();
  EXPECT_EQ(asked->metadata().at("x-tenant"), "7");
  EXPECT_EQ(asked->metadata().at("x-bytes-bin"), std::string("\0\x7F", 2));
  EXPECT_FALSE(asked->metadata().contains("x-forwarded-user"));
  EXPECT_FALSE(asked->metadata().contains("x-auth-request-email"));
  EXPECT_EQ(out.response_metadata().get("set-cookie"), "a=1");
  EXPECT_EQ(out.response_metadata().get("x-internal"), "secret") << "what is said to a gRPC client is its own business";
}

TEST_F(PassThroughTest, ClaimsAreThoseOfThePolicy) {
  internal::CallAccess::root(call_).claims = Claims::from_json(R"({"sub":"mallory"})").value();
  Thing asked = thing("a");
  const Result<Thing> reply = rules_->Claimed(call_, asked);
  ASSERT_TRUE(reply.ok());
  EXPECT_EQ(reply->text(), R"({"sub":"ann"})");
}

TEST_F(PassThroughTest, ThePolicyKeepsOut) {
  OutgoingCall out(call_);
  out.metadata().add("x-key", "wrong");
  const Result<Thing> reply = rules_->Get(out, thing("a"));
  EXPECT_EQ(reply.code(), Code::unauthenticated);
  EXPECT_EQ(reply.error().message(), "this key is wrong");
}

TEST_F(PassThroughTest, AStreamOfReplies) {
  Reader<Thing> replies = rules_->Count(call_, thing("", 1000));
  for (int i = 0; i < 1000; ++i) {
    const Result<std::optional<Thing>> reply = replies.next();
    ASSERT_TRUE(reply.ok() && reply->has_value()) << i;
    EXPECT_EQ((*reply)->count(), i);
  }
  EXPECT_FALSE(replies.next().value().has_value());
}

TEST_F(PassThroughTest, AStreamOfRequests) {
  auto stream = rules_->Collect(call_);
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(stream.write(thing("x")).ok());
  const Result<Sum> sum = stream.finish();
  ASSERT_TRUE(sum.ok()) << sum.error().message();
  EXPECT_EQ(sum->count(), 1000);
}

TEST_F(PassThroughTest, AStreamOfNoRequests) {
  const Result<Sum> sum = rules_->Collect(call_).finish();
  ASSERT_TRUE(sum.ok()) << sum.error().message();
  EXPECT_EQ(sum->count(), 0);
}

TEST_F(PassThroughTest, AServiceMayAnswerBeforeItHasReadAll) {
  auto stream = rules_->First(call_);
  while (stream.write(thing("x")).ok()) {
  }
  EXPECT_EQ(stream.finish().value().id(), "x");
}

TEST_F(PassThroughTest, StreamsBothWays) {
  auto stream = rules_->Chat(call_);
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(stream.write(thing("x", i)).ok());
    EXPECT_EQ(stream.next().value()->count(), i);
  }
  ASSERT_TRUE(stream.end_writing().ok());
  EXPECT_FALSE(stream.next().value().has_value());
}

TEST_F(PassThroughTest, BackPressurePasses) {
  auto stream = rules_->Chat(call_);
  Thing large = thing("x");
  large.set_text(std::string(1000, 'y'));
  int sent = 0;
  TaskGroup group(call_);
  group.spawn([&](Call&) -> Result<void> {
    for (;; ++sent) HOLON_TRY(stream.write(large));
  });
  for (int i = 0; i < 200; ++i) (void)sleep(call_, 1ms);
  EXPECT_GT(sent, 10);
  EXPECT_LT(sent, 2000) << "a client that reads no replies can't send on";
}

TEST_F(PassThroughTest, ADeadlinePasses) {
  OutgoingCall out(call_);
  out.timeout(20ms);
  EXPECT_EQ(rules_->Wait(out, Thing()).code(), Code::deadline_exceeded);
}

TEST_F(PassThroughTest, AClientThatLeavesEndsItsCall) {
  { auto replies = std::make_optional(rules_->Silence(call_, Thing()));
    while (world_.rules.waiting == 0) (void)sleep(call_, 1ms);
  }
  while (world_.rules.left == 0 && sleep(call_, 1ms).ok()) {
  }
  EXPECT_EQ(world_.rules.left, 1);
}

TEST_F(PassThroughTest, CompressionPasses) {
  OutgoingCall out(call_);
  out.compress();
  Thing sent = thing("compressed?");
  sent.set_text(std::string(10'000, 'z'));
  const Result<Thing> reply = rules_->Compressed(out, sent);
  ASSERT_TRUE(reply.ok()) << reply.error().message();
  EXPECT_TRUE(reply->done()) << "the service sees that the request came compressed";
  EXPECT_TRUE(out.response_compressed());
}

TEST_F(PassThroughTest, UnknownMethodsAreUnimplemented) {
  EXPECT_EQ(pass_.router().find("/transcoding.rules.Rules/Nothing"), nullptr);
  EXPECT_NE(pass_.router().find("/transcoding.rules.Rules/Chat"), nullptr);
}

TEST_F(PassThroughTest, TheGatewayTellsOfItsHealth) {
  Ref<grpc::health::v1::Health> health = outside_.ref<grpc::health::v1::Health>();
  grpc::health::v1::HealthCheckRequest request;
  request.set_service("transcoding.rules.Rules");
  EXPECT_EQ(health->Check(call_, request).value().status(), grpc::health::v1::HealthCheckResponse::SERVING);
  request.set_service("nobody");
  EXPECT_EQ(health->Check(call_, request).code(), Code::not_found);
}

TEST_F(PassThroughTest, TheGatewayTellsOfItsContracts) {
  Ref<grpc::reflection::v1::ServerReflection> reflection = outside_.ref<grpc::reflection::v1::ServerReflection>();
  auto stream = reflection->ServerReflectionInfo(call_);
  grpc::reflection::v1::ServerReflectionRequest request;
  request.set_list_services("*");
  ASSERT_TRUE(stream.write(request).ok());
  std::vector<std::string> names;
  const auto listed = stream.next().value().value();
  for (const auto& service : listed.list_services_response().service()) names.push_back(service.name());
  EXPECT_THAT(names, ::testing::ElementsAre("grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection",
                                            "grpc.reflection.v1alpha.ServerReflection", "transcoding.rules.Rules"));
  request.set_file_containing_symbol("transcoding.rules.Rules.Chat");
  ASSERT_TRUE(stream.write(request).ok());
  const auto described = stream.next().value().value();
  EXPECT_GT(described.file_descriptor_response().file_descriptor_proto_size(), 1);
}

}  // namespace
}  // namespace holon::gateway
