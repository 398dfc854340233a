#include "wire/grpc.h"

#include <random>

namespace holon::wire {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

std::string random_text(std::mt19937& random, std::size_t size_max) {
  std::string text(random() % (size_max + 1), '\0');
  for (char& c : text) c = static_cast<char>(random());
  return text;
}

const std::vector<HeaderView> plain_request = {{":method", "POST"}, {":scheme", "http"}, {":path", "/shop.Cart/Get"},
                                               {":authority", "cart"}, {"content-type", "application/grpc"}};

std::vector<HeaderView> plain_with(std::vector<HeaderView> more) {
  std::vector<HeaderView> headers = plain_request;
  headers.insert(headers.end(), more.begin(), more.end());
  return headers;
}

// ---- single values --------------------------------------------------------------------------------------------------

TEST(GrpcTimeout, IsWrittenInTheFinestUnitOfEightDigits) {
  EXPECT_EQ(encode_timeout(1ns), "1n");
  EXPECT_EQ(encode_timeout(99'999'999ns), "99999999n");
  EXPECT_EQ(encode_timeout(100'000'001ns), "100001u");
  EXPECT_EQ(encode_timeout(30s), "30000000u");
  EXPECT_EQ(encode_timeout(24h), "86400000m");
  EXPECT_EQ(encode_timeout(0ns), "1n");
  EXPECT_EQ(encode_timeout(-5s), "1n");
  EXPECT_EQ(encode_timeout(std::chrono::nanoseconds::max()), "2562048H");
}

TEST(GrpcTimeout, RoundsUpByAHundredThousandthAtMostAndNeverDown) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 20'000; ++i) {
    auto timeout = std::chrono::nanoseconds(static_cast<std::int64_t>(random() >> (1 + random() % 62)) + 1);
    auto read = decode_timeout(encode_timeout(timeout));
    ASSERT_TRUE(read) << timeout.count();
    ASSERT_GE(*read, timeout);
    ASSERT_LE((*read - timeout).count(), timeout.count() / 100'000) << timeout.count();
  }
}

TEST(GrpcTimeout, RefusesWhatIsNone) {
  for (const char* text : {"", "1", "S", "1s", "-1S", "+1S", " 1S", "1 S", "123456789S", "1SS", "0x1S", "1.5S"}) {
    EXPECT_FALSE(decode_timeout(text)) << text;
  }
  EXPECT_EQ(decode_timeout("99999999H"), std::chrono::nanoseconds::max());
  EXPECT_EQ(decode_timeout("0S"), 0ns);
}

TEST(GrpcMessage, PercentEncodesAllButPrintableAscii) {
  EXPECT_EQ(percent_encode("50% of\nZürich"), "50%25 of%0AZ%C3%BCrich");
  EXPECT_EQ(percent_decode("50%25 of%0aZ%C3%BCrich"), "50% of\nZürich");
  EXPECT_EQ(percent_decode("%"), "%");
  EXPECT_EQ(percent_decode("%4"), "%4");
  EXPECT_EQ(percent_decode("%4g%"), "%4g%");
  EXPECT_EQ(percent_decode("a+b%2Bc"), "a+b+c");  // no form encoding
  std::mt19937 random(2);
  for (int i = 0; i < 2'000; ++i) {
    std::string text = random_text(random, 40);
    std::string encoded = percent_encode(text);
    ASSERT_EQ(percent_decode(encoded), text);
    for (char c : encoded) ASSERT_TRUE(c >= 0x20 && c <= 0x7e);
  }
}

