// What a server answers by HTTP/1.1, and how a connection ends.
#include "wire/http1_server_test.h"

namespace holon::wire {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using Server = Http1Server;

TEST(Http1, KeepsWhatIsPipelinedUntilTheAnswerIsComplete) {
  Server server;
  server.receive(get_with("") + "GET /2 HTTP/1.1\r\n" + host + "\r\nGET /3 HT");
  EXPECT_THAT(server.log.lines, ElementsAre("GET / at shop", "end "));
  server.answer();
  EXPECT_EQ(server.log.lines.size(), 2u);
  server.connection.proceed();
  EXPECT_THAT(server.log.lines, ElementsAre("GET / at shop", "end ", "GET /2 at shop", "end "));
  server.receive("TP/1.1\r\n" + host + "\r\n");
  server.answer();
  server.connection.proceed();
  EXPECT_THAT(server.log.lines, testing::Contains("GET /3 at shop"));
}

TEST(Http1, KeepsNoMoreThanItsLimit) {
  Http1Limits limits;
  limits.pipelined_bytes_max = 1'000;
  Server server(limits);
  server.receive(get_with(""));
  server.receive(std::string(1'000, 'a'));
  EXPECT_FALSE(server.connection.finished());
  server.receive("a");
  EXPECT_TRUE(server.connection.finished());
}

TEST(Http1, AnswersInPiecesAreChunked) {
  Server server;
  server.receive(get_with(""));
  const HeaderView type[] = {{"content-type", "text/plain"}};
  ASSERT_TRUE(server.connection.respond_head(200, type, {}).ok());
  server.connection.write("hello");
  server.connection.write("");
  server.connection.write(std::string(17, 'x'));
  server.connection.end();
  EXPECT_EQ(server.output(), "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ntransfer-encoding: chunked\r\n\r\n"
                             "5\r\nhello\r\n11\r\nxxxxxxxxxxxxxxxxx\r\n0\r\n\r\n");
  EXPECT_TRUE(server.connection.idle());
}

TEST(Http1, AnAnswerThatBreaksItsLengthCutsTheConnectionOff) {
  for (const char* body : {"12345", "123"}) {
    Server server;
    server.receive(get_with(""));
    ASSERT_TRUE(server.connection.respond_head(200, {}, 4).ok());
    server.connection.write(body);
    server.connection.end();
    server.output();
    EXPECT_TRUE(server.connection.finished()) << body;
  }
}

TEST(Http1, HeadAndBodilessStatusesGoWithoutBody) {
  Server server;
  server.receive("HEAD / HTTP/1.1\r\n" + host + "\r\n");
  server.answer("hello");
  EXPECT_EQ(server.output(), "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n");
  server.receive("HEAD / HTTP/1.1\r\n" + host + "\r\n");
  ASSERT_TRUE(server.connection.respond_head(200, {}, {}).ok());
  server.connection.write("hello");
  server.connection.end();
  EXPECT_EQ(server.output(), "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
  for (int status : {204, 304}) {
    server.receive(get_with(""));
    ASSERT_TRUE(server.connection.respond(status, {}, "no").ok());
    std::string out = server.output();
    EXPECT_THAT(out, Not(HasSubstr("content-length"))) << out;
    EXPECT_TRUE(out.ends_with("\r\n\r\n"));
  }
  EXPECT_TRUE(server.connection.idle());
}

TEST(Http1, ClosesWhenThePeerWantsIt) {
  for (const char* lines : {"Connection: close\r\n", "Connection: x, Close\r\n",
                            "Connection: keep-alive\r\nConnection: close\r\n"}) {
    Server server;
    server.receive(get_with(lines) + get_with(""));
    server.answer();
    EXPECT_THAT(server.output(), HasSubstr("connection: close\r\n"));
    EXPECT_TRUE(server.connection.finished());
    server.connection.proceed();
    EXPECT_EQ(server.log.lines.size(), 2u);
  }
}

TEST(Http1, Http10LivesOnOnlyIfItAsks) {
  Server server;
  server.receive("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n");
  server.answer();
  EXPECT_THAT(server.output(), HasSubstr("connection: keep-alive\r\n"));
  server.receive("GET / HTTP/1.0\r\n\r\n");
  ASSERT_TRUE(server.connection.respond_head(200, {}, {}).ok());
  server.connection.write("until the end");
  server.connection.end();
  EXPECT_EQ(server.output(), "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nuntil the end");
  EXPECT_TRUE(server.connection.finished());
}

TEST(Http1, SaysContinueOnlyToWhomWaitsUnanswered) {
  const std::string head = "POST / HTTP/1.1\r\n" + host + "Content-Length: 2\r\nExpect: 100-Continue\r\n\r\n";
  Server server;
  server.log.on_head = [&] { server.connection.inform(100); };
  server.receive(head);
  EXPECT_EQ(server.output(), "HTTP/1.1 100 Continue\r\n\r\n");
  server.receive("hi");
  EXPECT_EQ(server.log.lines.back(), "end hi");
  server.answer();
  EXPECT_TRUE(server.output().starts_with("HTTP/1.1 200 OK"));
  server.log.on_head = [&] { EXPECT_TRUE(server.connection.respond(403, {}, "no").ok()); };
  server.receive(head);
  EXPECT_TRUE(server.output().starts_with("HTTP/1.1 403 Forbidden"));
  EXPECT_TRUE(server.connection.finished());
}

TEST(Http1, TellsWhatItKnowsBeforeTheAnswer) {
  Server server;
  server.receive("GET / HTTP/1.1\r\n" + host + "\r\n");
  const HeaderView link[] = {{"link", "</a.css>; rel=preload"}};
  server.connection.inform(103, link);
  EXPECT_EQ(server.output(), "HTTP/1.1 103 Early Hints\r\nlink: </a.css>; rel=preload\r\n\r\n");
  server.answer();
  server.output();
  server.receive("GET / HTTP/1.0\r\n\r\n");
  server.connection.inform(103, link);
  EXPECT_EQ(server.output(), "") << "HTTP/1.0 knows of nothing before an answer";
}

TEST(Http1, TrailersGoToWhoTakesThem) {
  const HeaderView checksum[] = {{"x-checksum", "7"}};
  for (bool takes : {true, false}) {
    Server server;
    server.receive("GET / HTTP/1.1\r\n" + host + (takes ? "TE: trailers;q=1, trailers\r\n" : "") + "\r\n");
    ASSERT_TRUE(server.connection.respond_head(200, {}, {}).ok());
    server.connection.write("ok");
    server.connection.end(checksum);
    EXPECT_TRUE(server.output().ends_with(takes ? "2\r\nok\r\n0\r\nx-checksum: 7\r\n\r\n" : "2\r\nok\r\n0\r\n\r\n"));
  }
}

TEST(Http1, SwitchesOnlyToWhatWasAskedFor) {
  Server server;
  server.receive("GET / HTTP/1.1\r\n" + host + "Upgrade: echo\r\n\r\n");  // without Connection: upgrade
  EXPECT_FALSE(server.connection.switch_protocols({}).ok());
  server.answer();
  server.receive("POST / HTTP/1.1\r\n" + host + "Connection: upgrade\r\nUpgrade: echo\r\nContent-Length: 1\r\n\r\nx");
  EXPECT_FALSE(server.connection.switch_protocols({}).ok());
  server.answer();
  server.receive("GET / HTTP/1.1\r\n" + host + "Connection: upgrade\r\nUpgrade: echo, other\r\n\r\n");
  EXPECT_FALSE(server.connection.switch_protocols({}).ok());
}

TEST(Http1, HeadersCantBreakTheAnswer) {
  Server server;
  server.receive(get_with(""));
  const std::vector<HeaderView> wrong = {{"a b", "c"}, {"", "c"}, {"a", "c\r\nd: e"}, {"a", "c\n"}, {"a", {"c\0", 2}},
                                         {"Content-Length", "3"}, {"transfer-encoding", "chunked"},
                                         {"Connection", "x"}};
  for (const HeaderView& header : wrong) {
    EXPECT_EQ(server.connection.respond(200, {&header, 1}, "x").code(), Code::invalid_argument) << header.name;
  }
  EXPECT_EQ(server.connection.respond(99, {}, "x").code(), Code::invalid_argument);
  EXPECT_THAT(server.output(), IsEmpty());
  server.answer();
  EXPECT_EQ(server.connection.respond(200, {}, "again").code(), Code::failed_precondition);
}

TEST(Http1, DrainsAtOnceWhenIdleAndAfterTheAnswerOtherwise) {
  Server idle;
  idle.connection.drain();
  EXPECT_TRUE(idle.connection.finished());
  Server busy;
  busy.receive(get_with(""));
  busy.connection.drain();
  EXPECT_FALSE(busy.connection.finished());
  busy.answer();
  EXPECT_THAT(busy.output(), HasSubstr("connection: close"));
  EXPECT_TRUE(busy.connection.finished());
}

}  // namespace
}  // namespace holon::wire
