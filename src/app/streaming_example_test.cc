// The code that docs/streaming.md shows, in every mode.

#include <optional>
#include <string>

#include "app/test_modes.h"
#include "holon/outgoing_call.h"
#include "holon/task.h"
#include "holon/try.h"
#include "testdata/stocktaking.holon.h"

namespace stocktaking {
namespace {

using stocktaking::v1::Aisle;
using stocktaking::v1::Missing;
using stocktaking::v1::Shelf;
using stocktaking::v1::Total;

constexpr int full = 100;

Shelf shelf(int number, int pieces) {
  Shelf shelf;
  shelf.set_number(number);
  shelf.set_pieces(pieces);
  return shelf;
}

class Stock final : public v1::Stock::Service {
 public:
  holon::Result<void> List(holon::Call&, const Aisle& aisle, holon::Writer<Shelf>& out) override {
    for (int number = 1; number <= aisle.shelves(); ++number) TRY(out.write(shelf(number, full)));
    return {};
  }

  holon::Result<Total> Count(holon::Call& call, holon::Reader<Shelf>& in) override {
    Total total;
    while (std::optional<Shelf> counted = TRY(in.next())) {
      if (counted->pieces() < 0) return holon::invalid_argument("a shelf cannot have less than nothing");
      total.set_shelves(total.shelves() + 1);
      total.set_pieces(total.pieces() + counted->pieces());
    }
    call.response_trailers().add("x-counted-by", std::string(call.metadata().get("x-clerk")));
    return total;
  }

  holon::Result<void> Check(holon::Call&, holon::Reader<Shelf>& in, holon::Writer<Missing>& out) override {
    while (std::optional<Shelf> counted = TRY(in.next())) {
      Missing missing;
      missing.set_shelf(counted->number());
      missing.set_pieces(full - counted->pieces());
      TRY(out.write(missing));
    }
    return {};
  }
};

holon::Result<int> pieces_in(holon::Call& call, const holon::Ref<v1::Stock>& stock, const Aisle& aisle) {
  int pieces = 0;
  holon::Reader<Shelf> shelves = stock->List(call, aisle);
  while (std::optional<Shelf> shelf = TRY(shelves.next())) pieces += shelf->pieces();
  return pieces;
}

holon::Result<Total> count_all(holon::Call& call, const holon::Ref<v1::Stock>& stock, const Aisle& aisle) {
  auto counting = stock->Count(call);
  for (int number = 1; number <= aisle.shelves(); ++number) TRY(counting.write(shelf(number, number)));
  return counting.finish();
}

holon::Result<int> missing_in(holon::Call& call, const holon::Ref<v1::Stock>& stock, const Aisle& aisle) {
  auto checking = stock->Check(call);
  holon::TaskGroup group(call);
  auto asking = group.spawn([&](holon::Call&) -> holon::Result<void> {
    for (int number = 1; number <= aisle.shelves(); ++number) TRY(checking.write(shelf(number, number)));
    return checking.end_writing();
  });
  int pieces = 0;
  while (std::optional<Missing> missing = TRY(checking.next())) pieces += missing->pieces();
  TRY(asking.get());
  return pieces;
}

holon::Result<std::string> counted_by(holon::Call& call, const holon::Ref<v1::Stock>& stock) {
  holon::OutgoingCall out(call);
  out.metadata().add("x-clerk", "ada");
  out.timeout(std::chrono::seconds(2));
  auto counting = stock->Count(out);
  TRY(counting.finish());
  return std::string(out.response_trailers().get("x-counted-by"));
}

class StreamingExample : public ::testing::TestWithParam<holon::testing::Way> {
 protected:
  holon::testing::Host host_{GetParam().mode, GetParam().loops};
  holon::Ref<v1::Stock> stock_ = host_.serve<Stock>();
};

TEST_P(StreamingExample, Works) {
  Aisle aisle;
  aisle.set_shelves(50);
  EXPECT_EQ(*pieces_in(host_.call(), stock_, aisle), 50 * full);
  EXPECT_EQ(count_all(host_.call(), stock_, aisle)->pieces(), 50 * 51 / 2);
  EXPECT_EQ(*missing_in(host_.call(), stock_, aisle), 50 * full - 50 * 51 / 2);
  EXPECT_EQ(*counted_by(host_.call(), stock_), "ada");
}

INSTANTIATE_TEST_SUITE_P(Modes, StreamingExample, holon::testing::all_ways(), holon::testing::name_of);

}  // namespace
}  // namespace stocktaking
