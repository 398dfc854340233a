#include "wire/grpc_web.h"

#include <random>

namespace holon::wire {
namespace {

using testing::ElementsAre;
using testing::Pair;

std::string random_text(std::mt19937& random, std::size_t size_max) {
  std::string text(random() % (size_max + 1), '\0');
  for (char& c : text) c = static_cast<char>(random());
  return text;
}

std::string base64(std::string_view bytes) {
  std::string out;
  append_base64(out, bytes);
  return out;
}

/// What a whole text says; nothing if it is no base64.
std::optional<std::string> decoded(std::string_view text) {
  Base64Reader reader;
  std::string out;
  if (!reader.feed(text, out) || reader.partial()) return {};
  return out;
}

std::string_view value_of(Headers headers, std::string_view name) {
  for (const HeaderView& header : headers) {
    if (header.name == name) return header.value;
  }
  return "(none)";
}

/// The request of a browser.
std::vector<HeaderView> request_with(std::string_view content_type, std::string_view accept) {
  return {{":method", "POST"}, {":path", "/shop.Cart/Get"}, {"content-type", content_type}, {"accept", accept}};
}

// ---- base64 ---------------------------------------------------------------------------------------------------------

TEST(WebBase64, IsThatOfRfc4648WithPadding) {
  std::pair<const char*, const char*> cases[] = {{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="},
                                                 {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}, {"\xfb\xff", "+/8="}};
  for (auto [bytes, text] : cases) {
    EXPECT_EQ(base64(bytes), text);
    EXPECT_EQ(decoded(text), bytes);
  }
}

TEST(WebBase64, IsReadHoweverItIsPaddedAndCut) {
  std::mt19937 random(8);
  for (int round = 0; round < 500; ++round) {
    std::string bytes, text;
    for (unsigned i = random() % 6; i > 0; --i) {  // a sender that flushes now and then
      const std::string piece = random_text(random, 20);
      bytes += piece;
      append_base64(text, piece);
    }
    Base64Reader reader;
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t size = 1 + random() % 7;
      ASSERT_TRUE(reader.feed(std::string_view(text).substr(at, size), out));
      at += size;
    }
    ASSERT_EQ(out, bytes);
    ASSERT_FALSE(reader.partial());
  }
}

TEST(WebBase64, RefusesWhatIsNone) {
  for (const char* text : {"Z", "Zg", "Zg=", "Z===", "====", "=", "Zm9v=", "Zg=g", "Z m8", "Zm8-", "Zg==\n", "Zm9vZ"}) {
    EXPECT_FALSE(decoded(text)) << text;
  }
  Base64Reader reader;
  std::string out;
  EXPECT_FALSE(reader.feed("!", out));
  EXPECT_FALSE(reader.feed("Zm9v", out));  // nothing good comes after it
}

// ---- requests -------------------------------------------------------------------------------------------------------

TEST(GrpcWebRequest, ItsContentTypeSaysTheForm) {
  struct {
    const char* content_type;
    const char* accept;
    Form form;
    Form answer;
  } cases[] = {
      {"application/grpc-web", "", Form::web, Form::web},
      {"application/grpc-web+proto", "*/*", Form::web, Form::web},
      {"application/grpc-web-text", "application/grpc-web-text", Form::web_text, Form::web_text},
      {"application/grpc-web-text+proto; charset=utf-8", "", Form::web_text, Form::web_text},
      {"application/grpc-web+proto", "text/html, application/grpc-web-text+proto", Form::web, Form::web_text},
      {"application/grpc-web-text", "application/grpc-web", Form::web_text, Form::web},
      {"application/grpc", "application/grpc-web-text", Form::grpc, Form::grpc},
  };
  for (const auto& [content_type, accept, form, answer] : cases) {
    RequestHead head;
    ASSERT_FALSE(read_request(request_with(content_type, accept), head)) << content_type;
    EXPECT_EQ(head.form, form) << content_type;
    EXPECT_EQ(head.answer_form, answer) << content_type << accept;
  }
}

// ---- answers --------------------------------------------------------------------------------------------------------

TEST(GrpcWebAnswer, HeadSaysTheFormAndCarriesMetadata) {
  WebResponseWriter writer;
  Metadata metadata;
  metadata.add("x-from", "cart-2");
  EXPECT_EQ(value_of(writer.head(Form::web, metadata, Encoding::identity), "content-type"), "application/grpc-web+proto");
  Headers text = writer.head(Form::web_text, metadata, Encoding::gzip);
  EXPECT_EQ(text.front().name, ":status");
  EXPECT_EQ(value_of(text, "content-type"), "application/grpc-web-text+proto");
  EXPECT_EQ(value_of(text, "grpc-encoding"), "gzip");
  EXPECT_EQ(value_of(text, "x-from"), "cart-2");
  EXPECT_EQ(value_of(text, "access-control-allow-origin"), "(none)");
}

TEST(GrpcWebAnswer, SaysToABrowserWhatItsPageMay) {
  WebResponseWriter writer;
  writer.head(Form::web, {}, Encoding::identity);
  Headers head = writer.with("access-control-allow-origin", "https://shop.example");
  EXPECT_EQ(value_of(head, "content-type"), "application/grpc-web+proto");
  EXPECT_EQ(value_of(head, "access-control-allow-origin"), "https://shop.example");
  Headers preflight = writer.preflight("https://shop.example", "content-type,x-grpc-web");
  EXPECT_EQ(value_of(preflight, ":status"), "204");
  EXPECT_EQ(value_of(preflight, "access-control-allow-methods"), "POST");
  EXPECT_EQ(value_of(preflight, "access-control-allow-headers"), "content-type,x-grpc-web");
  Headers plain = writer.plain(405, unimplemented("gRPC calls are POST requests"));
  EXPECT_EQ(value_of(plain, ":status"), "405");
  EXPECT_EQ(value_of(plain, "grpc-status"), "12");
}

TEST(GrpcWebAnswer, EndsWithAFrameOfStatusAndTrailers) {
  WebResponseWriter writer;
  std::string body = "before";
  writer.append_end(body, {}, {});
  const std::string_view ok("\x80\0\0\0\x10grpc-status: 0\r\n", 21);
  EXPECT_EQ(body, "before" + std::string(ok));

  Metadata trailers;
  trailers.add("x-cost", "7");
  trailers.add("x-key-bin", std::string("\0\xff", 2));
  body.clear();
  writer.append_end(body, Error(Code::not_found, "no product\r\nin Zürich", "\x08\x05"), trailers);
  const std::string lines = "x-cost: 7\r\nx-key-bin: AP8\r\ngrpc-status: 5\r\ngrpc-message: no product%0D%0Ain Z%C3%BCrich\r\n"
                            "grpc-status-details-bin: CAU\r\n";
  EXPECT_EQ(body.substr(prefix_bytes), lines);
  EXPECT_EQ(static_cast<unsigned char>(body[4]), lines.size());
}

TEST(GrpcWebAnswer, LargeDetailsAreNotBoundedByHeaders) {
  WebResponseWriter writer;
  std::string body;
  writer.append_end(body, Error(Code::aborted, "m", std::string(100'000, 'd')), {});
  EXPECT_GT(body.size(), 133'000u);
}

}  // namespace
}  // namespace holon::wire
