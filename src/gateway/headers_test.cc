#include "gateway/headers.h"

#include <google/protobuf/any.pb.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/duration.pb.h>
#include <gtest/gtest.h>

#include "gateway/problem.h"
#include "google/rpc/status.pb.h"

namespace holon::gateway {
namespace {

constexpr std::string_view trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

TEST(Headers, Traceparent) {
  const auto parsed = parse_traceparent(trace);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->trace_id(), "0af7651916cd43dd8448eb211c80319c");
  EXPECT_EQ(parsed->span_id(), "b7ad6b7169203331");
  EXPECT_TRUE(parsed->sampled);
  EXPECT_FALSE(parse_traceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00")->sampled);
  EXPECT_TRUE(parse_traceparent("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what"));
  for (std::string_view bad : {
           "", "00", "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
           "00-00000000000000000000000000000000-b7ad6b7169203331-01", "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
           "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x", "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01.x",
           "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0", "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}) {
    EXPECT_FALSE(parse_traceparent(bad)) << bad;
  }
}

TEST(Headers, OnlyNamedOnesReachTheService) {
  const HeaderList headers = {
      {"host", "x"}, {"cookie", "a=1"}, {"user-agent", "me"}, {"accept", "*/*"}, {"accept-language", "de"}, {"referer", "/"},
      {"authorization", "secret"}, {"holon-caller", "shop.Cart"}, {"grpc-timeout", "1S"}, {"x-request-id", "r1"},
      {"content-type", "text/plain"}, {"traceparent", std::string(trace)}, {"tracestate", "a=1"}, {"tracestate", "b=2"}, {"baggage", "k=v"}};
  std::vector<std::string> names;
  for (const auto& [name, value] : pass_request(headers)) names.push_back(name);
  EXPECT_EQ(names, (std::vector<std::string>{"cookie", "x-user-agent", "accept", "accept-language", "referer"}));
  const TraceHead head = read_trace(headers);
  EXPECT_EQ(head.trace.span_id(), "b7ad6b7169203331");
  EXPECT_EQ(head.tracestate, "a=1,b=2");
  EXPECT_EQ(head.baggage, "k=v");
}

TEST(Headers, TwoTraceparentsAreNone) {
  const HeaderList headers = {{"traceparent", std::string(trace)}, {"traceparent", std::string(trace)}, {"tracestate", "a=1"}};
  const TraceHead head = read_trace(headers);
  EXPECT_EQ(head.trace.span, 0u);
  EXPECT_EQ(head.tracestate, "");
}

TEST(Headers, OnlyNamedOnesReachTheClient) {
  Metadata metadata;
  for (const char* name : {"set-cookie", "set-cookie", "location", "cache-control", "etag", "vary", "content-disposition", "server",
                           "content-length", "transfer-encoding", "holon-http-status"}) {
    metadata.add(name, "404");
  }
  HeaderList headers;
  pass_response(metadata, headers);
  std::vector<std::string> names;
  for (const auto& [name, value] : headers) names.push_back(name);
  EXPECT_EQ(names, (std::vector<std::string>{"set-cookie", "set-cookie", "location", "cache-control", "etag", "vary",
                                             "content-disposition"}));
  EXPECT_EQ(chosen_status(metadata), 404);
  for (const char* bad : {"", "abc", "199", "600", "200 ", "2e2"}) {
    metadata.set("holon-http-status", bad);
    EXPECT_FALSE(chosen_status(metadata)) << bad;
  }
}

TEST(Problem, HasTheStatusOfTheCall) {
  const std::pair<Code, int> table[] = {
      {Code::cancelled, 499}, {Code::unknown, 500}, {Code::invalid_argument, 400}, {Code::deadline_exceeded, 504},
      {Code::not_found, 404}, {Code::already_exists, 409}, {Code::permission_denied, 403}, {Code::resource_exhausted, 429},
      {Code::failed_precondition, 400}, {Code::aborted, 409}, {Code::out_of_range, 400}, {Code::unimplemented, 501},
      {Code::internal, 500}, {Code::unavailable, 503}, {Code::data_loss, 500}, {Code::unauthenticated, 401}};
  for (const auto& [code, status] : table) EXPECT_EQ(http_status(code), status) << code_name(code);
}

TEST(Problem, SaysWhatTheServiceSaid) {
  google::protobuf::Duration wait;
  wait.set_seconds(3);
  google::rpc::Status status;
  status.add_details()->PackFrom(wait);
  google::protobuf::Any& unknown = *status.add_details();
  unknown.set_type_url("type.googleapis.com/nobody.Knows");
  unknown.set_value("\x01\xFF");
  const contract::Json json(*google::protobuf::DescriptorPool::generated_pool());
  EXPECT_EQ(problem_body(404, Error(Code::not_found, "no \"book\" 7", status.SerializeAsString()), json),
            R"({"type":"about:blank","title":"Not Found","status":404,"detail":"no \"book\" 7","code":"NOT_FOUND",)"
            R"("message":"no \"book\" 7","details":[{"@type":"type.googleapis.com/google.protobuf.Duration","value":"3s"},)"
            R"({"@type":"type.googleapis.com/nobody.Knows","value":"Af8="}]})"
            "\n");
}

}  // namespace
}  // namespace holon::gateway
