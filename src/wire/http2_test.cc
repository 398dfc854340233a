#include "wire/http2.h"

#include <map>
#include <random>

#include "wire/http2_pair.h"

namespace holon::wire {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::vector<HeaderView> request_headers = {{":method", "POST"}, {":scheme", "http"}, {":path", "/shop.Cart/Get"},
                                                 {":authority", "shop"}, {"te", "trailers"}};
const std::vector<HeaderView> response_headers = {{":status", "200"}, {"content-type", "application/grpc"}};
const std::vector<HeaderView> ok_trailers = {{"grpc-status", "0"}};

TEST(Http2, CarriesAUnaryCall) {
  Pair pair;
  StreamId id = pair.client.open(request_headers, false, nullptr);
  ASSERT_EQ(id, 1);
  pair.client.send(id, "request", true);
  pair.settle();
  EXPECT_THAT(pair.server_events.take(), ElementsAre("headers 1 :method=POST :scheme=http :path=/shop.Cart/Get "
                                                     ":authority=shop te=trailers",
                                                     "data 1 request end"));
  pair.server.respond(id, response_headers);
  pair.server.send(id, "reply", false);
  pair.server.trailers(id, ok_trailers);
  pair.settle();
  EXPECT_THAT(pair.client_events.take(), ElementsAre("headers 1 :status=200 content-type=application/grpc",
                                                     "data 1 reply", "headers 1 grpc-status=0 end", "closed 1"));
  EXPECT_THAT(pair.server_events.take(), ElementsAre("closed 1"));
  EXPECT_EQ(pair.client.streams() + pair.server.streams(), 0u);
}

TEST(Http2, AUnaryAnswerLeavesAsOneRun) {
  Pair pair;
  StreamId id = pair.client.open(request_headers, true, nullptr);
  pair.settle();
  pair.server.respond(id, response_headers);
  pair.server.send(id, "reply", false);
  pair.server.trailers(id, ok_trailers);
  std::string out;
  pair.server.gather(out);
  EXPECT_THAT(out, HasSubstr("reply"));
  EXPECT_FALSE(pair.server.wants_write());
}

}  // namespace
}  // namespace holon::wire
