#include "gateway/proxy/websocket.h"

namespace holon::gateway {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

server::HttpRequest opening() {  // RFC 6455, 1.3
  server::HttpRequest request;
  request.method = "GET";
  request.upgrade = "websocket";
  request.headers = {{"sec-websocket-version", "13"}, {"sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="}};
  return request;
}

client::HttpResponse switching() {
  return {.status = 101,
          .headers = {{"upgrade", "WebSocket"}, {"sec-websocket-accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="}},
          .content_length = {}};
}

TEST(WebSocket, TheHandshakeOfTheStandardIsTaken) {
  EXPECT_TRUE(asks_for_websocket(opening()));
  EXPECT_THAT(check_handshake(opening()), IsEmpty());
  EXPECT_THAT(check_switch(opening(), switching()), IsEmpty());
}

TEST(WebSocket, ARequestThatOnlyLooksLikeOneIsNot) {
  server::HttpRequest request = opening();
  request.method = "POST";
  EXPECT_THAT(check_handshake(request), HasSubstr("GET"));
  request = opening();
  request.headers[0].second = "8";
  EXPECT_THAT(check_handshake(request), HasSubstr("Version"));
  for (const char* key : {"", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZ!==", "dGhlIHNhbXBsZSBub25jZSBsb25nZXI="}) {
    request = opening();
    request.headers[1].second = key;
    EXPECT_THAT(check_handshake(request), HasSubstr("Key")) << key;
  }
  request.upgrade = "h2c";
  EXPECT_FALSE(asks_for_websocket(request));
}

TEST(WebSocket, AServerThatHasNotReadTheKeyGetsNoTunnel) {
  client::HttpResponse response = switching();
  response.headers[1].second = "s3pPLMBiTxaQ9kYGzzhZRbK+xOp=";
  EXPECT_THAT(check_switch(opening(), response), HasSubstr("Accept"));
  response = switching();
  response.headers[0].second = "h2c";
  EXPECT_THAT(check_switch(opening(), response), HasSubstr("not asked for"));
}

}  // namespace
}  // namespace holon::gateway
