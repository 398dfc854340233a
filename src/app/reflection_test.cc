// What a running host says of itself to those who have no contract of it: health, reflection. Seen through its door.

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>

#include "app/reflection_client.h"
#include "grpc/health/v1/health.holon.h"
#include "grpc/reflection/v1/reflection.holon.h"
#include "grpc/reflection/v1alpha/reflection.holon.h"
#include "holon/client.h"
#include "app/running_host.h"
#include "testdata/probe.holon.h"

namespace holon {
namespace {

using google::protobuf::FileDescriptorProto;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class Leaf final : public probe::v1::Leaf::Service {
  Result<probe::v1::Message> Echo(Call&, const probe::v1::Message& request) override { return request; }
};

struct V1 {
  using Contract = grpc::reflection::v1::ServerReflection;
  using Request = grpc::reflection::v1::ServerReflectionRequest;
  using Response = grpc::reflection::v1::ServerReflectionResponse;
};
struct V1Alpha {
  using Contract = grpc::reflection::v1alpha::ServerReflection;
  using Request = grpc::reflection::v1alpha::ServerReflectionRequest;
  using Response = grpc::reflection::v1alpha::ServerReflectionResponse;
};

template <class Version>
class ReflectionTest : public ::testing::Test {
 protected:
  using Request = typename Version::Request;
  using Response = typename Version::Response;

  Response ask(const Request& request) {
    auto call = client_.call(std::chrono::seconds(10));
    auto stream = reflection_->ServerReflectionInfo(*call);
    EXPECT_TRUE(stream.write(request).ok());
    EXPECT_TRUE(stream.end_writing().ok());
    auto response = stream.next();
    if (!response.ok() || !*response) return ADD_FAILURE() << "no response", Response();
    EXPECT_FALSE(stream.next().value()) << "more than one response";
    EXPECT_EQ((*response)->original_request().SerializeAsString(), request.SerializeAsString());
    EXPECT_EQ((*response)->valid_host(), request.host());
    return std::move(**response);
  }
  Response ask_symbol(const std::string& symbol) {
    Request request;
    request.set_file_containing_symbol(symbol);
    return ask(request);
  }
  static std::vector<std::string> names_of_files(const Response& response) {
    std::vector<std::string> names;
    for (const std::string& bytes : response.file_descriptor_response().file_descriptor_proto()) {
      FileDescriptorProto file;
      EXPECT_TRUE(file.ParseFromString(bytes));
      names.push_back(file.name());
    }
    return names;
  }
  static std::string error_of(const Response& response) {
    return std::to_string(response.error_response().error_code()) + ": " + response.error_response().error_message();
  }

