// Header blocks in random sequences, against nghttp2's plain coder: whatever is recognised or remembered, fields are the same.
#include "wire/hpack.h"

#include <gtest/gtest.h>

#include <deque>
#include <random>

#include "wire/http2_raw.h"

namespace holon::wire {
namespace {

constexpr std::size_t list_bytes_max = 64 << 10;

using Field = std::pair<std::string, std::string>;
using Fields = std::vector<Field>;

std::uint8_t* mutable_bytes(const std::string& text) {  // for nghttp2, which does not write through it
  return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
}

/// Nothing but nghttp2's inflater, each block in full.
class PlainDecoder {
 public:
  PlainDecoder() { nghttp2_hd_inflate_new(&inflater_); }
  ~PlainDecoder() { nghttp2_hd_inflate_del(inflater_); }
  PlainDecoder(const PlainDecoder&) = delete;
  PlainDecoder& operator=(const PlainDecoder&) = delete;

  /// Nothing for what is no block.
  std::optional<Fields> decode(const std::string& block) {
    Fields fields;
    for (std::size_t at = 0;;) {
      nghttp2_nv field;
      int flags = 0;
      auto taken = nghttp2_hd_inflate_hd2(inflater_, &field, &flags, mutable_bytes(block) + at, block.size() - at, 1);
      if (taken < 0) return {};
      at += static_cast<std::size_t>(taken);
      if ((flags & NGHTTP2_HD_INFLATE_EMIT) != 0) {
        fields.emplace_back(std::string(reinterpret_cast<char*>(field.name), field.namelen),
                            std::string(reinterpret_cast<char*>(field.value), field.valuelen));
      }
      if ((flags & NGHTTP2_HD_INFLATE_FINAL) != 0) break;
    }
    nghttp2_hd_inflate_end_headers(inflater_);
    return fields;
  }

 private:
  nghttp2_hd_inflater* inflater_ = nullptr;
};

Fields copied(Headers headers) {
  Fields fields;
  for (const HeaderView& header : headers) fields.emplace_back(header.name, header.value);
  return fields;
}

/// Draws by a seed that a failure names.
class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) {}

  std::size_t below(std::size_t bound) { return engine_() % bound; }
  bool once_in(std::size_t n) { return below(n) == 0; }
  template <class T>
  const T& one_of(const std::vector<T>& all) {
    return all[below(all.size())];
  }
  std::string text() {
    std::string text(once_in(10) ? below(400) : below(20), '\0');
    for (char& c : text) c = static_cast<char>('!' + below(94));
    return text;
  }

 private:
  std::mt19937 engine_;
};

/// Few names and values, so that blocks share much of what they say.
Field draw_field(Random& random) {
  static const std::vector<std::string> names = {"x", "grpc-timeout", "user-agent", "holon-hops", "x-key-bin", "accept"};
  static const std::vector<std::string> values = {"", "1", "gzip, deflate", "holon/0.1", "application/grpc"};
  return {random.one_of(names), random.once_in(3) ? random.text() : random.one_of(values)};
}

/// One representation of each kind that RFC 7541 has, as whoever speaks to us may choose it.
std::string draw_representation(Random& random) {
  const auto [name, value] = draw_field(random);
  switch (random.below(8)) {
    case 0: return raw::kept_field(name, value);
    case 1: return raw::integer(1 + random.below(61), 6, 0x40) + raw::text(value);
    case 2: return "\x10" + raw::text(name) + raw::text(value);
    case 3: return raw::integer(1 + random.below(61), 4) + raw::text(value);
    case 4: return raw::indexed(static_cast<std::uint32_t>(1 + random.below(66)));  // perhaps behind the table
    case 5: return raw::indexed(static_cast<std::uint32_t>(1 + random.below(61)));
    default: return raw::field(name, value);
  }
}

