#include "wire/message.h"

#include <google/protobuf/wrappers.pb.h>

#include <algorithm>
#include <random>
#include <vector>

#include "wire/grpc.h"
#include "wire/gzip.h"

namespace holon::wire {
namespace {

using google::protobuf::BytesValue;
using testing::AllOf;
using testing::HasSubstr;

Bytes bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

std::string random_text(std::mt19937& random, std::size_t size_max) {
  std::string text(random() % (size_max + 1), '\0');
  for (char& c : text) c = static_cast<char>(random());
  return text;
}

/// Text that gzip makes smaller.
std::string wordy(std::size_t size) {
  std::string text;
  for (int i = 0; text.size() < size; ++i) text += "product " + std::to_string(i * 7919 % 1000) + ", ";
  text.resize(size);
  return text;
}

BytesValue message_of(std::string bytes) {
  BytesValue message;
  message.set_value(std::move(bytes));
  return message;
}

std::string compressed(std::string_view bytes) {
  std::string out;
  EXPECT_TRUE(gzip_compress(bytes, out));
  return out;
}

std::vector<HeaderView> request_with(HeaderView more) {
  return {{":method", "POST"}, {":path", "/shop.Cart/Get"}, {"content-type", "application/grpc"}, more};
}

/// A compressed message as it comes over the wire.
std::string framed(std::string_view gzip) {
  std::string out;
  append_prefix(out, gzip.size());
  out[0] = 1;
  return out.append(gzip);
}

/// What a reader that accepts gzip makes of `stream`.
Result<std::string> read_one(std::string_view stream, std::size_t bytes_max = message_bytes_max) {
  MessageReader reader(bytes_max);
  reader.accept(Encoding::gzip);
  HOLON_TRY(reader.feed(bytes_of(stream)));
  std::optional<std::string_view> message = HOLON_TRY(reader.next());
  return message ? std::string(*message) : "nothing";
}


TEST(MessageReader, CutsAStreamHoweverItArrives) {
  std::mt19937 random(4);
  for (int round = 0; round < 200; ++round) {
    std::vector<std::string> sent;
    std::string stream;
    for (unsigned i = random() % 6; i > 0; --i) {
      sent.push_back(random_text(random, 300));
      append_prefix(stream, sent.back().size());
      stream += sent.back();
    }
    MessageReader reader;
    std::vector<std::string> got;
    for (std::size_t at = 0; at < stream.size();) {
      std::size_t size = std::min<std::size_t>(1 + random() % 200, stream.size() - at);
      ASSERT_TRUE(reader.feed(bytes_of(std::string_view(stream).substr(at, size))).ok());
      at += size;
      while (random() % 4 != 0) {
        std::optional<std::string_view> message = *reader.next();
        if (!message) break;
        got.emplace_back(*message);
      }
    }
    while (auto message = *reader.next()) got.emplace_back(*message);
    ASSERT_EQ(got, sent);
    EXPECT_FALSE(reader.partial());
    EXPECT_EQ(reader.buffered(), 0u);
  }
}

TEST(MessageReader, KnowsAnUnfinishedMessage) {
  MessageReader reader;
  std::string stream;
  append_prefix(stream, 3);
  stream += "abc";
  EXPECT_FALSE(reader.partial());
  for (char c : stream.substr(0, stream.size() - 1)) {
    ASSERT_TRUE(reader.feed(bytes_of({&c, 1})).ok());
    EXPECT_TRUE(reader.partial());
    EXPECT_FALSE(*reader.next());
  }
  ASSERT_TRUE(reader.feed(bytes_of("c")).ok());
  EXPECT_FALSE(reader.partial());
  EXPECT_EQ(*reader.next(), "abc");
}

TEST(MessageReader, RefusesTooLargeAndSenseless) {
  EXPECT_TRUE(MessageReader(10).feed(bytes_of({"\0\0\0\0\x0a", 5})).ok());
  EXPECT_EQ(MessageReader(10).feed(bytes_of({"\0\0\0\0\x0b", 5})).code(), Code::resource_exhausted);
  EXPECT_EQ(MessageReader().feed(bytes_of({"\0\xff\xff\xff\xff", 5})).code(), Code::resource_exhausted);
  EXPECT_EQ(MessageReader().feed(bytes_of({"\2\0\0\0\0", 5})).code(), Code::internal);
  EXPECT_EQ(MessageReader(10).feed(bytes_of({"\0\0\0\0\1x\0\0\0\1\0", 11})).code(), Code::resource_exhausted);
}

TEST(MessageReader, ARefusalNamesSizeLimitAndRemedy) {
  const Error error = MessageReader(1000).feed(bytes_of({"\0\0\0\x07\xd0", 5})).error();
  EXPECT_THAT(error.message(), AllOf(HasSubstr("2000"), HasSubstr("1000"), HasSubstr("--holon-message-bytes-max")));
}

// doc/compression.md, test case 6.
TEST(MessageReader, ACompressedMessageWithoutAStatedEncodingIsInternal) {
  const Error error = MessageReader().feed(bytes_of({"\1\0\0\0\0", 5})).error();
  EXPECT_EQ(error.code(), Code::internal);
  EXPECT_THAT(error.message(), HasSubstr("grpc-encoding"));
}

// ---- gzip -----------------------------------------------------------------------------------------------------------

TEST(Gzip, ComesBackAsItWas) {
  std::mt19937 random(5);
  for (std::size_t size : {64u, 65u, 1'000u, 70'000u, 3u << 20}) {
    const std::string text = wordy(size);
    std::string out = "before";
    ASSERT_TRUE(gzip_compress(text, out));
    ASSERT_TRUE(out.starts_with("before"));
    EXPECT_LT(out.size() - 6, size);
    std::string back;
    ASSERT_TRUE(gzip_decompress(std::string_view(out).substr(6), back));
    EXPECT_EQ(back, text);
  }
}

TEST(Gzip, LeavesAloneWhatItDoesNotMakeSmaller) {
  std::mt19937 random(6);
  for (int i = 0; i < 200; ++i) {
    const std::string noise = random_text(random, 3'000);
    std::string out = "before";
    EXPECT_FALSE(gzip_compress(noise, out));
    EXPECT_EQ(out, "before");
  }
}

TEST(Gzip, RefusesWhatIsNone) {
  const std::string good = compressed(wordy(1'000));
  std::string out;
  for (std::size_t size = 0; size < good.size(); ++size) {
    ASSERT_FALSE(gzip_decompress(std::string_view(good).substr(0, size), out)) << size;
  }
  EXPECT_FALSE(gzip_decompress(good + "x", out));
  EXPECT_FALSE(gzip_decompress(good + good, out));
  for (std::size_t at = good.size() - 8; at < good.size(); ++at) {  // checksum and size
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 1);
    EXPECT_FALSE(gzip_decompress(bad, out)) << at;
  }
}

TEST(MessageReader, Decompresses) {
  const std::string text = wordy(100'000);
  EXPECT_EQ(*read_one(framed(compressed(text))), text);
  const std::string empty("\x1f\x8b\x08\0\0\0\0\0\0\x03\x03\0\0\0\0\0\0\0\0\0", 20);  // as gzip -n makes it
  EXPECT_EQ(*read_one(framed(empty)), "");
  EXPECT_EQ(read_one(framed("")).code(), Code::internal);
  EXPECT_EQ(read_one(framed("this is certainly no gzip at all")).code(), Code::internal);
}

TEST(MessageReader, ABombIsRefusedBeforeItIsDecompressed) {
  const std::string bomb = compressed(std::string(64 << 20, '\0'));
  ASSERT_LT(bomb.size(), 512u << 10);
  const Result<std::string> refused = read_one(framed(bomb));
  ASSERT_EQ(refused.code(), Code::resource_exhausted);
  EXPECT_THAT(refused.error().message(), AllOf(HasSubstr(std::to_string(64 << 20)), HasSubstr(std::to_string(4 << 20))));
  EXPECT_TRUE(read_one(framed(bomb), 64 << 20).ok());
}

TEST(MessageReader, ABombThatLiesAboutItsSizeIsRefused) {
  std::string bomb = compressed(std::string(64 << 20, '\0'));
  for (std::size_t stated : {0u, 1u, 4u << 20}) {
    for (std::size_t i = 0; i < 4; ++i) bomb[bomb.size() - 4 + i] = static_cast<char>(stated >> (8 * i));
    EXPECT_EQ(read_one(framed(bomb)).code(), Code::internal) << stated;
  }
  // Twenty bytes can't hold four megabytes: nothing is made ready for them.
  std::string lie = compressed(std::string(64, 'x'));
  for (std::size_t i = 0; i < 4; ++i) lie[lie.size() - 4 + i] = static_cast<char>((4u << 20) >> (8 * i));
  EXPECT_FALSE(gzip_size(lie));
  EXPECT_EQ(read_one(framed(lie)).code(), Code::internal);
}

TEST(Message, IsCompressedWhereThatMakesItSmaller) {
  std::mt19937 random(7);
  MessageReader reader;
  reader.accept(Encoding::gzip);
  for (int i = 0; i < 300; ++i) {
    const bool words = random() % 2 == 0;
    const BytesValue sent = message_of(words ? wordy(100 + random() % 5'000) : random_text(random, 300));
    const Encoding encoding = random() % 3 == 0 ? Encoding::identity : Encoding::gzip;
    std::string stream;
    ASSERT_TRUE(append_message(stream, sent, encoding, message_bytes_max).ok());
    ASSERT_TRUE(reader.feed(bytes_of(stream)).ok());
    ASSERT_TRUE(reader.ready());
    Result<std::optional<std::string_view>> message = reader.next();
    ASSERT_TRUE(message.ok() && *message);
    EXPECT_EQ(reader.compressed(), words && encoding == Encoding::gzip);
    BytesValue got;
    ASSERT_TRUE(got.ParseFromArray((*message)->data(), static_cast<int>((*message)->size())));
    ASSERT_EQ(got.value(), sent.value());
    EXPECT_LE(stream.size(), sent.ByteSizeLong() + 5);
  }
  EXPECT_FALSE(reader.partial());
}

TEST(Message, OverTheBoundIsRefusedWhereItIsMade) {
  std::string stream = "before";
  const BytesValue message = message_of(wordy(1'000));
  Result<void> refused = append_message(stream, message, Encoding::gzip, message.ByteSizeLong() - 1);
  EXPECT_EQ(refused.code(), Code::resource_exhausted);
  EXPECT_EQ(stream, "before");
  EXPECT_TRUE(append_message(stream, message, Encoding::gzip, message.ByteSizeLong()).ok());
}

// ---- encodings ------------------------------------------------------------------------------------------------------

TEST(GrpcEncoding, IsStatedAndReadBothWays) {
  RequestWriter request;
  RequestHead asked;
  ASSERT_FALSE(read_request(request.write({.method = "a/B", .origin = "a", .encoding = Encoding::gzip}).fields(), asked));
  EXPECT_EQ(asked.encoding, Encoding::gzip);
  EXPECT_TRUE(asked.accepts_gzip);
  RequestHead plain;
  ASSERT_FALSE(read_request(request.write({.method = "a/B", .origin = "a"}).fields(), plain));
  EXPECT_EQ(plain.encoding, Encoding::identity);
  EXPECT_TRUE(plain.accepts_gzip);
  ResponseWriter response;
  EXPECT_EQ(read_response(response.headers({}, Encoding::gzip).fields(), false).encoding, Encoding::gzip);
  EXPECT_EQ(read_response(response.headers({}).fields(), false).encoding, Encoding::identity);
}

TEST(GrpcEncoding, WhatACallerAcceptsMayBeAList) {
  std::pair<const char*, bool> cases[] = {{"identity,deflate,gzip", true}, {"identity , gzip", true}, {"gzip", true},
                                          {"identity", false}, {"gzipped,x-gzip", false}, {"", false}};
  for (auto [list, accepts] : cases) {
    RequestHead head;
    ASSERT_FALSE(read_request(request_with({"grpc-accept-encoding", list}), head));
    EXPECT_EQ(head.accepts_gzip, accepts) << list;
  }
}

// doc/compression.md: UNIMPLEMENTED from a server, with what it accepts; INTERNAL in a client.
TEST(GrpcEncoding, AnUnknownOneIsRefusedWithWhatThereIs) {
  RequestHead head;
  auto wrong = read_request(request_with({"grpc-encoding", "snappy"}), head);
  ASSERT_TRUE(wrong);
  EXPECT_EQ(wrong->error.code(), Code::unimplemented);
  EXPECT_THAT(wrong->error.message(), HasSubstr("snappy"));
  ResponseWriter writer;
  std::vector<HeaderView> answer = writer.trailers_only(wrong->error, {}, {}).fields();
  auto accepted = std::find_if(answer.begin(), answer.end(),
                               [](const HeaderView& header) { return header.name == "grpc-accept-encoding"; });
  ASSERT_NE(accepted, answer.end());
  EXPECT_EQ(accepted->value, "identity,gzip");
  std::vector<HeaderView> response = {
      {":status", "200"}, {"content-type", "application/grpc"}, {"grpc-encoding", "snappy"}};
  EXPECT_EQ(read_response(response, false).status->code(), Code::internal);
}

}  // namespace
}  // namespace holon::wire
