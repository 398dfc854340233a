// RFC 9113, sections 3.4, 4, 5.4, 5.5 and 6: what a frame may look like, and where it may stand.
#include "wire/http2_rules.h"

namespace holon::wire::rules {
namespace {

using testing::AnyOf;
using testing::ElementsAre;

const Effect protocol_error = connection_error(Http2Code::protocol_error);
const Effect size_error = connection_error(Http2Code::frame_size_error);
const Effect flow_error = connection_error(Http2Code::flow_control_error);
/// A size error in a frame that changes no state may be one of the stream alone (4.2).
Effect stream_size_error(StreamId stream) {
  return AnyOf(size_error, stream_error(stream, Http2Code::frame_size_error));
}

const std::string eight = "12345678";
constexpr std::uint32_t reserved = 0x80000000;

// ---- both roles: stream 1 is half-closed, nothing else is open ------------------------------------------------------

std::vector<Rule> frames_of_any_peer() {
  return {
      {"4.1", "an unknown frame type is ignored", "", frame(0x42, NONE, 0, "what is this"), ignored()},
      {"4.1", "an unknown frame type is ignored on an idle stream", "", frame(0xff, 0xff, 99, ""), ignored()},
      {"4.1", "an unknown frame type is ignored on a stream", "", frame(0x0a, END_STREAM, 1, "x"), ignored()},
      {"4.1", "flags that PING does not have are ignored", "", ping(eight, 0xfe), says("PING ack")},
      {"4.1", "flags that SETTINGS does not have are ignored", "", frame(SETTINGS, 0xfe, 0, ""), says("SETTINGS ack")},
      {"4.1", "flags that GOAWAY does not have are ignored", "", frame(GOAWAY, 0xff, 0, std::string(8, '\0')), accepted()},
      {"4.1", "the reserved bit of a stream id is ignored", "", frame(PING, NONE, reserved, eight), says("PING ack")},
      {"4.2", "a frame of an unknown type over 16384 bytes is refused", "",
       frame(0x42, NONE, 0, std::string(16385, 'x')), size_error},
      {"4.2", "SETTINGS over 16384 bytes is refused", "", frame(SETTINGS, NONE, 0, std::string(16386, '\0')), size_error},
      {"4.2", "DATA over 16384 bytes is refused", "", data(1, std::string(16385, 'x')), size_error},
      {"4.2", "HEADERS over 16384 bytes is refused", "", headers(1, std::string(16385, 'x')), size_error},
      {"4.2", "an oversized frame is refused when its header is there", "", frame_header(16385, DATA, NONE, 1), size_error},

      {"5.1", "DATA on an idle stream is refused", "", data(101, "x"), protocol_error},
      {"5.1", "RST_STREAM on an idle stream is refused", "", rst_stream(101, 8), protocol_error},
      {"5.1", "WINDOW_UPDATE on an idle stream is refused", "", window_update(101, 1), protocol_error},
      {"5.1", "CONTINUATION on an idle stream is refused", "", continuation(101, ""), protocol_error},
      {"5.1", "PRIORITY on an idle stream is ignored", "", frame(PRIORITY, NONE, 101, priority_fields(1)), ignored()},
      {"5.1", "DATA on an idle stream of our own kind is refused", "", data(102, "x"), protocol_error},
      {"5.1", "WINDOW_UPDATE on an idle even stream is refused", "", window_update(102, 1), protocol_error},
      {"5.1", "RST_STREAM on an idle even stream is refused", "", rst_stream(102, 8), protocol_error},

      {"6.1", "DATA on stream 0 is refused", "", data(0, "x"), protocol_error},
      {"6.2", "HEADERS on stream 0 is refused", "", headers(0, request_block()), protocol_error},
      {"6.3", "PRIORITY on stream 0 is refused", "", frame(PRIORITY, NONE, 0, priority_fields(1)), protocol_error},
      {"6.3", "PRIORITY of another size than 5 is refused", "", frame(PRIORITY, NONE, 1, "1234"), stream_size_error(1)},
      {"6.3", "PRIORITY of 6 bytes is refused", "", frame(PRIORITY, NONE, 1, "123456"), stream_size_error(1)},
      {"6.3", "PRIORITY is ignored", "", frame(PRIORITY, NONE, 1, priority_fields(0x80000003)), ignored()},
      {"6.4", "RST_STREAM on stream 0 is refused", "", rst_stream(0, 8), protocol_error},
      {"6.4", "RST_STREAM of 3 bytes is refused", "", frame(RST_STREAM, NONE, 1, "123"), size_error},
      {"6.4", "RST_STREAM of 5 bytes is refused", "", frame(RST_STREAM, NONE, 1, "12345"), size_error},

      {"6.5", "SETTINGS is acknowledged", "", settings({{MAX_FRAME_SIZE, 20'000}}), says("SETTINGS ack")},
      {"6.5", "SETTINGS without entries is acknowledged", "", settings(), says("SETTINGS ack")},
      {"6.5", "SETTINGS ack with a payload is refused", "", frame(SETTINGS, ACK, 0, std::string(6, '\0')), size_error},
      {"6.5", "SETTINGS on a stream is refused", "", frame(SETTINGS, NONE, 1, ""), protocol_error},
      {"6.5", "SETTINGS that is no multiple of 6 is refused", "", frame(SETTINGS, NONE, 0, "12345"), size_error},
      {"6.5.2", "an unknown setting is ignored", "", settings({{0x4242, 0xffffffff}, {0, 7}}), says("SETTINGS ack")},
      {"6.5.2", "ENABLE_PUSH of 2 is refused", "", settings({{ENABLE_PUSH, 2}}), protocol_error},
      {"6.5.2", "INITIAL_WINDOW_SIZE over 2^31-1 is refused", "", settings({{INITIAL_WINDOW_SIZE, 0x80000000}}),
       flow_error},
      {"6.5.2", "INITIAL_WINDOW_SIZE of 2^31-1 is accepted", "", settings({{INITIAL_WINDOW_SIZE, 0x7fffffff}}), accepted()},
      {"6.5.2", "MAX_FRAME_SIZE below 16384 is refused", "", settings({{MAX_FRAME_SIZE, 16'383}}), protocol_error},
      {"6.5.2", "MAX_FRAME_SIZE over 2^24-1 is refused", "", settings({{MAX_FRAME_SIZE, 1 << 24}}), protocol_error},
      {"6.5.2", "MAX_FRAME_SIZE of 2^24-1 is accepted", "", settings({{MAX_FRAME_SIZE, (1 << 24) - 1}}), accepted()},
      {"6.5.2", "any MAX_HEADER_LIST_SIZE is accepted", "", settings({{MAX_HEADER_LIST_SIZE, 0}}), accepted()},
      {"6.5.2", "any HEADER_TABLE_SIZE is accepted", "", settings({{HEADER_TABLE_SIZE, 0xffffffff}}), accepted()},
      {"6.5.3", "an error in a later entry is seen", "", settings({{MAX_FRAME_SIZE, 20'000}, {ENABLE_PUSH, 3}}),
       protocol_error},

      {"6.7", "PING is answered", "", ping(eight), says("PING ack")},
      {"6.7", "PING on a stream is refused", "", frame(PING, NONE, 1, eight), protocol_error},
      {"6.7", "PING of 7 bytes is refused", "", ping("1234567"), size_error},
      {"6.7", "PING of 9 bytes is refused", "", ping("123456789"), size_error},
      {"6.8", "GOAWAY on a stream is refused", "", frame(GOAWAY, NONE, 1, std::string(8, '\0')), protocol_error},
      {"6.8", "GOAWAY below 8 bytes is refused", "", frame(GOAWAY, NONE, 0, "1234567"), size_error},
      {"6.8", "GOAWAY may carry debug data", "", goaway(0, 0, "so long"), tells("goaway 0 0 so long")},
      {"6.8", "the reserved bit of the last stream id is ignored", "", goaway(reserved, 0), tells("goaway 0 0 ")},
      {"7", "an unknown error code of GOAWAY is no error", "", goaway(0, 0xfa), tells("goaway 0 250 ")},

      {"6.9", "WINDOW_UPDATE of 3 bytes is refused", "", frame(WINDOW_UPDATE, NONE, 0, "123"), size_error},
      {"6.9", "WINDOW_UPDATE of 5 bytes is refused", "", frame(WINDOW_UPDATE, NONE, 0, "12345"), size_error},
      {"6.9", "an increment of 0 for the connection is refused", "", window_update(0, 0), protocol_error},
      {"6.9", "the reserved bit of an increment is ignored", "", window_update(0, reserved | 1), accepted()},
      {"6.9", "an increment of 0 with the reserved bit is one of 0", "", window_update(0, reserved), protocol_error},
      {"6.9.1", "a connection's window over 2^31-1 is refused", "", window_update(0, 0x7fffffff), flow_error},
      {"6.9.1", "a connection's window of 2^31-1 is accepted", "", window_update(0, 0x7fffffff - 65'535), accepted()},

      {"6.10", "CONTINUATION without HEADERS is refused", "", continuation(1, ""), protocol_error},
      {"6.10", "CONTINUATION on stream 0 is refused", "", continuation(0, ""), protocol_error},
  };
}

// ---- what only a server hears ---------------------------------------------------------------------------------------

/// HEADERS of stream 1 whose block is not complete.
const std::string begun = headers(1, request_block(), END_STREAM);
const std::string got_request = "headers 1 :method=POST :scheme=http :path=/ :authority=a end";

std::vector<Rule> frames_of_clients() {
  std::string block = request_block();
  std::string cut = headers(1, block.substr(0, 3), END_STREAM) + continuation(1, block.substr(3, 1), NONE);
  return {
      {"4.1", "flags that HEADERS does not have are ignored", "", headers(1, block, 0xd2 | END_HEADERS | END_STREAM),
       tells(got_request)},
      {"4.1", "flags that DATA does not have are ignored", open_request(1), data(1, "x", 0xf6), tells("data 1 x")},
      {"4.1", "flags that RST_STREAM does not have are ignored", open_request(1),
       frame(RST_STREAM, 0xff, 1, big_endian(8, 4)), tells("reset 1 8")},
      {"4.1", "flags that WINDOW_UPDATE does not have are ignored", open_request(1),
       frame(WINDOW_UPDATE, 0xff, 1, big_endian(8, 4)), ignored()},
      {"4.2", "DATA of 16384 bytes is accepted", open_request(1), data(1, std::string(16'384, 'x')), accepted()},
      {"4.2", "HEADERS of 16384 bytes is accepted", "",
       headers(1, block + field("x", std::string(16'384 - block.size() - 6, 'y')), END_HEADERS | END_STREAM), accepted()},
      {"4.3", "a block may be cut anywhere", "", cut + continuation(1, block.substr(4)), tells(got_request)},
      {"4.3", "a block may come in empty pieces", "", headers(1, "", END_STREAM) + continuation(1, "", NONE) +
       continuation(1, block, NONE) + continuation(1, ""), tells(got_request)},
      {"5.5", "an unknown frame type in a block is refused", begun, frame(0x42, NONE, 1, ""), protocol_error},

      {"6.1", "DATA may be empty", open_request(1), data(1, "") + data(1, "", END_STREAM), tells("data 1  end")},
      {"6.1", "padding is taken off", open_request(1), data(1, padded("x", 200), PADDED), tells("data 1 x")},
      {"6.1", "DATA may be nothing but padding", open_request(1), data(1, padded("", 255), PADDED | END_STREAM),
       tells("data 1  end")},
      {"6.1", "padding as long as the payload is refused", open_request(1), data(1, "\x04" "abc", PADDED), protocol_error},
      {"6.1", "padding longer than the payload is refused", open_request(1), data(1, "\xff" "abc", PADDED), protocol_error},
      {"6.1", "a pad length must be there", open_request(1), data(1, "", PADDED), AnyOf(protocol_error, size_error)},
      {"6.2", "padding of HEADERS is taken off", "",
       headers(1, padded(block, 77), END_HEADERS | END_STREAM | PADDED), tells(got_request)},
      {"6.2", "padding and priority of HEADERS are taken off", "",
       headers(1, padded(priority_fields(3) + block, 5), END_HEADERS | END_STREAM | PADDED | PRIORITISED),
       tells(got_request)},
      {"6.2", "padding longer than HEADERS is refused", "", headers(1, "\xff" + block, END_HEADERS | PADDED),
       protocol_error},
      {"6.2", "padding that eats the priority is refused", "",
       headers(1, "\x04" "12345" "pad", END_HEADERS | PADDED | PRIORITISED), AnyOf(protocol_error, size_error)},
      {"6.2", "a pad length of HEADERS must be there", "", headers(1, "", END_HEADERS | PADDED),
       AnyOf(protocol_error, size_error)},
      {"6.2", "priority must be there", "", headers(1, "1234", END_HEADERS | PRIORITISED),
       AnyOf(protocol_error, size_error)},
      {"5.3", "priority of HEADERS is ignored", "",
       headers(1, priority_fields(77) + block, END_HEADERS | END_STREAM | PRIORITISED), tells(got_request)},
      {"6.5.2", "a client may set ENABLE_PUSH to 0", "", settings({{ENABLE_PUSH, 0}}), says("SETTINGS ack")},
      {"6.5.2", "a client may set ENABLE_PUSH to 1", "", settings({{ENABLE_PUSH, 1}}), says("SETTINGS ack")},
      {"8.4", "a client must not push", "", frame(PUSH_PROMISE, END_HEADERS, 1, big_endian(2, 4) + block), protocol_error},
      {"8.4", "a client must not push on a stream", open_request(1),
       frame(PUSH_PROMISE, END_HEADERS, 1, big_endian(2, 4) + block), protocol_error},
      {"6.6", "PUSH_PROMISE on stream 0 is refused", "", frame(PUSH_PROMISE, END_HEADERS, 0, big_endian(2, 4) + block),
       protocol_error},
      {"6.9", "an increment of 0 for a stream is refused", open_request(1), window_update(1, 0),
       AnyOf(malformed(1), protocol_error)},
      {"6.9.1", "a stream's window over 2^31-1 is refused", open_request(1), window_update(1, 0x7fffffff),
       stream_error(1, Http2Code::flow_control_error)},
      {"6.9.2", "settings that take a stream's window over 2^31-1 are refused", open_request(1) + window_update(1, 65'535),
       settings({{INITIAL_WINDOW_SIZE, 0x7fffffff}}), flow_error},

      {"6.10", "DATA in a block is refused", begun, data(1, "x"), protocol_error},
      {"6.10", "HEADERS in a block is refused", begun, headers(1, block), protocol_error},
      {"6.10", "HEADERS of another stream in a block is refused", begun, headers(3, block), protocol_error},
      {"6.10", "PRIORITY in a block is refused", begun, frame(PRIORITY, NONE, 1, priority_fields(3)), protocol_error},
      {"6.10", "RST_STREAM in a block is refused", begun, rst_stream(1, 8), protocol_error},
      {"6.10", "SETTINGS in a block is refused", begun, settings(), protocol_error},
      {"6.10", "PING in a block is refused", begun, ping(eight), protocol_error},
      {"6.10", "GOAWAY in a block is refused", begun, goaway(0, 0), protocol_error},
      {"6.10", "WINDOW_UPDATE in a block is refused", begun, window_update(0, 1), protocol_error},
      {"6.10", "CONTINUATION of another stream is refused", begun, continuation(3, ""), protocol_error},
      {"6.10", "CONTINUATION after the end of a block is refused", request(1), continuation(1, ""), protocol_error},
      {"6.10", "CONTINUATION after DATA is refused", open_request(1) + data(1, "x"), continuation(1, ""), protocol_error},
  };
}

// ---- what only a client hears ---------------------------------------------------------------------------------------

std::vector<Rule> frames_of_servers() {
  std::string block = response_block();
  std::string promise = big_endian(2, 4) + request_block();
  return {
      {"6.1", "padding is taken off", headers(1, block), data(1, padded("x", 255), PADDED | END_STREAM),
       tells("data 1 x end")},
      {"6.1", "padding as long as the payload is refused", headers(1, block), data(1, "\x04" "abc", PADDED), protocol_error},
      {"6.2", "padding of HEADERS is taken off", "", headers(1, padded(block, 3), END_HEADERS | END_STREAM | PADDED),
       tells("headers 1 :status=200 end")},
      {"6.4", "RST_STREAM ends a stream", "", rst_stream(1, 2), tells("reset 1 2")},
      {"7", "an unknown error code of RST_STREAM is no error", "", rst_stream(1, 0xfa), tells("reset 1 250")},
      {"6.5.2", "a server must not set ENABLE_PUSH to 1", "", settings({{ENABLE_PUSH, 1}}), protocol_error},
      {"6.5.2", "a server may set ENABLE_PUSH to 0", "", settings({{ENABLE_PUSH, 0}}), says("SETTINGS ack")},
      {"8.4", "a push that was switched off is refused", "", frame(PUSH_PROMISE, END_HEADERS, 1, promise), protocol_error},
      {"6.6", "PUSH_PROMISE on stream 0 is refused", "", frame(PUSH_PROMISE, END_HEADERS, 0, promise), protocol_error},
      {"6.6", "PUSH_PROMISE on an idle stream is refused", "", frame(PUSH_PROMISE, END_HEADERS, 99, promise),
       protocol_error},
      {"6.9", "an increment of 0 for a stream is refused", "", window_update(3, 0), AnyOf(malformed(3), protocol_error)},
      {"6.9.1", "a stream's window over 2^31-1 is refused", "", window_update(3, 0x7fffffff),
       stream_error(3, Http2Code::flow_control_error)},
      {"6.10", "a block may come in pieces", "", headers(1, block.substr(0, 1), END_STREAM) +
       continuation(1, block.substr(1)), tells("headers 1 :status=200 end")},
      {"6.10", "DATA in a block is refused", headers(1, block, NONE), data(1, "x"), protocol_error},
      {"6.10", "CONTINUATION of another stream is refused", headers(1, block, NONE), continuation(3, ""), protocol_error},
  };
}

HOLON_HTTP2_RULES(ServerHearsFrames, Role::server, frames_of_any_peer());
HOLON_HTTP2_RULES(ClientHearsFrames, Role::client, frames_of_any_peer());
HOLON_HTTP2_RULES(ServerHearsClientsFrames, Role::server, frames_of_clients());
HOLON_HTTP2_RULES(ClientHearsServersFrames, Role::client, frames_of_servers());

// ---- 3.4: the preface -----------------------------------------------------------------------------------------------

/// What a new session does with its very first bytes.
Outcome begin(Role role, std::string_view bytes, std::size_t piece = 0) {
  EventLog events;
  Http2Session session(role, {}, events);
  Result<void> received;
  for (std::size_t at = 0; at < bytes.size() && received.ok(); at += piece == 0 ? bytes.size() : piece) {
    received = session.receive(bytes_of(bytes.substr(at, piece == 0 ? bytes.size() : piece)));
  }
  std::string out;
  session.gather(out);
  Outcome outcome;
  for (const Frame& frame : frames_of(out)) {
    if (frame.type == GOAWAY) outcome.broken = static_cast<Http2Code>(frame.word(4));
    outcome.said.push_back(describe(frame));
  }
  return outcome;
}

TEST(Http2Preface, s3_4_a_server_says_SETTINGS_first) {
  EXPECT_EQ(begin(Role::server, "").said.front(), "SETTINGS");
  EXPECT_EQ(begin(Role::server, client_preface + settings() + ping(eight)).said.front(), "SETTINGS");
}

TEST(Http2Preface, s3_4_a_client_says_the_preface_and_SETTINGS_first) {
  EventLog events;
  Http2Session session(Role::client, {}, events);
  session.open(request_headers, true, nullptr);
  std::string out;
  session.gather(out);
  ASSERT_TRUE(out.starts_with(client_preface));
  EXPECT_EQ(describe(frames_of(out).front()), "SETTINGS");
}

TEST(Http2Preface, s3_4_it_may_arrive_in_pieces) {
  for (std::size_t piece : {1, 2, 23, 25}) {
    EXPECT_THAT(begin(Role::server, client_preface + settings(), piece).said, testing::Contains("SETTINGS ack")) << piece;
  }
}

TEST(Http2Preface, s3_4_what_is_no_preface_is_refused) {
  for (std::size_t at = 0; at < client_preface.size(); ++at) {
    std::string wrong = client_preface + settings();
    wrong[at] = static_cast<char>(wrong[at] ^ 1);
    EXPECT_THAT(begin(Role::server, wrong), protocol_error) << "byte " << at;
  }
}

TEST(Http2Preface, s3_4_the_first_frame_is_SETTINGS) {
  for (const std::string& other : {ping(eight), request(1), window_update(0, 1), frame(0x42, NONE, 0, ""), settings_ack()}) {
    EXPECT_THAT(begin(Role::server, client_preface + other), protocol_error) << testing::PrintToString(other);
    EXPECT_THAT(begin(Role::client, other), protocol_error) << testing::PrintToString(other);
  }
}

TEST(Http2Preface, s3_4_a_client_hears_no_preface) {
  EXPECT_THAT(begin(Role::client, client_preface + settings()),
              AnyOf(protocol_error, size_error));
}

// ---- answers --------------------------------------------------------------------------------------------------------

TEST(Http2Answers, s6_7_a_PING_is_answered_with_its_own_bytes) {
  Subject subject(Role::server);
  ASSERT_TRUE(subject.session.receive(bytes_of(ping("8 octets"))).ok());
  std::vector<Frame> said = subject.say();
  ASSERT_EQ(said.size(), 1u);
  EXPECT_EQ(said[0].payload, "8 octets");
  EXPECT_EQ(said[0].flags, ACK);
}

TEST(Http2Answers, s6_7_an_answered_PING_is_not_answered) {
  Subject subject(Role::server);
  EXPECT_THAT(subject.hear(ping(eight, ACK)).said, testing::IsEmpty()) << "not even one that nobody asked for";
  subject.session.ping();
  ASSERT_EQ(subject.say().size(), 1u);
  Outcome outcome = subject.hear(ping(std::string(8, '\0'), ACK));
  EXPECT_THAT(outcome.said, testing::IsEmpty());
}

TEST(Http2Answers, s6_5_3_each_SETTINGS_is_acknowledged_once) {
  Subject subject(Role::server);
  Outcome outcome = subject.hear(settings() + settings({{MAX_FRAME_SIZE, 16'384}}) + settings({{0x77, 1}}));
  EXPECT_THAT(outcome.said, ElementsAre("SETTINGS ack", "SETTINGS ack", "SETTINGS ack"));
}

TEST(Http2Answers, s6_5_our_own_settings_are_possible) {
  for (Role role : {Role::server, Role::client}) {
    EventLog events;
    Http2Session session(role, {}, events);
    std::string out;
    session.gather(out);
    Frame first = frames_of(out).front();
    ASSERT_EQ(describe(first), "SETTINGS");
    ASSERT_EQ(first.payload.size() % 6, 0u);
    for (std::size_t at = 0; at < first.payload.size(); at += 6) {
      int id = static_cast<unsigned char>(first.payload[at + 1]);
      EXPECT_TRUE(id != ENABLE_PUSH || first.word(at + 2) == 0) << "no server pushes to a client of ours";
      EXPECT_TRUE(id != INITIAL_WINDOW_SIZE || first.word(at + 2) <= 0x7fffffff);
      EXPECT_TRUE(id != MAX_FRAME_SIZE || (first.word(at + 2) >= 16'384 && first.word(at + 2) < 1 << 24));
    }
  }
}

TEST(Http2Answers, s5_4_1_after_a_connection_error_nothing_is_heard_or_said) {
  Subject subject(Role::server);
  EXPECT_THAT(subject.hear(request(1) + data(0, "x")), protocol_error);
  EXPECT_FALSE(subject.session.receive(bytes_of(request(3))).ok());
  EXPECT_TRUE(subject.say().empty());
  EXPECT_TRUE(subject.session.finished());
}

TEST(Http2Answers, s6_8_the_GOAWAY_of_an_error_names_the_last_stream_that_was_heard) {
  Subject subject(Role::server);
  subject.hear(request(1) + request(5));
  Result<void> received = subject.session.receive(bytes_of(data(0, "x")));
  ASSERT_FALSE(received.ok());
  std::vector<Frame> said = subject.say();
  ASSERT_FALSE(said.empty());
  EXPECT_EQ(describe(said.back()), "GOAWAY PROTOCOL_ERROR");
  EXPECT_EQ(said.back().word(0), 5u);
}

TEST(Http2Answers, s4_2_frames_keep_to_the_peers_MAX_FRAME_SIZE) {
  for (std::uint32_t size_max : {16'384u, 20'000u}) {
    Subject subject(Role::client);
    subject.hear(settings({{MAX_FRAME_SIZE, size_max}, {INITIAL_WINDOW_SIZE, 1 << 20}}) + window_update(0, 1 << 20));
    subject.session.send(3, std::string(100'000, 'x'), true);
    std::size_t sum = 0;
    for (const Frame& frame : subject.say()) {
      EXPECT_LE(frame.payload.size(), size_max);
      sum += frame.payload.size();
    }
    EXPECT_EQ(sum, 100'000u);
  }
}

TEST(Http2Answers, s4_3_a_large_header_block_goes_out_in_CONTINUATION_frames) {
  Subject subject(Role::server);
  subject.hear(request(1));
  std::vector<HeaderView> many = response_headers;
  std::string value(10'000, '\x7f' - 1);
  many.insert(many.end(), 5, HeaderView{"x-large", value, true});
  subject.session.respond_and_end(1, many);
  std::vector<Frame> said = subject.say();
  ASSERT_GE(said.size(), 2u);
  for (std::size_t i = 0; i < said.size(); ++i) {
    EXPECT_EQ(said[i].type, i == 0 ? HEADERS : CONTINUATION);
    EXPECT_LE(said[i].payload.size(), 16'384u);
    EXPECT_EQ((said[i].flags & END_HEADERS) != 0, i + 1 == said.size());
  }
}

TEST(Http2Answers, s8_4_a_client_switches_push_off) {
  EventLog events;
  Http2Session session(Role::client, {}, events);
  std::string out;
  session.gather(out);
  EXPECT_NE(frames_of(out).front().payload.find(big_endian(ENABLE_PUSH, 2) + big_endian(0, 4)), std::string::npos);
}

}  // namespace
}  // namespace holon::wire::rules