std::string draw_block(Random& random, const std::vector<std::string>& beginnings) {
  std::string block = random.once_in(40) ? raw::integer(random.below(4'097), 5, 0x20) : "";
  block += random.once_in(10) ? "" : random.one_of(beginnings);
  for (std::size_t more = random.below(4); more > 0; --more) {
    block += random.once_in(3) ? draw_representation(random) : raw::field("x-once", random.text());
  }
  if (random.once_in(60)) block += raw::integer(random.below(4'097), 5, 0x20);  // 4.2: not here
  if (random.once_in(200)) block.resize(block.size() - std::min<std::size_t>(block.size(), 1));
  return block;
}

std::vector<std::string> draw_beginnings(Random& random) {
  std::vector<std::string> beginnings;
  for (int i = 0; i < 4; ++i) {
    std::string beginning = raw::indexed(3) + raw::indexed(6);  // :method: POST, :scheme: http
    for (std::size_t more = 1 + random.below(5); more > 0; --more) {
      beginning += random.once_in(2) ? raw::indexed(static_cast<std::uint32_t>(15 + random.below(47)))
                                     : raw::field("x-recurs", std::to_string(random.below(3)));
    }
    beginnings.push_back(beginning);
  }
  return beginnings;
}

struct Counts {
  int recognised = 0, refused = 0, decoded = 0;
};

/// A connection's blocks until one is refused: by both.
void decode_alike(unsigned seed, Counts& counts) {
  Random random(seed);
  const std::vector<std::string> beginnings = draw_beginnings(random);
  HeaderDecoder decoder(list_bytes_max);
  PlainDecoder plain;
  for (int i = 0; i < 200; ++i) {
    SCOPED_TRACE("connection " + std::to_string(seed) + ", block " + std::to_string(i));
    const std::string block = draw_block(random, beginnings);
    const auto kind = random.once_in(4) ? HeaderCheck::Block::trailers : HeaderCheck::Block::request;
    HeaderCheck check(kind);
    const HeaderDecoder::Outcome outcome = decoder.decode(block, check);
    const std::optional<Fields> expected = plain.decode(block);
    ASSERT_EQ(outcome == HeaderDecoder::Outcome::whole, expected.has_value());
    if (!expected) {
      ++counts.refused;
      return;
    }
    ASSERT_EQ(copied(decoder.fields()), *expected);
    HeaderCheck anew(kind);
    for (const auto& [name, value] : *expected) anew.add(name, value);
    ASSERT_EQ(check.finish(), anew.finish()) << "the rules see the same fields";
    if (HeaderMemo* memo = decoder.recognised()) {
      ASSERT_LE(memo->fields, expected->size());
      ++counts.recognised;
    }
    ++counts.decoded;
  }
}

TEST(HpackTest, WhatIsRecognisedIsWhatAPlainDecoderReads) {
  Counts counts;
  for (unsigned seed = 0; seed < 300 && !testing::Test::HasFatalFailure(); ++seed) decode_alike(seed, counts);
  EXPECT_GT(counts.recognised, counts.decoded / 10) << "of " << counts.decoded;
  EXPECT_LT(counts.recognised, counts.decoded);
  EXPECT_GT(counts.refused, 20);
}

/// The same connection's blocks, from templates and without; the peer resizes the table now and then.
void encode_readably(unsigned seed, const std::deque<HeaderTemplate>& templates) {
  Random random(seed);
  HeaderEncoder encoder;
  PlainDecoder plain;
  HeaderDecoder decoder(list_bytes_max);
  for (int i = 0; i < 200; ++i) {
    SCOPED_TRACE("connection " + std::to_string(seed) + ", block " + std::to_string(i));
    if (random.once_in(30)) encoder.resize_table(static_cast<std::uint32_t>(random.below(8'000)));
    Fields given;
    for (std::size_t more = random.below(6); more > 0; --more) given.push_back(draw_field(random));
    std::vector<HeaderView> rest;
    for (const auto& [name, value] : given) rest.push_back({name, value, random.once_in(2)});
    const HeaderTemplate* recurring = random.once_in(4) ? nullptr : &templates[random.below(templates.size())];
    Fields expected = recurring == nullptr ? Fields() : copied(recurring->fields());
    expected.insert(expected.end(), given.begin(), given.end());
    std::string block;
    encoder.encode(recurring == nullptr ? OutgoingHeaders(rest) : OutgoingHeaders(*recurring, rest), block);
    ASSERT_EQ(plain.decode(block), expected);
    HeaderCheck check(HeaderCheck::Block::request);
    ASSERT_EQ(decoder.decode(block, check), HeaderDecoder::Outcome::whole);
    ASSERT_EQ(copied(decoder.fields()), expected);
  }
}

TEST(HpackTest, WhatIsEncodedAPlainDecoderReads) {
  Random random(7541);
  std::deque<HeaderTemplate> templates;  // more than an encoder remembers
  for (int i = 0; i < 50; ++i) {
    Fields fields;
    for (std::size_t more = 1 + random.below(6); more > 0; --more) fields.push_back(draw_field(random));
    std::vector<HeaderView> views;
    for (const auto& [name, value] : fields) views.push_back({name, value, random.once_in(4)});
    templates.emplace_back(views);
  }
  for (unsigned seed = 0; seed < 100 && !testing::Test::HasFatalFailure(); ++seed) encode_readably(seed, templates);
}

}  // namespace
}  // namespace holon::wire
