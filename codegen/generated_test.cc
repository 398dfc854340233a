// The code generated for testdata/good, compiled and used.
#include <cstdint>
#include <optional>
#include <string>

#include "gmock/gmock.h"
#include "google/protobuf/descriptor.h"
#include "holon/testing.h"
#include "imported_only.holon.h"
#include "odd/names.holon.h"
#include "shop.holon.h"

namespace {

TEST(MethodTable, SaysWhatTheContractSays) {
  const holon::internal::ServiceInfo& info = shop::Cart::info();
  EXPECT_EQ(info.name, "shop.Cart");
  EXPECT_EQ(info.file()->name(), "shop.proto");
  ASSERT_EQ(info.methods.size(), 5u);
  const holon::internal::MethodInfo& get = info.methods[0];
  EXPECT_EQ(get.name, "shop.Cart/GetCart");
  EXPECT_EQ(get.kind, holon::internal::Kind::unary);
  EXPECT_TRUE(get.idempotent);
  EXPECT_EQ(get.priority, 0);
  EXPECT_EQ(get.timeout_ns, 1'500'000'000);
  EXPECT_EQ(get.request().GetTypeName(), "shop.GetCartRequest");
  EXPECT_EQ(get.reply().GetTypeName(), "shop.Contents");
  EXPECT_FALSE(info.methods[1].idempotent);
  EXPECT_EQ(get.balance_by, (holon::internal::FieldPath{1}));
  EXPECT_EQ(info.methods[1].balance_by, (holon::internal::FieldPath{2, 1}));
  EXPECT_EQ(info.methods[2].balance_by, holon::internal::FieldPath{});
  EXPECT_EQ(get.attempts.attempts_max, 3u);
  EXPECT_EQ(get.attempts.hedge_after_ns, 20'000'000);
  EXPECT_EQ(get.attempts.hedges_max, -1) << "not said";
  EXPECT_EQ(info.methods[1].attempts.attempts_max, 0u) << "not said";
  EXPECT_EQ(info.balance, 2) << "as ServiceOptions.Balance has ROUND_ROBIN";
  EXPECT_EQ(Heart::info().balance, 0);
  EXPECT_EQ(info.methods[1].priority, 1);
  EXPECT_EQ(info.methods[1].timeout_ns, 0);
  EXPECT_EQ(info.methods[2].kind, holon::internal::Kind::server_stream);
  EXPECT_EQ(info.methods[2].priority, 2);
  EXPECT_EQ(info.methods[3].kind, holon::internal::Kind::client_stream);
  EXPECT_EQ(info.methods[4].kind, holon::internal::Kind::bidi_stream);
  EXPECT_EQ(info.methods[4].timeout_ns, 60'000'000'000);
}

TEST(MethodTable, FindsTheDescriptorOfAFileWithoutMessages) {
  ASSERT_NE(Heart::info().file(), nullptr);
  EXPECT_EQ(Heart::info().file()->name(), "imported_only.proto");
}

TEST(MethodTable, OfAServiceWithoutMethodsIsEmpty) { EXPECT_TRUE(odd::names::v1::Empty::info().methods.empty()); }

class OneItemCart final : public shop::Cart::Service {
  holon::Result<shop::Contents> GetCart(holon::Call&, const shop::GetCartRequest& request) override {
    return contents(request.user_id());
  }
  holon::Result<void> Watch(holon::Call&, const shop::GetCartRequest& request,
                            holon::Writer<shop::Contents>& out) override {
    HOLON_TRY(out.write(contents(request.user_id())));
    return out.write(contents("more"));
  }
  holon::Result<shop::Contents> Fill(holon::Call&, holon::Reader<shop::AddItemRequest>& in) override {
    shop::Contents all;
    while (std::optional<shop::AddItemRequest> next = HOLON_TRY(in.next())) *all.add_items() = next->item();
    return all;
  }
  holon::Result<void> Shop(holon::Call&, holon::Reader<shop::AddItemRequest>& in,
                           holon::Writer<shop::Contents>& out) override {
    while (std::optional<shop::AddItemRequest> next = HOLON_TRY(in.next())) {
      HOLON_TRY(out.write(contents(next->item().product())));
    }
    return {};
  }

  static shop::Contents contents(const std::string& product) {
    shop::Contents contents;
    contents.add_items()->set_product(product);
    return contents;
  }
};

// Locally by the client's virtual call, strictly by the method table.
class Generated : public testing::TestWithParam<holon::testing::Mode> {
 protected:
  static shop::GetCartRequest request_of(const std::string& user) {
    shop::GetCartRequest request;
    request.set_user_id(user);
    return request;
  }

  static shop::AddItemRequest item(const std::string& product) {
    shop::AddItemRequest request;
    request.mutable_item()->set_product(product);
    return request;
  }

  holon::testing::Host host_{GetParam()};
  holon::Ref<shop::Cart> cart_ = host_.serve<OneItemCart>();
};

TEST_P(Generated, UnaryMethodAnswersOnce) {
  const holon::Result<shop::Contents> contents = cart_->GetCart(host_.call(), request_of("ada"));
  ASSERT_TRUE(contents.ok()) << contents.error().to_string();
  ASSERT_EQ(contents->items_size(), 1);
  EXPECT_EQ(contents->items(0).product(), "ada");
}

TEST_P(Generated, StreamGivesEachMessage) {
  holon::Reader<shop::Contents> changes = cart_->Watch(host_.call(), request_of("ada"));
  for (const std::string product : {"ada", "more"}) {
    const auto next = changes.next();
    ASSERT_TRUE(next.ok()) << next.error().to_string();
    ASSERT_TRUE(next->has_value());
    EXPECT_EQ((*next)->items(0).product(), product);
  }
  const auto end = changes.next();
  ASSERT_TRUE(end.ok()) << end.error().to_string();
  EXPECT_FALSE(end->has_value());
}

TEST_P(Generated, ClientStreamAnswersOnce) {
  auto filling = cart_->Fill(host_.call());
  ASSERT_TRUE(filling.write(item("pen")).ok());
  ASSERT_TRUE(filling.write(item("ink")).ok());
  const holon::Result<shop::Contents> all = filling.finish();
  ASSERT_TRUE(all.ok()) << all.error().to_string();
  ASSERT_EQ(all->items_size(), 2);
  EXPECT_EQ(all->items(0).product(), "pen");
  EXPECT_EQ(all->items(1).product(), "ink");
}

TEST_P(Generated, BidiStreamAnswersEachMessage) {
  auto shopping = cart_->Shop(host_.call());
  for (const std::string product : {"pen", "ink"}) {
    ASSERT_TRUE(shopping.write(item(product)).ok());
    const auto shown = shopping.next();
    ASSERT_TRUE(shown.ok()) << shown.error().to_string();
    ASSERT_TRUE(shown->has_value());
    EXPECT_EQ((*shown)->items(0).product(), product);
  }
  ASSERT_TRUE(shopping.end_writing().ok());
  const auto end = shopping.next();
  ASSERT_TRUE(end.ok()) << end.error().to_string();
  EXPECT_FALSE(end->has_value());
}

TEST_P(Generated, MethodNobodyWroteIsUnimplemented) {
  const holon::Result<shop::Contents> result = cart_->AddItem(host_.call(), {});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.code(), holon::Code::unimplemented);
  EXPECT_EQ(result.error().message(), "shop.Cart/AddItem is not implemented");
}

INSTANTIATE_TEST_SUITE_P(Codegen, Generated,
                         testing::Values(holon::testing::Mode::local, holon::testing::Mode::strict,
                                         holon::testing::Mode::remote));

}  // namespace