  testing::RunningHost host_{{internal::factory_of<Leaf>()}};
  Client client_{host_.address()};
  Ref<typename Version::Contract> reflection_{client_};
};

using Versions = ::testing::Types<V1, V1Alpha>;
TYPED_TEST_SUITE(ReflectionTest, Versions);

TYPED_TEST(ReflectionTest, ListsWhatIsServed) {
  typename TypeParam::Request request;
  request.set_host("anything");
  request.set_list_services("*");
  const auto response = this->ask(request);
  std::vector<std::string> names;
  for (const auto& service : response.list_services_response().service()) names.push_back(service.name());
  EXPECT_THAT(names, ElementsAre("grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection",
                                 "grpc.reflection.v1alpha.ServerReflection", "probe.v1.Leaf"));
}

TYPED_TEST(ReflectionTest, GivesAFileWithAllThatItImports) {
  for (const char* symbol : {"probe.v1.Leaf", "probe.v1.Leaf.Echo", "probe.v1.Message", "probe.v1.Message.text"}) {
    const auto names = this->names_of_files(this->ask_symbol(symbol));
    ASSERT_FALSE(names.empty()) << symbol;
    EXPECT_EQ(names[0], "testdata/probe.proto") << symbol;
    EXPECT_THAT(names, Contains("holon/options.proto"));
    EXPECT_THAT(names, Contains("google/protobuf/descriptor.proto"));
    EXPECT_THAT(names, Contains("google/protobuf/duration.proto"));
  }
  typename TypeParam::Request request;
  request.set_file_by_filename("holon/options.proto");
  EXPECT_EQ(this->names_of_files(this->ask(request))[0], "holon/options.proto");
}

TYPED_TEST(ReflectionTest, FindsExtensions) {
  typename TypeParam::Request request;
  request.mutable_file_containing_extension()->set_containing_type("google.protobuf.MethodOptions");
  request.mutable_file_containing_extension()->set_extension_number(50100);
  EXPECT_EQ(this->names_of_files(this->ask(request))[0], "holon/options.proto");

  request.mutable_file_containing_extension()->set_extension_number(72295728);  // google.api.http: not of what is served
  EXPECT_EQ(this->error_of(this->ask(request)),
            "5: nothing that is served here extends google.protobuf.MethodOptions by number 72295728");

  request.set_all_extension_numbers_of_type("google.protobuf.MethodOptions");
  const auto response = this->ask(request);
  EXPECT_EQ(response.all_extension_numbers_response().base_type_name(), "google.protobuf.MethodOptions");
  EXPECT_THAT(response.all_extension_numbers_response().extension_number(), ElementsAre(50100));

  request.set_all_extension_numbers_of_type("probe.v1.Message");
  EXPECT_TRUE(this->ask(request).has_all_extension_numbers_response());
  request.set_all_extension_numbers_of_type("probe.v1.Nothing");
  EXPECT_EQ(this->error_of(this->ask(request)), "5: no message probe.v1.Nothing is served here");
}

TYPED_TEST(ReflectionTest, WhatIsNotServedIsNotTold) {
  EXPECT_EQ(this->error_of(this->ask_symbol("probe.v1.Nothing")),
            "5: nothing that is called probe.v1.Nothing is served here");
  EXPECT_TRUE(this->ask_symbol("holon.node.v1.Host").has_error_response());
  typename TypeParam::Request request;
  request.set_file_by_filename("holon/node/v1/node.proto");
  EXPECT_EQ(this->error_of(this->ask(request)), "5: no file holon/node/v1/node.proto is served here");
  request.Clear();
  EXPECT_THAT(this->error_of(this->ask(request)), HasSubstr("3: the request asks nothing"));
}

TYPED_TEST(ReflectionTest, AStreamAnswersOneQuestionAfterTheOther) {
  auto call = this->client_.call(std::chrono::seconds(10));
  auto stream = this->reflection_->ServerReflectionInfo(*call);
  typename TypeParam::Request request;
  for (int i = 0; i < 50; ++i) {
    request.set_file_containing_symbol(i % 2 == 0 ? "probe.v1.Leaf" : "probe.v1.Nothing");
    ASSERT_TRUE(stream.write(request).ok());
    auto response = stream.next().value();
    ASSERT_TRUE(response);
    EXPECT_EQ(response->has_error_response(), i % 2 != 0);
  }
}

class OwnServicesTest : public ::testing::Test {
 protected:
  std::unique_ptr<Call, void (*)(Call*)> call() { return client_.call(std::chrono::seconds(10)); }
  static grpc::health::v1::HealthCheckRequest of(const std::string& service) {
    grpc::health::v1::HealthCheckRequest request;
    request.set_service(service);
    return request;
  }