TEST(GrpcMessage, ABlankAtAnEndIsEncodedSinceAFieldValueHasNoneThere) {
  EXPECT_EQ(percent_encode("  a b "), "%20 a b%20");
  EXPECT_EQ(percent_encode(" "), "%20");
  for (std::size_t blank = 4'090; blank < 4'100; ++blank) {
    std::string text(9'000, 'x');
    text[blank] = ' ';
    ResponseWriter writer;
    for (const HeaderView& header : writer.trailers(internal_error(text), {}).fields()) {
      EXPECT_FALSE(header.value.ends_with(' ')) << blank;
    }
  }
}

TEST(Base64, IsThatOfRfc4648) {
  EXPECT_EQ(base64_encode(""), "");
  EXPECT_EQ(base64_encode("f"), "Zg");
  EXPECT_EQ(base64_encode("fo"), "Zm8");
  EXPECT_EQ(base64_encode("foo"), "Zm9v");
  EXPECT_EQ(base64_decode("Zg=="), "f");
  EXPECT_EQ(base64_decode("Zm8="), "fo");
  EXPECT_EQ(base64_decode("Zm9vYmFy"), "foobar");
  for (const char* text : {"Z", "Zg=", "Z===", "====", "Zm9v=", "Z m8", "Zm8-", "Zg==Zg=="}) {
    EXPECT_FALSE(base64_decode(text)) << text;
  }
  std::mt19937 random(3);
  for (int i = 0; i < 2'000; ++i) {
    std::string text = random_text(random, 40);
    ASSERT_EQ(base64_decode(base64_encode(text)), text);
  }
}

TEST(Traceparent, IsReadAsTheStandardSays) {
  auto trace = parse_traceparent("00-0123456789abcdeffedcba9876543210-00f067aa0ba902b7-01");
  ASSERT_TRUE(trace);
  EXPECT_EQ(trace->trace_high, 0x0123456789abcdefu);
  EXPECT_EQ(trace->trace_low, 0xfedcba9876543210u);
  EXPECT_EQ(trace->span, 0x00f067aa0ba902b7u);
  EXPECT_TRUE(trace->sampled);
  EXPECT_FALSE(parse_traceparent("00-0123456789abcdeffedcba9876543210-00f067aa0ba902b7-fe")->sampled);
  EXPECT_TRUE(parse_traceparent("cc-0123456789abcdeffedcba9876543210-00f067aa0ba902b7-01-what-the-future-holds"));
  EXPECT_TRUE(parse_traceparent("cc-0123456789abcdeffedcba9876543210-00f067aa0ba902b7-01"));
}

TEST(Traceparent, RefusesWhatTheStandardRefuses) {
  for (const char* text : {"", "00", "ff-0123456789abcdeffedcba9876543210-00f067aa0ba902b7-01",
                           "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                           "00-0123456789abcdeffedcba9876543210-0000000000000000-01",
                           "00-0123456789ABCDEFFEDCBA9876543210-00f067aa0ba902b7-01",
                           "00-0123456789abcdeffedcba9876543210-00f067aa0ba902b7-01-x",
                           "cc-0123456789abcdeffedcba9876543210-00f067aa0ba902b7-01x",
                           "00-0123456789abcdeffedcba9876543210-00f067aa0ba902b7-0g",
                           "00_0123456789abcdeffedcba9876543210-00f067aa0ba902b7-01",
                           "0-0123456789abcdeffedcba9876543210-00f067aa0ba902b7-001"}) {
    EXPECT_FALSE(parse_traceparent(text)) << text;
  }
}

// ---- requests -------------------------------------------------------------------------------------------------------

TEST(GrpcRequest, IsReadAsItWasWritten) {
  Metadata metadata;
  metadata.add("x-shop", "north");
  metadata.add("token-bin", std::string("\0\xff,", 3));
  metadata.add("token-bin", "second");
  TraceContext trace{1, 2, 3, true};
  RequestWriter writer;
  for (int again = 0; again < 2; ++again) {
    RequestHead head;
    const RequestFields said = {.method = "shop.Cart/Get", .origin = "cart", .timeout = 1500ms, .trace = trace,
                                .caller = "shop.Checkout", .hops = 3, .priority = 2, .metadata = metadata};
    std::vector<HeaderView> written = writer.write(said).fields();
    auto wrong = read_request(written, head);
    ASSERT_FALSE(wrong);
    EXPECT_EQ(head.path, "/shop.Cart/Get");
    EXPECT_EQ(head.timeout, 1500ms);
    EXPECT_EQ(head.trace.traceparent(), trace.traceparent());
    EXPECT_EQ(head.caller, "shop.Checkout");
    EXPECT_EQ(head.hops, 3);
    EXPECT_EQ(head.priority, 2);
    EXPECT_THAT(std::vector(head.metadata.begin(), head.metadata.end()),
                ElementsAre(Pair("x-shop", "north"), Pair("token-bin", std::string("\0\xff,", 3)),
                            Pair("token-bin", "second")));
  }
}

TEST(GrpcRequest, SaysNothingOfDefaults) {
  RequestWriter writer;
  for (const HeaderView& header : writer.write({.method = "a/B", .origin = "a"}).fields()) {
    EXPECT_FALSE(header.name.starts_with("holon-") || header.name == "grpc-timeout" || header.name == "traceparent");
  }
  RequestHead head;
  EXPECT_FALSE(read_request(writer.write({.method = "a/B", .origin = "a"}).fields(), head));
  EXPECT_EQ(head.priority, 1);
  EXPECT_FALSE(head.timeout);
  EXPECT_TRUE(head.metadata.empty());
}

TEST(GrpcRequest, SaysHowOftenItWasAttemptedBefore) {
  RequestWriter writer;
  auto said = [&](int earlier) {
    for (const HeaderView& header : writer.write({.method = "a/B", .origin = "a", .earlier_attempts = earlier}).fields()) {
      if (header.name == "grpc-previous-rpc-attempts") return std::string(header.value);
    }
    return std::string("nothing");
  };
  EXPECT_EQ(said(0), "nothing");
  EXPECT_EQ(said(2), "2");
}

TEST(GrpcResponse, SaysWhetherItMayBeAskedAgain) {
  auto pushed_back = [](const char* value) {
    const HeaderView trailers[] = {{"grpc-status", "14"}, {"grpc-retry-pushback-ms", value}};
    return read_response(trailers, true).push_back;
  };
  EXPECT_EQ(pushed_back("250"), 250ms);
  EXPECT_EQ(pushed_back("0"), 0ms);
  for (const char* never : {"-1", "", "soon", "1e3", "99999999999999999999"}) EXPECT_LT(pushed_back(never), 0ms) << never;
  const HeaderView silent[] = {{"grpc-status", "14"}};
  EXPECT_FALSE(read_response(silent, true).push_back || read_response(silent, true).unbegun);
  const HeaderView turned_away[] = {{"grpc-status", "8"}, {"holon-unbegun", "1"}};
  EXPECT_TRUE(read_response(turned_away, true).unbegun);
}

TEST(GrpcRequest, TheSchemeIsWhatTheConnectionIs) {
  RequestWriter writer;
  auto scheme = [](Headers headers) {
    for (const HeaderView& header : headers) {
      if (header.name == ":scheme") return std::string(header.value);
    }
    return std::string();
  };
  EXPECT_EQ(scheme(writer.write({.method = "a/B", .origin = "a"}).fields()), "http");
  EXPECT_EQ(scheme(writer.write({.method = "a/B", .origin = Origin("a", "https")}).fields()), "https");
}

TEST(GrpcRequest, MetadataCantSmuggle) {
  Metadata metadata;
  for (const char* name : {"grpc-timeout", "holon-caller", ":path", "content-type", "te", "user-agent", "host",
                           "connection", "a b", "a:b", "", "x\n"}) {
    metadata.add(name, "x");
  }
  for (const char* value : {"a\r\nb", "z\xc3\xbc", " a", "a ", "\x7f"}) metadata.add("x-value", value);
  RequestWriter writer;
  std::size_t bare = writer.write({.method = "a/B", .origin = "a"}).fields().size();
  EXPECT_EQ(writer.write({.method = "a/B", .origin = "a", .metadata = metadata}).fields().size(), bare);
}

TEST(GrpcRequest, TwoTraceparentsAreNone) {
  constexpr std::string_view trace = "00-0123456789abcdeffedcba9876543210-00f067aa0ba902b7-01";
  RequestHead head;
  EXPECT_FALSE(read_request(plain_with({{"traceparent", trace}, {"traceparent", trace}}), head));
  EXPECT_EQ(head.trace.trace_low, 0u);
}

TEST(GrpcRequest, KeepsTracestateAndBaggageAsMetadata) {
  RequestHead head;
  EXPECT_FALSE(read_request(plain_with({{"tracestate", "a=b"}, {"baggage", "user=7"}}), head));
  EXPECT_EQ(head.metadata.get("tracestate"), "a=b");
  EXPECT_EQ(head.metadata.get("baggage"), "user=7");
}

TEST(GrpcRequest, WhatIsNoGrpcIsAnsweredInTermsOfHttp) {
  RequestHead head;
  std::vector<HeaderView> get = plain_request;
  get[0].value = "GET";
  EXPECT_EQ(read_request(get, head)->http_status, 405);
  for (const char* type : {"", "text/html", "application/grpc-web-json", "application/grpc+json", "application/grpcx",
                           "application/grpc-web-texts+proto", "application/grpc+proto+proto", "+proto"}) {
    std::vector<HeaderView> other = plain_request;
    other[4].value = type;
    EXPECT_EQ(read_request(other, head)->http_status, 415) << type;
  }
  for (const char* type : {"application/grpc", "application/grpc+proto", "application/grpc;x=y",
                           "application/grpc+proto ; a"}) {
    std::vector<HeaderView> fine = plain_request;
    fine[4].value = type;
    EXPECT_FALSE(read_request(fine, head)) << type;
  }
}

TEST(GrpcRequest, APriorityIsANameOrItsNumber) {
  for (const auto& [text, priority] : {std::pair{"critical", 0}, {"default", 1}, {"sheddable", 2}, {"0", 0}, {"2", 2}}) {
    RequestHead head;
    ASSERT_FALSE(read_request(plain_with({{"holon-priority", text}}), head)) << text;
    EXPECT_EQ(head.priority, priority) << text;
  }
}

TEST(GrpcRequest, WrongValuesAreNamed) {
  struct {
    HeaderView header;
    const char* says;
  } cases[] = {{{"grpc-timeout", "1x"}, "grpc-timeout"},    {{"holon-hops", "-1"}, "holon-hops"},
               {{"holon-hops", "256"}, "holon-hops"},       {{"holon-priority", "high"}, "holon-priority"},
               {{"token-bin", "Zg==,!"}, "token-bin"}};
  for (const auto& [header, says] : cases) {
    RequestHead head;
    auto wrong = read_request(plain_with({header}), head);
    ASSERT_TRUE(wrong) << says;
    EXPECT_EQ(wrong->http_status, 200);
    EXPECT_EQ(wrong->error.code(), Code::invalid_argument);
    EXPECT_THAT(wrong->error.message(), HasSubstr(says));
  }
}

// ---- responses ------------------------------------------------------------------------------------------------------

TEST(GrpcResponse, CarriesAStatusWithMessageAndDetails) {
  ResponseWriter writer;
  Metadata trailers;
  trailers.add("x-cost", "7");
  for (const Error& error :
       {not_found("no product 7 in Zürich\n"), Error(Code::aborted, "", "\x08\x0a"), internal_error("x")}) {
    ResponseHead head = read_response(writer.trailers(error, trailers).fields(), true);
    ASSERT_TRUE(head.status);
    EXPECT_EQ(head.status->error().to_string(), error.to_string());
    EXPECT_EQ(head.status->error().details(), error.details());
    EXPECT_EQ(head.metadata.get("x-cost"), "7");
  }
  EXPECT_TRUE(read_response(writer.trailers({}, {}).fields(), true).status->ok());
}

TEST(GrpcResponse, HeadersSayNothingOfTheStatusYet) {
  ResponseWriter writer;
  Metadata metadata;
  metadata.add("x-from", "cart-2");
  ResponseHead head = read_response(writer.headers(metadata).fields(), false);
  EXPECT_FALSE(head.status);
  EXPECT_EQ(head.metadata.get("x-from"), "cart-2");
  EXPECT_FALSE(read_response(std::vector<HeaderView>{{":status", "103"}}, false).status);
}

TEST(GrpcResponse, TrailersOnlyHasBoth) {
  ResponseWriter writer;
  Metadata headers;
  headers.add("a", "1");
  Metadata trailers;
  trailers.add("b", "2");
  ResponseHead head = read_response(writer.trailers_only(unavailable("down"), headers, trailers).fields(), true);
  EXPECT_EQ(head.status->code(), Code::unavailable);
  EXPECT_EQ(head.metadata.get("a"), "1");
  EXPECT_EQ(head.metadata.get("b"), "2");
}

TEST(GrpcResponse, ALongMessageIsCutBetweenCharacters) {
  ResponseWriter writer;
  writer.bound(64 << 10);
  for (std::string_view character : {"\n", "ü", "☃", "😈"}) {
    for (std::size_t shift = 0; shift < 13; ++shift) {
      std::string text(shift, 'x');
      while (text.size() < 9'000) text += character;
      ResponseHead head = read_response(writer.trailers(internal_error(text), {}).fields(), true);
      const std::string& got = head.status->error().message();
      EXPECT_GT(got.size(), 1'350u);
      EXPECT_LT(got.size(), 1'380u);
      EXPECT_EQ(text.substr(0, got.size()), got);
      EXPECT_EQ((got.size() - shift) % character.size(), 0u) << character << shift;
    }
  }
  std::string plain(9'000, 'y');
  EXPECT_EQ(read_response(writer.trailers(internal_error(plain), {}).fields(), true).status->error().message().size(), 4096u);
}

/// As RFC 9113, 6.5.2 counts.
std::size_t list_bytes(Headers headers) {
  std::size_t bytes = 0;
  for (const HeaderView& header : headers) bytes += header.name.size() + header.value.size() + 32;
  return bytes;
}

TEST(GrpcResponse, DetailsCrossUpToWhatThePeerTakes) {
  Metadata metadata;
  metadata.add("x-cost", std::string(700, '7'));
  for (std::size_t bound : {8u << 10, 16u << 10, 64u << 10}) {
    ResponseWriter writer;
    writer.bound(bound);
    std::size_t fits = 0;
    for (std::size_t size = 1'000; size < bound; size += 500) {
      Error error(Code::aborted, "stock moved", std::string(size, '\xee'));
      std::vector<HeaderView> block = writer.trailers(error, metadata).fields();
      ASSERT_LE(list_bytes(block), bound);
      ResponseHead head = read_response(block, true);
      EXPECT_EQ(head.status->error().to_string(), error.to_string());
      if (head.status->error().details() == error.details()) {
        EXPECT_EQ(fits, size - 1'000);  // larger ones do not fit where smaller ones did not
        fits += 500;
      } else {
        EXPECT_EQ(head.status->error().details(), "");
      }
    }
    EXPECT_GT(fits + 1'000, (bound - 1'000) * 3 / 4 - 600) << bound;
  }
}

TEST(GrpcResponse, TheCodeArrivesWhateverIsBesideIt) {
  ResponseWriter writer;
  Metadata metadata;
  metadata.add("x-much", std::string(8'100, 'x'));
  ResponseHead head = read_response(writer.trailers(not_found("no product 7"), metadata).fields(), true);
  EXPECT_EQ(head.status->code(), Code::not_found);
  EXPECT_THAT("no product 7", testing::StartsWith(head.status->error().message()));
}

TEST(GrpcResponse, AnHttpStatusStandsInForAMissingGrpcStatus) {
  std::pair<const char*, Code> cases[] = {{"400", Code::internal},    {"401", Code::unauthenticated},
                                          {"403", Code::permission_denied}, {"404", Code::unimplemented},
                                          {"429", Code::unavailable}, {"502", Code::unavailable},
                                          {"503", Code::unavailable}, {"504", Code::unavailable},
                                          {"500", Code::unknown},     {"302", Code::unknown}};
  for (auto [status, code] : cases) {
    EXPECT_EQ(read_response(std::vector<HeaderView>{{":status", status}}, true).status->code(), code) << status;
  }
  EXPECT_EQ(read_response(std::vector<HeaderView>{{":status", "404"}, {"grpc-status", "5"}}, true).status->code(),
            Code::not_found);
  auto html = read_response(std::vector<HeaderView>{{":status", "200"}, {"content-type", "text/html"}}, false);
  EXPECT_THAT(html.status->error().message(), HasSubstr("text/html"));
  EXPECT_EQ(read_response(std::vector<HeaderView>{{"x", "y"}}, true).status->code(), Code::unknown);
  for (const char* status : {"17", "x", "", "-1", "999999999999"}) {
    std::vector<HeaderView> trailers = {{"grpc-status", status}};
    EXPECT_EQ(read_response(trailers, true).status->code(), Code::unknown) << status;
  }
}

}  // namespace
}  // namespace holon::wire
