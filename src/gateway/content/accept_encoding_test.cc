#include "gateway/content/accept_encoding.h"

#include <gtest/gtest.h>

#include "gateway/content/fields.h"
#include "gateway/test_exchange.h"

namespace holon::gateway {
namespace {

TEST(AcceptEncoding, IsNegotiatedByWeights) {
  constexpr Coding br = Coding::br, gzip = Coding::gzip;
  const std::vector<std::pair<const char*, std::vector<Coding>>> table = {
      {"", {}},
      {"gzip", {gzip}},
      {"br", {br}},
      {"gzip, deflate, br, zstd", {br, gzip}},
      {"GZIP", {gzip}},
      {"x-gzip", {gzip}},
      {"gzip;q=1.0, br;q=0.9", {gzip, br}},
      {"gzip; q=0.8 , br ;q=0.9", {br, gzip}},
      {"gzip;Q=0.5", {gzip}},
      {"br;q=0, gzip", {gzip}},
      {"br;q=0.0, gzip;q=0.000", {}},
      {"*", {br, gzip}},
      {"*;q=0", {}},
      {"br;q=0, *", {gzip}},
      {"gzip, *;q=0", {gzip}},
      {"identity", {}},
      {"identity, gzip;q=0.5", {}},
      {"identity;q=0.5, gzip;q=0.5", {gzip}},
      {"identity;q=0.5, gzip;q=0.9, br;q=0.1", {gzip}},
      {"identity;q=0", {}},
      {"deflate, compress, zstd", {}},
      {"gzip;q=0.001", {gzip}},
      {"gzip;q=1.000", {gzip}},
      // malformed: nothing is done that was not asked for
      {"gzip;q=2", {}},
      {"gzip;q=1.001", {}},
      {"gzip;q=-1", {}},
      {"gzip;q=", {}},
      {"gzip;q=0.0001", {}},
      {"gzip;q=0,5", {}},
      {"gzip;q=high", {}},
      {"gzipped", {}},
      {",, gzip ,,", {gzip}},
      {"gzip;level=9;q=0.5", {gzip}},
  };
  for (const auto& [field, expected] : table) {
    EXPECT_EQ(accepted_codings(testing::request("GET", "/", {{"accept-encoding", field}})), expected) << field;
  }
}

TEST(AcceptEncoding, MayComeOnSeveralLinesOrNotAtAll) {
  EXPECT_EQ(accepted_codings(testing::request("GET", "/")), std::vector<Coding>());
  EXPECT_EQ(accepted_codings(testing::request("GET", "/", {{"accept-encoding", "br"}, {"accept-encoding", "gzip"}})),
            (std::vector<Coding>{Coding::br, Coding::gzip}));
}

}  // namespace
}  // namespace holon::gateway