  testing::RunningHost host_{{internal::factory_of<Leaf>()}};
  Client client_{host_.address()};
  Ref<grpc::health::v1::Health> health_{client_};
};

TEST_F(OwnServicesTest, AHostIsServingOnceItIsUp) {
  using grpc::health::v1::HealthCheckResponse;
  EXPECT_EQ(health_->Check(*call(), of(""))->status(), HealthCheckResponse::SERVING);
  EXPECT_EQ(health_->Check(*call(), of("probe.v1.Leaf"))->status(), HealthCheckResponse::SERVING);
  EXPECT_EQ(health_->List(*call(), {})->statuses_size(), 2);
  host_.health().set("probe.v1.Leaf", app::Health::Status::not_serving);
  EXPECT_EQ(health_->Check(*call(), of("probe.v1.Leaf"))->status(), HealthCheckResponse::NOT_SERVING);
  EXPECT_EQ(health_->Check(*call(), of(""))->status(), HealthCheckResponse::SERVING);
}

// What is open for as long as its client likes would hold the host up for its whole drain time.
TEST_F(OwnServicesTest, AStoppingHostTellsItsWatchersAndEndsStreams) {
  using grpc::health::v1::HealthCheckResponse;
  auto watching = call();
  auto watch = health_->Watch(*watching, of("probe.v1.Leaf"));
  ASSERT_EQ(watch.next().value()->status(), HealthCheckResponse::SERVING);
  auto asking = call();
  Ref<grpc::reflection::v1::ServerReflection> reflection(client_);
  auto stream = reflection->ServerReflectionInfo(*asking);
  grpc::reflection::v1::ServerReflectionRequest request;
  request.set_list_services("*");
  ASSERT_TRUE(stream.write(request).ok());
  ASSERT_TRUE(stream.next().value());

  const auto began = Clock::now();
  host_.begin_stop();
  EXPECT_EQ(watch.next().value()->status(), HealthCheckResponse::NOT_SERVING);
  EXPECT_EQ(watch.next().code(), Code::unavailable);
  auto ended = stream.next();
  ASSERT_FALSE(ended.ok());
  EXPECT_EQ(ended.error().to_string(), "UNAVAILABLE: the host is stopping");
  EXPECT_EQ(host_.stop(), 0);
  EXPECT_LT(Clock::now() - began, std::chrono::seconds(5)) << "the drain time is 10 s";
}

TEST_F(OwnServicesTest, AreNotCountedAsTheServicesThatAHostIsFor) {
  Ref<probe::v1::Leaf> leaf(client_);
  ASSERT_TRUE(leaf->Echo(*call(), {}).ok());
  ASSERT_TRUE(health_->Check(*call(), of("")).ok());
  Ref<node::v1::Host> self(client_);
  ASSERT_TRUE(self->Snapshot(*call(), {}).ok());
  Result<node::v1::SnapshotReply> snapshot = self->Snapshot(*call(), {});
  ASSERT_TRUE(snapshot.ok()) << snapshot.error().to_string();
  std::vector<std::string> served;
  for (const auto& calls : snapshot->served()) served.push_back(calls.method());
  EXPECT_THAT(served, Contains("probe.v1.Leaf/Echo"));
  EXPECT_THAT(served, Not(Contains(HasSubstr("grpc."))));
  EXPECT_THAT(served, Not(Contains(HasSubstr("holon.node."))));
}

/// A service of the application that is told by the name of one of the host's own.
class OwnHealth final : public grpc::health::v1::Health::Service {
  Result<grpc::health::v1::HealthCheckResponse> Check(Call&, const grpc::health::v1::HealthCheckRequest&) override {
    return failed_precondition("asked the application");
  }
};

TEST(OwnServices, GiveWayToTheApplications) {
  testing::RunningHost host({internal::factory_of<OwnHealth>()});
  Client client(host.address());
  Ref<grpc::health::v1::Health> health(client);
  EXPECT_EQ(health->Check(*client.call(std::chrono::seconds(10)), {}).code(), Code::failed_precondition);
}

TEST(ReflectionClient, LearnsAContractFromItsServer) {
  testing::RunningHost host({internal::factory_of<Leaf>()});
  Client client(host.address());
  app::ReflectionClient server(client);
  auto call = client.call(std::chrono::seconds(10));
  EXPECT_THAT(server.services(*call).value(), Contains("probe.v1.Leaf"));
  contract::Catalog catalog;
  Result<void> learned = server.learn(*call, "probe.v1.Leaf", catalog);
  ASSERT_TRUE(learned.ok()) << learned.error().to_string();
  const auto* service = catalog.pool().FindServiceByName("probe.v1.Leaf");
  ASSERT_NE(service, nullptr);
  EXPECT_EQ(service->method(0)->input_type()->full_name(), "probe.v1.Message");
  EXPECT_EQ(server.learn(*call, "probe.v1.Nothing", catalog).code(), Code::not_found);
}

}  // namespace
}  // namespace holon
