// RFC 9113, sections 5.2 and 6.9: nobody sends more than the other allowed, and no credit is lost.
#include "wire/http2_rules.h"

namespace holon::wire::rules {
namespace {

using testing::AnyOf;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::size_t initial_window = 65'535;

/// The bytes of DATA in frames, by stream; 0 stands for all.
std::size_t bytes_of_data(const std::vector<Frame>& frames, std::uint32_t stream = 0) {
  std::size_t sum = 0;
  for (const Frame& frame : frames) {
    if (frame.type == DATA && (stream == 0 || frame.stream == stream)) sum += frame.payload.size();
  }
  return sum;
}

/// A client whose stream 3 has more to send than any window.
struct Sender : Subject {
  explicit Sender(std::size_t bytes = 1'000'000) : Subject(Role::client) { session.send(3, std::string(bytes, 'x'), true); }
  std::size_t sends() { return bytes_of_data(say()); }
  std::size_t sends_after(const std::string& bytes) {
    EXPECT_TRUE(session.receive(bytes_of(bytes)).ok());
    return sends();
  }
};

// ---- sending --------------------------------------------------------------------------------------------------------

TEST(Http2FlowControl, s6_9_2_windows_begin_at_65535) {
  Sender sender;
  EXPECT_EQ(sender.sends(), initial_window);
  EXPECT_EQ(sender.sends_after(ping("12345678")), 0u);
}

TEST(Http2FlowControl, s6_9_1_both_windows_bound_what_is_sent) {
  Sender sender;
  sender.sends();
  EXPECT_EQ(sender.sends_after(window_update(3, 1'000)), 0u) << "the connection's is used up";
  EXPECT_EQ(sender.sends_after(window_update(0, 400)), 400u);
  EXPECT_EQ(sender.sends_after(window_update(0, 5'000)), 600u) << "the stream's is used up";
  EXPECT_EQ(sender.sends_after(window_update(3, 5'000)), 4'400u);
}

TEST(Http2FlowControl, s6_9_credit_of_one_byte_is_used) {
  Sender sender;
  sender.sends();
  EXPECT_EQ(sender.sends_after(window_update(3, 1) + window_update(0, 1)), 1u);
}

TEST(Http2FlowControl, s6_9_2_a_new_initial_window_moves_all_streams_and_not_the_connection) {
  Sender sender;
  EXPECT_EQ(sender.sends_after(settings({{INITIAL_WINDOW_SIZE, 100}})), 100u);
  EXPECT_EQ(sender.sends_after(settings({{INITIAL_WINDOW_SIZE, 250}})), 150u);
  EXPECT_EQ(sender.sends_after(settings({{INITIAL_WINDOW_SIZE, 1'000'000}})), initial_window - 250);
}

TEST(Http2FlowControl, s6_9_2_a_window_may_become_negative_and_has_to_be_filled_first) {
  Sender sender;
  EXPECT_EQ(sender.sends(), initial_window);
  EXPECT_EQ(sender.sends_after(window_update(0, 100'000) + settings({{INITIAL_WINDOW_SIZE, 0}})), 0u);
  EXPECT_EQ(sender.sends_after(window_update(3, initial_window)), 0u) << "this only brings it back to 0";
  EXPECT_EQ(sender.sends_after(window_update(3, 7)), 7u);
  EXPECT_EQ(sender.sends_after(settings({{INITIAL_WINDOW_SIZE, 10}})), 10u);
}

TEST(Http2FlowControl, s6_9_2_a_new_initial_window_holds_for_streams_that_come) {
  Subject subject(Role::client);
  subject.hear(settings({{INITIAL_WINDOW_SIZE, 123}}));
  StreamId id = subject.session.open(request_headers, false, nullptr);
  subject.session.send(id, std::string(1'000, 'x'), true);
  EXPECT_EQ(bytes_of_data(subject.say()), 123u);
}

TEST(Http2FlowControl, s6_9_2_of_two_values_in_one_SETTINGS_the_later_holds) {
  Sender sender;
  EXPECT_EQ(sender.sends_after(settings({{INITIAL_WINDOW_SIZE, 500}, {INITIAL_WINDOW_SIZE, 20}})), 20u);
}

TEST(Http2FlowControl, s6_9_1_an_empty_frame_needs_no_credit) {
  Subject subject(Role::client);
  subject.hear(settings({{INITIAL_WINDOW_SIZE, 0}}));
  subject.session.send(3, "", true);
  std::vector<Frame> said = subject.say();
  ASSERT_EQ(said.size(), 1u);
  EXPECT_EQ(describe(said[0]), "DATA 3 0 end");
}

TEST(Http2FlowControl, s6_9_headers_and_trailers_need_no_credit) {
  Subject subject(Role::server);
  subject.hear(settings({{INITIAL_WINDOW_SIZE, 0}}) + request(1));
  subject.session.respond(1, response_headers);
  subject.session.trailers(1, ok_trailers);
  std::vector<std::string> said;
  for (const Frame& frame : subject.say()) said.push_back(describe(frame));
  EXPECT_THAT(said, AnyOf(ElementsAre("HEADERS 1", "HEADERS 1 end"), ElementsAre("HEADERS 1", "DATA 1 0", "HEADERS 1 end")));
}

TEST(Http2FlowControl, s6_9_1_streams_share_the_connections_window) {
  Subject subject(Role::client);
  subject.session.send(3, std::string(200'000, 'x'), true);
  StreamId other = subject.session.open(request_headers, false, nullptr);
  subject.session.send(other, std::string(200'000, 'x'), true);
  EXPECT_EQ(bytes_of_data(subject.say()), initial_window);
  std::size_t first = 0;
  std::size_t second = 0;
  for (int i = 0; i < 40; ++i) {
    std::string credit = window_update(0, 10'000) + window_update(3, 10'000);
    ASSERT_TRUE(subject.session.receive(bytes_of(credit + window_update(static_cast<std::uint32_t>(other), 10'000))).ok());
    std::vector<Frame> said = subject.say();
    EXPECT_LE(bytes_of_data(said), 10'000u);
    first += bytes_of_data(said, 3);
    second += bytes_of_data(said, static_cast<std::uint32_t>(other));
  }
  EXPECT_GT(first, 0u);
  EXPECT_GT(second, 0u) << "no stream starves";
}

TEST(Http2FlowControl, s5_2_1_a_stream_without_credit_does_not_hold_up_another) {
  Subject subject(Role::client);
  subject.hear(settings({{INITIAL_WINDOW_SIZE, 0}}));
  subject.session.send(3, std::string(10, 'x'), true);
  StreamId other = subject.session.open(request_headers, false, nullptr);
  subject.session.send(other, std::string(10, 'y'), true);
  subject.say();
  subject.hear("");
  ASSERT_TRUE(subject.session.receive(bytes_of(window_update(static_cast<std::uint32_t>(other), 100))).ok());
  std::vector<Frame> said = subject.say();
  ASSERT_EQ(said.size(), 1u);
  EXPECT_EQ(describe(said[0]), "DATA " + std::to_string(other) + " 10 end");
}

TEST(Http2FlowControl, s6_9_1_a_reset_stream_frees_what_it_had_not_sent) {
  Sender sender;
  sender.sends();
  sender.session.reset(3, Http2Code::cancel);
  sender.say();
  StreamId other = sender.session.open(request_headers, false, nullptr);
  sender.session.send(other, std::string(100, 'y'), true);
  EXPECT_EQ(sender.sends(), 0u) << "the connection's window is used up";
  EXPECT_EQ(sender.sends_after(window_update(0, 100)), 100u);
}

// ---- receiving ------------------------------------------------------------------------------------------------------

Http2Limits windows(std::uint32_t stream, std::uint32_t connection) {
  Http2Limits limits;
  limits.stream_window_bytes = stream;
  limits.connection_window_bytes = connection;
  return limits;
}

std::string many_data(std::uint32_t stream, std::size_t bytes) {
  std::string out;
  for (std::size_t at = 0; at < bytes; at += 10'000) {
    out += data(stream, std::string(std::min<std::size_t>(10'000, bytes - at), 'x'));
  }
  return out;
}

const Effect flow_error = connection_error(Http2Code::flow_control_error);
/// Whether the bytes reach the handler before the reset does not matter: they are bounded by a frame.
Effect overrun(std::uint32_t stream) {
  return AnyOf(says("RST_STREAM " + std::to_string(stream) + " FLOW_CONTROL_ERROR"), flow_error);
}

TEST(Http2FlowControl, s6_9_1_what_goes_beyond_a_streams_window_is_refused) {
  Subject subject(Role::server, windows(1'000, 1 << 20));
  subject.hear(open_request(1));
  EXPECT_THAT(subject.hear(data(1, std::string(1'000, 'x'))), accepted());
  EXPECT_THAT(subject.hear(data(1, "x")), overrun(1));
}

TEST(Http2FlowControl, s6_9_1_what_goes_beyond_the_connections_window_is_refused) {
  Subject subject(Role::server, windows(1 << 20, 100'000));
  subject.hear(open_request(1) + open_request(3));
  EXPECT_THAT(subject.hear(many_data(1, 60'000) + many_data(3, 40'000)), accepted());
  EXPECT_THAT(subject.hear(data(3, "x")), flow_error);
}

TEST(Http2FlowControl, s6_9_1_padding_counts) {
  Subject subject(Role::server, windows(1'000, 1 << 20));
  subject.hear(open_request(1));
  for (int i = 0; i < 3; ++i) subject.hear(data(1, padded("", 255), PADDED));
  EXPECT_THAT(subject.hear(data(1, std::string(300, 'x'))), accepted()) << "padding is given back: nobody else could";
  EXPECT_THAT(subject.hear(data(1, padded(std::string(700, 'x'), 255), PADDED)), overrun(1));
}

TEST(Http2FlowControl, s6_9_2_a_smaller_window_holds_when_the_peer_has_seen_it) {
  EventLog events;
  Http2Session session(Role::server, windows(1'000, 1 << 20), events);
  ASSERT_TRUE(session.receive(bytes_of(client_preface + settings() + open_request(1))).ok());
  std::string out;
  session.gather(out);
  // The client has not acknowledged our SETTINGS: it counts from 65535.
  EXPECT_TRUE(session.receive(bytes_of(many_data(1, 50'000))).ok());
  EXPECT_EQ(events.received.size(), 50'000u);
  session.gather(out);
  ASSERT_TRUE(session.receive(bytes_of(settings_ack() + open_request(3) + many_data(3, 2'000))).ok());
  out.clear();
  session.gather(out);
  std::vector<std::string> said;
  for (const Frame& frame : frames_of(out)) said.push_back(describe(frame));
  EXPECT_TRUE(contains(said, "RST_STREAM 3 FLOW_CONTROL_ERROR"));
}

TEST(Http2FlowControl, s6_9_credit_comes_when_the_application_has_taken_the_bytes) {
  Subject subject(Role::server, windows(10'000, 70'000));
  subject.hear(open_request(1));
  Outcome outcome = subject.hear(many_data(1, 10'000));
  EXPECT_THAT(outcome.said, IsEmpty());
  subject.session.consumed(1, 10'000);
  std::size_t of_stream = 0;
  for (const Frame& frame : subject.say()) {
    ASSERT_EQ(frame.type, WINDOW_UPDATE);
    if (frame.stream == 1) of_stream += frame.word();
  }
  EXPECT_EQ(of_stream, 10'000u);
  EXPECT_THAT(subject.hear(many_data(1, 10'000)), accepted());
}

/// Whatever way a stream goes, the connection's window gets back all that came on it.
TEST(Http2FlowControl, s6_9_1_the_connection_gets_back_what_ended_streams_held) {
  enum Way { taken, reset_by_us, reset_by_peer, answered_early, malformed_trailers, overrun, ways };
  constexpr std::int64_t whole = 200'000;
  Subject subject(Role::server, windows(40'000, whole));
  std::int64_t window = whole;
  auto account = [&](const std::vector<Frame>& said) {
    for (const Frame& frame : said) {
      if (frame.type == WINDOW_UPDATE && frame.stream == 0) window += frame.word();
    }
  };
  for (int round = 0; round < 30 * ways; ++round) {
    auto stream = static_cast<std::uint32_t>(1 + 2 * round);
    auto id = static_cast<StreamId>(stream);
    std::string bytes = open_request(stream) + many_data(stream, 30'000);
    window -= 30'000;
    ASSERT_GE(window, 50'000) << "round " << round << " leaks";
    ASSERT_TRUE(subject.session.receive(bytes_of(bytes)).ok());
    std::string then;
    switch (round % ways) {
      case taken: subject.session.consumed(id, 30'000); then = rst_stream(stream, 8); break;
      case reset_by_us: subject.session.reset(id, Http2Code::cancel); break;
      case reset_by_peer: then = rst_stream(stream, 8); break;
      case answered_early: subject.session.respond_and_end(id, response_headers); break;
      case malformed_trailers: then = headers(stream, field("Upper", "x"), END_HEADERS | END_STREAM); break;
      case overrun: then = many_data(stream, 20'000); window -= 20'000; break;
    }
    account(subject.say());
    ASSERT_TRUE(subject.session.receive(bytes_of(then)).ok()) << "round " << round;
    account(subject.say());
  }
  EXPECT_GE(window, whole / 2) << "but for what a session may keep back to say it at once";
}

}  // namespace
}  // namespace holon::wire::rules
