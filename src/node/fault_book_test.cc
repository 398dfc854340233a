#include "node/fault_book.h"

#include <functional>

namespace holon::node {
namespace {

constexpr std::int64_t now = 1'000'000;

v1::Fault slow_catalog() {
  v1::Fault fault;
  fault.set_to("shop.Catalog");
  fault.set_delay_us(200'000);
  return fault;
}

TEST(FaultBook, KeepsFaultsUntilTheirTimeIsOver) {
  FaultBook book;
  EXPECT_EQ(book.next_end_ms(), std::nullopt);
  const v1::Fault first = book.add(slow_catalog(), 0, now).value();
  EXPECT_EQ(first.id(), 1u);
  EXPECT_EQ(first.until_unix_ms(), now + FaultBook::time_ms);
  EXPECT_EQ(first.text(), "delays the calls to shop.Catalog by 200ms");
  EXPECT_EQ(book.add(slow_catalog(), 500, now).value().id(), 2u);
  EXPECT_EQ(book.next_end_ms(), now + 500);
  EXPECT_TRUE(book.expire(now + 499).empty());
  ASSERT_EQ(book.expire(now + 500).size(), 1u);
  ASSERT_EQ(book.all().size(), 1u);
  EXPECT_EQ(book.all().front().id(), 1u);
}

TEST(FaultBook, RemovesAllThatAreNamedOrNone) {
  FaultBook book;
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(book.add(slow_catalog(), 0, now).ok());
  EXPECT_EQ(book.remove({1, 9}).code(), Code::not_found);
  EXPECT_EQ(book.all().size(), 3u);
  EXPECT_EQ(book.remove({3, 1}).value_or({}).size(), 2u);
  EXPECT_EQ(book.all().front().id(), 2u);
  EXPECT_EQ(book.remove({}).value_or({}).size(), 1u);
  EXPECT_EQ(book.add(slow_catalog(), 0, now).value().id(), 4u) << "a number is never given twice";
}

TEST(FaultBook, RefusesWhatIsNoFault) {
  FaultBook book;
  const auto code = [&](const std::function<void(v1::Fault&)>& change, std::int64_t for_ms = 0) {
    v1::Fault fault = slow_catalog();
    change(fault);
    return book.add(std::move(fault), for_ms, now).code();
  };
  const std::function<void(v1::Fault&)> wrongs[] = {
      [](v1::Fault& fault) { fault.clear_to(); },
      [](v1::Fault& fault) { fault.clear_delay_us(); },
      [](v1::Fault& fault) { fault.set_delay_us(-1); },
      [](v1::Fault& fault) { fault.set_delay_us(3'600'000'001); },
      [](v1::Fault& fault) { fault.set_jitter_us(200'001); },
      [](v1::Fault& fault) { fault.set_percent(100.1); },
      [](v1::Fault& fault) { fault.set_percent(-1); },
      [](v1::Fault& fault) { fault.set_per_second(-1); },
      [](v1::Fault& fault) { fault.set_per_second(1e300 * 1e300); },
      [](v1::Fault& fault) { fault.set_abort_code(17); },
      [](v1::Fault& fault) { fault.set_abort_code(14), fault.set_reset(true); },
      [](v1::Fault& fault) { fault.set_black_hole(true), fault.set_reset(true); },
  };
  for (const auto& wrong : wrongs) EXPECT_EQ(code(wrong), Code::invalid_argument) << &wrong - wrongs;
  EXPECT_EQ(code([](v1::Fault&) {}, -1), Code::invalid_argument);
  EXPECT_EQ(code([](v1::Fault&) {}, FaultBook::time_ms_max + 1), Code::invalid_argument);
  EXPECT_TRUE(book.all().empty());
  EXPECT_EQ(code([](v1::Fault& fault) { fault.set_from("gateway"), fault.clear_to(); }), Code::ok);
}

TEST(FaultBook, IsBounded) {
  FaultBook book;
  for (std::size_t i = 0; i < FaultBook::faults_max; ++i) ASSERT_TRUE(book.add(slow_catalog(), 0, now).ok());
  EXPECT_EQ(book.add(slow_catalog(), 0, now).code(), Code::resource_exhausted);
}

}  // namespace
}  // namespace holon::node
