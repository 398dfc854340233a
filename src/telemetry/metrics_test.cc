#include "telemetry/metrics.h"

#include <thread>

#include "telemetry/json.h"

namespace holon::telemetry {
namespace {

TEST(Buckets, HoldWhatTheySay) {
  for (std::uint64_t ns = 1; ns < 200'000'000'000; ns = ns * 5 / 4 + 1) {
    std::size_t index = Buckets::index(ns);
    ASSERT_LT(index, Buckets::count);
    if (index + 1 < Buckets::count) { EXPECT_LT(ns, Buckets::below_ns(index)) << ns; }
    if (index > 0) { EXPECT_GE(ns, Buckets::below_ns(index - 1)) << ns; }
  }
}

TEST(Metrics, AddUpWhatThreadsCounted) {
  std::uint32_t edge = metrics().add_edge({Way::local, "a.A", "b.B/C"});
  auto work = [edge] {
    for (int i = 0; i < 1000; ++i) record(edge, i % 10 == 0 ? Code::not_found : Code::ok, 1000);
  };
  std::thread one(work), two(work);
  one.join();
  two.join();
  EdgeTotals totals = metrics().snapshot(edge, edge + 1).at(0);
  EXPECT_EQ(totals.edge.method, "b.B/C");
  EXPECT_EQ(totals.count, 2000u);
  EXPECT_EQ(totals.total_ns, 2'000'000u);
  EXPECT_EQ(totals.errors[static_cast<int>(Code::not_found)], 200u);
  EXPECT_GT(quantile_ns(totals.latency, 0.5), 1000u);
  EXPECT_LE(quantile_ns(totals.latency, 0.99), 1280u);
}

TEST(Json, EscapesControlsAndMendsBadUtf8) {
  std::string out;
  append_json_string(out, "a\"b\\c\n\x01 \xc3\xa9 \xff \xed\xa0\x80 \xf0\x9f\x98\x80");
  EXPECT_EQ(out,
            "\"a\\\"b\\\\c\\n\\u0001 \xc3\xa9 \xef\xbf\xbd \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd \xf0\x9f\x98\x80\"");
}

}  // namespace
}  // namespace holon::telemetry
