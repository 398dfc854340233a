#include "gateway/content/compression.h"

#include <brotli/decode.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include "gateway/content/encoder.h"
#include "gateway/content/media_type.h"
#include "gateway/test_exchange.h"

namespace holon::gateway {
namespace {

/// What of `coded` can be decoded so far.
std::string decode(Coding coding, const std::string& coded) {
  std::string out(1 << 20, '\0');
  if (coding == Coding::br) {
    BrotliDecoderState* state = BrotliDecoderCreateInstance(nullptr, nullptr, nullptr);
    std::size_t in_size = coded.size(), room = out.size();
    const auto* in = reinterpret_cast<const std::uint8_t*>(coded.data());
    auto* to = reinterpret_cast<std::uint8_t*>(out.data());
    BrotliDecoderDecompressStream(state, &in_size, &in, &room, &to, nullptr);
    BrotliDecoderDestroyInstance(state);
    out.resize(out.size() - room);
    return out;
  }
  z_stream stream{};
  inflateInit2(&stream, 15 + 16);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(coded.data()));
  stream.avail_in = static_cast<uInt>(coded.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  inflate(&stream, Z_SYNC_FLUSH);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

TEST(Encoder, WhatIsFlushedCanBeRead) {
  for (Coding coding : {Coding::gzip, Coding::br}) {
    const auto encoder = make_encoder(coding, Encoder::For::pieces);
    std::string coded, said;
    for (int i = 0; i < 50; ++i) {
      const std::string piece = "{\"number\":" + std::to_string(i) + "}\n";
      said += piece;
      coded += encoder->feed(piece, true);
      EXPECT_EQ(decode(coding, coded), said) << coding_name(coding) << " " << i;
    }
    coded += encoder->finish();
    EXPECT_EQ(decode(coding, coded), said);
  }
}

TEST(Encoder, LargeAndEmptyBodiesComeBackAsTheyWere) {
  std::string large;
  for (int i = 0; large.size() < 900'000; ++i) large += std::to_string(i * 7919) + (i % 5 == 0 ? "\n" : " ");
  for (Coding coding : {Coding::gzip, Coding::br}) {
    for (Encoder::For use : {Encoder::For::whole, Encoder::For::pieces}) {
      for (const std::string& body : {std::string(), large}) {
        const auto encoder = make_encoder(coding, use);
        std::string coded = encoder->feed(body, false);
        coded += encoder->finish();
        EXPECT_EQ(decode(coding, coded), body);
        EXPECT_LT(coded.size(), body.size() / 2 + 64);
      }
    }
  }
}

TEST(MediaType, FollowsTheLastExtension) {
  EXPECT_EQ(media_type_of("index.html"), "text/html; charset=utf-8");
  EXPECT_EQ(media_type_of("a/b.min.JS"), "text/javascript; charset=utf-8");
  EXPECT_EQ(media_type_of("photo.JPG"), "image/jpeg");
  EXPECT_EQ(media_type_of("font.woff2"), "font/woff2");
  EXPECT_EQ(media_type_of("app.wasm"), "application/wasm");
  for (const char* file : {"README", "a.b/README", "name.", "x.unknown", "tar", ""}) {
    EXPECT_EQ(media_type_of(file), "application/octet-stream") << file;
  }
}

TEST(MediaType, TextsAreWorthCompressing) {
  for (const char* type : {"text/html", "text/html; charset=utf-8", "TEXT/CSS", "application/json", "application/problem+json",
                           "image/svg+xml; charset=utf-8", "application/wasm", "text/event-stream", "application/x-ndjson"}) {
    EXPECT_TRUE(is_compressible(type, {})) << type;
  }
  for (const char* type : {"", "image/png", "video/mp4", "application/zip", "font/woff2", "application/octet-stream", "textual/x"}) {
    EXPECT_FALSE(is_compressible(type, {})) << type;
  }
  EXPECT_TRUE(is_compressible("application/octet-stream", {"application/octet-stream"}));
  EXPECT_TRUE(is_compressible("font/ttf", {"font/*"}));
  EXPECT_FALSE(is_compressible("text/html", {"application/json"}));
}

struct Row {
  const char* what;
  int status;
  HeaderList headers;
  std::optional<std::uint64_t> length;
  std::optional<Coding> expected;
};

TEST(Compression, HappensOnlyWhereItPays) {
  const HeaderList json = {{"content-type", "application/json"}};
  const auto with = [&](const char* name, const char* value) {
    HeaderList headers = json;
    headers.emplace_back(name, value);
    return headers;
  };
  const std::vector<Row> table = {
      {"a whole body", 200, json, 1024, Coding::br},
      {"an error", 404, json, 5000, Coding::br},
      {"pieces", 200, json, {}, Coding::gzip},
      {"too small", 200, json, 1023, {}},
      {"no type", 200, {}, 5000, {}},
      {"a picture", 200, {{"content-type", "image/png"}}, 5000, {}},
      {"encoded already", 200, with("content-encoding", "gzip"), 5000, {}},
      {"not to be changed", 200, with("cache-control", "max-age=60, No-Transform"), 5000, {}},
      {"another cache-control", 200, with("cache-control", "max-age=60"), 5000, Coding::br},
      {"a part", 206, json, 5000, {}},
      {"no content", 204, json, {}, {}},
      {"not modified", 304, json, {}, {}},
  };
  const Compression compression({});
  const auto asks = testing::request("GET", "/", {{"accept-encoding", "gzip, br"}});
  for (const Row& row : table) {
    EXPECT_EQ(compression.choose(asks, row.status, row.headers, row.length), row.expected) << row.what;
  }
  EXPECT_EQ(compression.choose(testing::request("GET", "/"), 200, json, 5000), Coding::identity);
  EXPECT_EQ(compression.choose(testing::request("GET", "/", {{"accept-encoding", "br"}}), 200, json, {}), Coding::br);
  EXPECT_EQ(Compression({.enabled = false, .types = {}}).choose(asks, 200, json, 5000), std::nullopt);
  EXPECT_EQ(Compression({.types = {"text/css"}}).choose(asks, 200, json, 5000), std::nullopt);
}

TEST(Compression, IsAnnounced) {
  HeaderList headers = {{"etag", "\"v1\""}, {"accept-ranges", "bytes"}};
  announce(Coding::br, headers);
  EXPECT_EQ(headers, (HeaderList{{"etag", "W/\"v1\""}, {"vary", "accept-encoding"}, {"content-encoding", "br"}}));

  headers = {{"etag", "W/\"v1\""}, {"vary", "Origin"}};
  announce(Coding::gzip, headers);
  EXPECT_EQ(headers, (HeaderList{{"etag", "W/\"v1\""}, {"vary", "Origin, accept-encoding"}, {"content-encoding", "gzip"}}));

  headers = {{"vary", "Origin, Accept-Encoding"}, {"etag", "\"v1\""}};
  announce(Coding::identity, headers);
  EXPECT_EQ(headers, (HeaderList{{"vary", "Origin, Accept-Encoding"}, {"etag", "\"v1\""}}));
}

}  // namespace
}  // namespace holon::gateway
