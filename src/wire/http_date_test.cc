#include "wire/http_date.h"

#include <gtest/gtest.h>

namespace holon::wire {
namespace {

constexpr UnixSeconds year_2026 = 1'767'225'600;

TEST(HttpDate, IsWrittenAsToday) {
  EXPECT_EQ(http_date(784'111'777), "Sun, 06 Nov 1994 08:49:37 GMT");  // RFC 9110, 5.6.7
  EXPECT_EQ(http_date(0), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(http_date(-1), "Wed, 31 Dec 1969 23:59:59 GMT");
  EXPECT_EQ(http_date(951'782'400), "Tue, 29 Feb 2000 00:00:00 GMT");
  EXPECT_EQ(http_date(253'402'300'799), "Fri, 31 Dec 9999 23:59:59 GMT");
}

TEST(HttpDate, IsReadInItsThreeForms) {
  for (std::string_view text : {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"}) {
    EXPECT_EQ(parse_http_date(text, year_2026), 784'111'777) << text;
  }
  EXPECT_EQ(parse_http_date("Sun Nov 16 08:49:37 1994", year_2026), 784'975'777);
  EXPECT_EQ(parse_http_date("Sat, 31 Dec 2016 23:59:60 GMT", year_2026), 1'483'228'800);  // a leap second
}

TEST(HttpDate, AYearOfTwoDigitsIsNear) {
  EXPECT_EQ(parse_http_date("Friday, 01-Jan-76 00:00:00 GMT", year_2026), 3'345'062'400);  // 2076
  EXPECT_EQ(parse_http_date("Friday, 01-Jan-77 00:00:00 GMT", year_2026), 220'924'800);    // 1977
}

TEST(HttpDate, WhatIsNoneIsNotGuessed) {
  for (std::string_view text :
       {"", "now", "0", "784111777", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sun, 06 nov 1994 08:49:37 GMT", "Sun, 06 Foo 1994 08:49:37 GMT", "Xyz, 06 Nov 1994 08:49:37 GMT",
        "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT",
        "Sun, 06 Nov 1994 08:60:37 GMT", "Sun, 06 Nov 1994 08:49:61 GMT", "Sun, 06 Nov 0000 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 GMT ", " Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994  08:49:37 GMT",
        "Sun, 06 Nov -994 08:49:37 GMT", "Sun Nov 6 08:49:37 1994", "Sunday, 06-Nov-1994 08:49:37 GMT"}) {
    EXPECT_EQ(parse_http_date(text, year_2026), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace holon::wire
