// Health as a client sees it, local, strict and remote.

#include "app/health.h"

#include <thread>

#include "app/test_modes.h"

namespace holon {
namespace {

using app::Health;
using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;
using Status = Health::Status;

HealthCheckRequest of(std::string service) {
  HealthCheckRequest request;
  request.set_service(std::move(service));
  return request;
}

class HealthTest : public ::testing::TestWithParam<testing::Way> {
 protected:
  /// What the stream says next: a status, or the code it ended with.
  static std::string next(Reader<HealthCheckResponse>& watch) {
    Result<std::optional<HealthCheckResponse>> response = watch.next();
    if (!response.ok()) return std::string(code_name(response.code()));
    return *response ? HealthCheckResponse::ServingStatus_Name((*response)->status()) : "the end";
  }

  testing::Host host_{GetParam().mode, GetParam().loops};
  Ref<grpc::health::v1::Health> ref_ = host_.serve<Health>();
  Health& health_ = host_.service<Health>();
};

TEST_P(HealthTest, CheckSaysHowAServiceIs) {
  health_.set("", Status::serving);
  health_.set("shop.Cart", Status::not_serving);
  EXPECT_EQ(ref_->Check(host_.call(), of(""))->status(), HealthCheckResponse::SERVING);
  EXPECT_EQ(ref_->Check(host_.call(), of("shop.Cart"))->status(), HealthCheckResponse::NOT_SERVING);
  health_.set("shop.Cart", Status::serving);
  EXPECT_EQ(ref_->Check(host_.call(), of("shop.Cart"))->status(), HealthCheckResponse::SERVING);
}

TEST_P(HealthTest, CheckOfTheUnknownIsNotFoundAndNamesIt) {
  Result<HealthCheckResponse> response = ref_->Check(host_.call(), of("shop.Attic"));
  ASSERT_EQ(response.code(), Code::not_found);
  EXPECT_EQ(response.error().message(), "the service shop.Attic is not on this host");
}

TEST_P(HealthTest, ListSaysHowAllAre) {
  health_.set("", Status::serving);
  health_.set("shop.Cart", Status::not_serving);
  auto list = ref_->List(host_.call(), {});
  ASSERT_TRUE(list.ok()) << list.error().to_string();
  ASSERT_EQ(list->statuses_size(), 2);
  EXPECT_EQ(list->statuses().at("").status(), HealthCheckResponse::SERVING);
  EXPECT_EQ(list->statuses().at("shop.Cart").status(), HealthCheckResponse::NOT_SERVING);
}

TEST_P(HealthTest, WatchTellsEachChange) {
  health_.set("shop.Cart", Status::not_serving);
  Reader<HealthCheckResponse> watch = ref_->Watch(host_.call(), of("shop.Cart"));
  EXPECT_EQ(next(watch), "NOT_SERVING");
  health_.set("shop.Cart", Status::serving);
  EXPECT_EQ(next(watch), "SERVING");
  health_.set("shop.Cart", Status::serving);   // no change: nothing is told
  health_.set("shop.Other", Status::serving);  // nor of another
  health_.set("shop.Cart", Status::not_serving);
  EXPECT_EQ(next(watch), "NOT_SERVING");
}

TEST_P(HealthTest, WatchOfTheUnknownGoesOnUntilItIsKnown) {
  Reader<HealthCheckResponse> watch = ref_->Watch(host_.call(), of("shop.Cart"));
  EXPECT_EQ(next(watch), "SERVICE_UNKNOWN");
  health_.set("shop.Cart", Status::serving);
  EXPECT_EQ(next(watch), "SERVING");
}

TEST_P(HealthTest, ShutDownTellsWatchersAndEndsTheirStreams) {
  health_.set("shop.Cart", Status::serving);
  Reader<HealthCheckResponse> watch = ref_->Watch(host_.call(), of("shop.Cart"));
  EXPECT_EQ(next(watch), "SERVING");
  health_.shut_down();
  health_.set("shop.Cart", Status::serving);
  EXPECT_EQ(next(watch), "NOT_SERVING");
  EXPECT_EQ(next(watch), "UNAVAILABLE");
  EXPECT_EQ(ref_->Check(host_.call(), of("shop.Cart"))->status(), HealthCheckResponse::NOT_SERVING);
}

TEST_P(HealthTest, AnyThreadMaySetIt) {
  Reader<HealthCheckResponse> watch = ref_->Watch(host_.call(), of("shop.Cart"));
  EXPECT_EQ(next(watch), "SERVICE_UNKNOWN");
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([this, t] {
      for (int i = 0; i < 100; ++i) health_.set("shop." + std::to_string(t), Status::serving);
    });
  }
  threads.emplace_back([this] { health_.set("shop.Cart", Status::serving); });
  EXPECT_EQ(next(watch), "SERVING");
  threads.clear();
  EXPECT_EQ(ref_->List(host_.call(), {})->statuses_size(), 5);
}

INSTANTIATE_TEST_SUITE_P(Modes, HealthTest, testing::all_ways(), testing::name_of);

}  // namespace
}  // namespace holon
