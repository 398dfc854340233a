// RFC 9113, sections 5.1, 5.1.1, 5.1.2, 5.4.2, 6.4, 6.8 and 8.1: what may happen to a stream, and when.
#include "wire/http2_rules.h"

namespace holon::wire::rules {
namespace {

using testing::AnyOf;
using testing::ElementsAre;
using testing::IsEmpty;

const Effect protocol_error = connection_error(Http2Code::protocol_error);

/// A frame for a stream that its sender had ended. Whether that is told to the stream or ends the connection is ours to
/// choose (5.1, half-closed (remote) and closed).
Effect stream_closed(StreamId stream) {
  return AnyOf(stream_error(stream, Http2Code::stream_closed), connection_error(Http2Code::stream_closed));
}
/// The same, where frames may still be on their way (5.1, closed): then they may be ignored as well.
Effect late(StreamId stream) { return AnyOf(ignored(), stream_closed(stream)); }

/// A request that the server has answered completely: the stream is closed.
const std::string answered = headers(1, request_block("", "/answer"), END_HEADERS | END_STREAM);
const std::string reset_by_peer = open_request(1) + rst_stream(1, 8);
const std::string got_3 = "headers 3 :method=POST :scheme=http :path=/ :authority=a end";

std::vector<Rule> streams_of_clients() {
  return {
      {"5.1", "HEADERS opens an idle stream", "", request(3), tells(got_3)},
      {"5.1", "an open stream takes DATA", open_request(1), data(1, "x"), tells("data 1 x")},
      {"5.1", "an open stream takes WINDOW_UPDATE", open_request(1), window_update(1, 1), ignored()},
      {"5.1", "an open stream takes PRIORITY", open_request(1), frame(PRIORITY, NONE, 1, priority_fields(0)), ignored()},
      {"5.1", "an open stream takes RST_STREAM", open_request(1), rst_stream(1, 8), tells("reset 1 8")},
      {"5.1", "END_STREAM closes the client's half", open_request(1), data(1, "", END_STREAM), tells("data 1  end")},
      {"5.1", "half closed: DATA is refused", request(1), data(1, "x"), stream_closed(1)},
      {"5.1", "half closed: empty DATA is refused", request(1), data(1, "", END_STREAM), stream_closed(1)},
      {"5.1", "half closed: HEADERS is refused", request(1), request(1), stream_closed(1)},
      {"5.1", "half closed: WINDOW_UPDATE is accepted", request(1), window_update(1, 1), ignored()},
      {"5.1", "half closed: PRIORITY is accepted", request(1), frame(PRIORITY, NONE, 1, priority_fields(0)), ignored()},
      {"5.1", "half closed: RST_STREAM is accepted", request(1), rst_stream(1, 8), tells("reset 1 8")},
      {"5.1", "closed: DATA is refused or ignored", answered, data(1, "x"), late(1)},
      {"5.1", "closed: HEADERS is refused or ignored", answered, request(1),
       AnyOf(late(1), connection_error(Http2Code::protocol_error))},
      {"5.1", "closed: WINDOW_UPDATE is ignored", answered, window_update(1, 1), ignored()},
      {"5.1", "closed: a WINDOW_UPDATE too large is ignored", answered, window_update(1, 0x7fffffff), ignored()},
      {"5.1", "closed: RST_STREAM is ignored", answered, rst_stream(1, 8), ignored()},
      {"5.1", "closed: PRIORITY is ignored", answered, frame(PRIORITY, NONE, 1, priority_fields(0)), ignored()},
      {"5.1", "reset by the peer: DATA is refused or ignored", reset_by_peer, data(1, "x"), late(1)},
      {"5.1", "reset by the peer: HEADERS is refused or ignored", reset_by_peer, request(1),
       AnyOf(late(1), connection_error(Http2Code::protocol_error))},
      {"5.1", "reset by the peer: WINDOW_UPDATE is ignored or refused", reset_by_peer, window_update(1, 1), late(1)},
      {"5.1", "reset by the peer: PRIORITY is ignored", reset_by_peer, frame(PRIORITY, NONE, 1, priority_fields(0)),
       ignored()},
      {"5.4.2", "RST_STREAM is not answered by one", reset_by_peer, rst_stream(1, 8), late(1)},
      {"5.1", "a stream may be opened after another has closed", answered, request(3), tells(got_3)},

      {"5.1.1", "a client opens odd streams only", "", request(2), protocol_error},
      {"5.1.1", "a client does not open stream 0", "", request(0), protocol_error},
      {"5.1.1", "ids may skip", request(1), request(101), accepted()},
      {"5.1.1", "the largest id is good", "", request(0x7fffffff), accepted()},
      {"5.1.1", "the reserved bit does not count", "", headers(0x80000003, request_block(), END_HEADERS | END_STREAM),
       tells(got_3)},
      {"5.1.1", "a new stream has a higher id than all before", request(5), request(3),
       AnyOf(protocol_error, connection_error(Http2Code::stream_closed))},
      {"5.1.1", "streams that were skipped are closed: DATA", request(5), data(3, "x"),
       AnyOf(protocol_error, late(3))},
      {"5.1.1", "streams that were skipped are closed: WINDOW_UPDATE", request(5), window_update(3, 1), ignored()},
      {"5.1.1", "streams that were skipped are closed: RST_STREAM", request(5), rst_stream(3, 8), ignored()},

      {"6.4", "RST_STREAM with NO_ERROR is one", open_request(1), rst_stream(1, 0), tells("reset 1 0")},
      {"7", "an unknown error code of RST_STREAM is no error", open_request(1), rst_stream(1, 0xffffffff),
       tells("reset 1 4294967295")},
      {"8.1", "trailers end a request", open_request(1) + data(1, "x"),
       headers(1, field("x-end", "1"), END_HEADERS | END_STREAM), tells("headers 1 x-end=1 end")},
      {"8.1", "trailers may follow headers at once", open_request(1),
       headers(1, field("x-end", "1"), END_HEADERS | END_STREAM), tells("headers 1 x-end=1 end")},
      {"8.1", "a second block must end the stream", open_request(1), headers(1, field("x-end", "1")), malformed(1)},
      {"8.1", "DATA after trailers is refused", open_request(1) + headers(1, field("x", "1"), END_HEADERS | END_STREAM),
       data(1, "x"), stream_closed(1)},
  };
}

std::string trailers_of(std::uint32_t stream) {
  return headers(stream, field("grpc-status", "0"), END_HEADERS | END_STREAM);
}

/// Stream 1 is half-closed on our side, 3 is open.
std::vector<Rule> streams_of_servers() {
  const std::string whole = headers(1, response_block(), END_HEADERS | END_STREAM);
  return {
      {"5.1", "a response closes a stream", "", whole, tells("closed 1")},
      {"5.1", "a response to a request that goes on", "", headers(3, response_block()), tells("headers 3 :status=200")},
      {"5.1", "closed: DATA is refused or ignored", whole, data(1, "x"), late(1)},
      {"5.1", "closed: HEADERS is refused or ignored", whole, headers(1, field("a", "b")), late(1)},
      {"5.1", "closed: WINDOW_UPDATE is ignored", whole, window_update(1, 1), ignored()},
      {"5.1", "closed: RST_STREAM is ignored", whole, rst_stream(1, 8), ignored()},
      {"5.1", "half closed: DATA is refused", headers(3, response_block(), END_HEADERS | END_STREAM), data(3, "x"),
       late(3)},
      {"5.1", "HEADERS on an idle stream is refused", "", headers(101, response_block()), protocol_error},
      {"5.1.1", "a server opens no stream", "", headers(2, response_block()), protocol_error},
      {"5.1.1", "a server opens no stream, nor with a request", "", request(2), protocol_error},
      {"8.1", "trailers end a response", headers(1, response_block()) + data(1, "x"), trailers_of(1),
       tells("headers 1 grpc-status=0 end")},
      {"8.1", "trailers may follow headers at once", headers(1, response_block()), trailers_of(1), tells("closed 1")},
      {"8.1", "a second block must end the stream", headers(1, response_block()), headers(1, field("a", "b")), malformed(1)},
      {"8.1", "DATA before HEADERS is refused", "", data(1, "x"), AnyOf(malformed(1), protocol_error)},
      {"8.1", "an answer may end before its request does", "", headers(3, response_block(), END_HEADERS | END_STREAM),
       tells("headers 3 :status=200 end")},
      {"8.1", "RST_STREAM with NO_ERROR after a whole answer is no error",
       headers(3, response_block(), END_HEADERS | END_STREAM), rst_stream(3, 0), AnyOf(tells("closed 3"), ignored())},
      {"8.1", "informational responses come before the final one", "",
       headers(1, response_block("", "100")) + headers(1, response_block("", "103")) + whole, tells("closed 1")},
      {"8.1", "an informational response must not end a stream", "",
       headers(1, response_block("", "100"), END_HEADERS | END_STREAM), malformed(1)},
      {"8.1", "DATA after an informational response is refused", headers(1, response_block("", "100")), data(1, "x"),
       AnyOf(malformed(1), protocol_error)},
      {"8.1", "an informational response must not follow the final one", headers(1, response_block()),
       headers(1, response_block("", "100")), malformed(1)},
      {"8.7", "REFUSED_STREAM is told", "", rst_stream(1, 7), tells("reset 1 7")},
      {"5.1", "reset by the server: HEADERS is an error of the stream alone", rst_stream(3, 8), headers(3, response_block()),
       stream_error(3, Http2Code::stream_closed)},
      {"5.1", "reset by the server: trailers are an error of the stream alone",
       headers(3, response_block()) + rst_stream(3, 8), trailers_of(3), stream_error(3, Http2Code::stream_closed)},
  };
}

HOLON_HTTP2_RULES(ServerStreams, Role::server, streams_of_clients());
HOLON_HTTP2_RULES(ClientStreams, Role::client, streams_of_servers());

// ---- our own resets -------------------------------------------------------------------------------------------------

/// A server that has reset stream 1, which was open.
struct HasReset : Subject {
  explicit HasReset(const Http2Limits& limits = {}) : Subject(Role::server, limits) {
    hear(open_request(1));
    session.reset(1, Http2Code::cancel);
    say();
  }
};

TEST(Http2Streams, s5_1_frames_on_their_way_to_a_stream_we_reset_are_ignored) {
  const std::string late[] = {data(1, "x"), data(1, "", END_STREAM), window_update(1, 1), rst_stream(1, 8),
                              frame(PRIORITY, NONE, 1, priority_fields(0)), window_update(1, 0x7fffffff),
                              headers(1, field("x-end", "1"), END_HEADERS | END_STREAM)};
  for (const std::string& bytes : late) {
    HasReset subject;
    Outcome outcome = subject.hear(bytes);
    EXPECT_FALSE(outcome.broken) << testing::PrintToString(bytes) << outcome.why;
    EXPECT_THAT(outcome.told, IsEmpty()) << testing::PrintToString(bytes);
    EXPECT_THAT(subject.hear(request(3)), tells(got_3));
  }
}

TEST(Http2Streams, s4_3_blocks_for_a_stream_we_reset_keep_the_table_in_step) {
  HasReset subject;
  subject.hear(headers(1, kept_field("x-late", "kept"), END_HEADERS | END_STREAM));
  EXPECT_THAT(subject.hear(request(3, indexed(62))), tells(got_3.substr(0, got_3.size() - 4) + " x-late=kept end"));
}

TEST(Http2Streams, s4_3_blocks_that_are_refused_keep_the_table_in_step) {
  const std::string refused[] = {request(3, field("Upper", "x") + kept_field("x-late", "kept")),
                                 request(3, kept_field("x-late", "kept") + field("connection", "close")),
                                 request(3, kept_field("x-late", "kept") + field("te", "gzip"))};
  for (const std::string& bytes : refused) {
    Subject subject(Role::server);
    EXPECT_THAT(subject.hear(bytes), malformed(3));
    EXPECT_THAT(subject.hear(request(5, indexed(62))),
                tells("headers 5 :method=POST :scheme=http :path=/ :authority=a x-late=kept end"));
  }
}

TEST(Http2Streams, s5_4_2_a_stream_is_reset_once) {
  HasReset subject;
  subject.session.reset(1, Http2Code::cancel);
  Outcome outcome = subject.hear(data(1, "a") + data(1, "b") + headers(1, field("x", "y"), END_HEADERS | END_STREAM));
  EXPECT_LE(outcome.said.size(), 1u) << "one more at most, for a stream that is closed for good";
}

TEST(Http2Streams, s6_9_DATA_for_a_stream_we_reset_gives_its_credit_back) {
  Http2Limits limits;
  limits.connection_window_bytes = 100'000;
  HasReset subject(limits);
  std::size_t sent = 0;
  std::size_t credit = 0;
  for (int i = 0; i < 20; ++i, sent += 10'000) {
    Result<void> received = subject.session.receive(bytes_of(data(1, std::string(10'000, 'x'))));
    ASSERT_TRUE(received.ok()) << received.error().message() << " after " << sent;
    for (const Frame& frame : subject.say()) {
      if (frame.type == WINDOW_UPDATE && frame.stream == 0) credit += frame.word();
    }
  }
  EXPECT_GE(credit, 100'000u);
}

// ---- 5.1.2: how many ------------------------------------------------------------------------------------------------

TEST(Http2Streams, s5_1_2_streams_over_the_limit_are_refused_and_the_table_stays_in_step) {
  Http2Limits limits;
  limits.streams_max = 1;
  Subject subject(Role::server, limits);
  EXPECT_THAT(subject.hear(open_request(1)), accepted());
  EXPECT_THAT(subject.hear(request(3, kept_field("x-late", "kept"))),
              AnyOf(stream_error(3, Http2Code::refused_stream), malformed(3)));
  subject.hear(rst_stream(1, 8));
  EXPECT_THAT(subject.hear(request(5, indexed(62))),
              tells("headers 5 :method=POST :scheme=http :path=/ :authority=a x-late=kept end"));
}

TEST(Http2Streams, s5_1_2_half_closed_streams_count_closed_ones_do_not) {
  Http2Limits limits;
  limits.streams_max = 2;
  Subject subject(Role::server, limits);
  for (std::uint32_t id = 1; id < 40; id += 2) {
    EXPECT_THAT(subject.hear(headers(id, request_block("", "/answer"), END_HEADERS | END_STREAM)), accepted()) << id;
  }
  EXPECT_THAT(subject.hear(request(41) + request(43)), accepted());
  EXPECT_TRUE(contains_beginning(subject.hear(request(45)).said, "RST_STREAM 45"));
}

TEST(Http2Streams, s5_1_2_a_client_keeps_to_the_servers_limit_when_it_shrinks) {
  Subject subject(Role::client);
  EXPECT_TRUE(subject.session.may_open());
  subject.hear(settings({{MAX_CONCURRENT_STREAMS, 2}}));
  EXPECT_FALSE(subject.session.may_open());
  EXPECT_EQ(subject.session.open(request_headers, true, nullptr), 0);
  subject.hear(headers(1, response_block(), END_HEADERS | END_STREAM));
  EXPECT_EQ(subject.session.open(request_headers, true, nullptr), 5);
  EXPECT_EQ(subject.say().size(), 1u);
  EXPECT_FALSE(subject.session.may_open());
  subject.hear(settings({{MAX_CONCURRENT_STREAMS, 0}}));
  EXPECT_THAT(subject.hear(headers(5, response_block())), tells("headers 5 :status=200")) << "what is open goes on";
}

TEST(Http2Streams, s5_1_1_a_client_counts_its_ids_up_by_two) {
  Subject subject(Role::client);
  std::vector<std::uint32_t> ids;
  for (int i = 0; i < 3; ++i) subject.session.open(request_headers, true, nullptr);
  for (const Frame& frame : subject.say()) ids.push_back(frame.stream);
  EXPECT_THAT(ids, ElementsAre(5, 7, 9));
}

// ---- 6.8: GOAWAY ----------------------------------------------------------------------------------------------------

TEST(Http2Streams, s6_8_after_GOAWAY_a_client_opens_nothing_and_finishes_what_is_below) {
  Subject subject(Role::client);
  Outcome outcome = subject.hear(goaway(1, 0));
  EXPECT_TRUE(contains(outcome.told, "goaway 1 0 "));
  EXPECT_TRUE(contains(outcome.told, "reset 3 7")) << "stream 3 was not handled: it may be tried again";
  EXPECT_EQ(subject.session.open(request_headers, true, nullptr), 0);
  EXPECT_THAT(subject.hear(headers(1, response_block(), END_HEADERS | END_STREAM)), tells("closed 1"));
}

TEST(Http2Streams, s6_8_a_second_GOAWAY_may_name_a_lower_stream) {
  Subject subject(Role::client);
  EXPECT_THAT(subject.hear(goaway(0x7fffffff, 0)).told, ElementsAre("goaway 2147483647 0 "));
  EXPECT_TRUE(contains(subject.hear(goaway(1, 0)).told, "reset 3 7"));
}

TEST(Http2Streams, s6_8_streams_above_our_last_word_are_not_handled) {
  Subject subject(Role::server);
  subject.hear(open_request(1));
  subject.session.goaway(Http2Code::no_error);
  subject.session.goaway(Http2Code::no_error);
  std::vector<Frame> said = subject.say();
  ASSERT_FALSE(said.empty());
  EXPECT_EQ(said.back().word(0), 1u);
  Outcome outcome = subject.hear(request(3, kept_field("x-late", "kept")));
  EXPECT_FALSE(outcome.broken);
  EXPECT_FALSE(contains_beginning(outcome.told, "headers 3"));
  EXPECT_THAT(subject.hear(data(1, "x")), tells("data 1 x")) << "what is below goes on";
}

TEST(Http2Streams, s6_8_GOAWAY_never_names_a_higher_stream_than_before) {
  Subject subject(Role::server);
  subject.hear(request(1) + request(3));
  std::uint32_t last = 0x7fffffff;
  for (int i = 0; i < 3; ++i) {
    subject.session.goaway(Http2Code::no_error);
    for (const Frame& frame : subject.say()) {
      if (frame.type != GOAWAY) continue;
      EXPECT_LE(frame.word(0), last);
      last = frame.word(0);
    }
  }
  EXPECT_EQ(last, 3u);
}

// ---- 8.1: an answer before the request has ended --------------------------------------------------------------------

TEST(Http2Streams, s8_1_an_early_answer_is_followed_by_RST_STREAM_with_NO_ERROR) {
  Subject subject(Role::server);
  Outcome outcome = subject.hear(headers(1, request_block("", "/answer")));
  EXPECT_THAT(outcome.said, ElementsAre("HEADERS 1 end", "RST_STREAM 1 NO_ERROR"));
  EXPECT_THAT(subject.hear(data(1, "still on its way")), ignored());
}

}  // namespace
}  // namespace holon::wire::rules
