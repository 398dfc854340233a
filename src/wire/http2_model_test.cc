// Two sessions under random use, compared with what was asked of them. Every failure names its seed.
#include <map>
#include <random>

#include "wire/http2_pair.h"

namespace holon::wire {
namespace {

/// What one side asked to be sent on a stream, and what the other got.
struct Direction {
  std::string sent;
  std::string got;
  bool ended = false;     ///< asked
  bool got_end = false;
};

struct Call {
  Direction request;
  Direction response;
  bool responded = false;
  bool reset = false;     ///< by either side: what was on its way may be lost, but nothing else may come
  int client_ends = 0;    ///< events that end the stream
  int server_ends = 0;
  bool client_silent = false;  ///< the client reset it itself: no event may follow
  bool server_silent = false;
};

/// Records what one session tells into the calls, and consumes as it likes.
class Recorder final : public Http2Events {
 public:
  Recorder(std::map<StreamId, Call>& calls, bool client, std::mt19937& random)
      : calls_(calls), client_(client), random_(random) {}
  Http2Session* session = nullptr;

  void headers(StreamId id, void*, Headers, bool end) override {
    check_speaks(id);
    if (end) incoming(id).got_end = true;
  }
  void data(StreamId id, void*, Bytes bytes, bool end) override {
    check_speaks(id);
    incoming(id).got.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (end) incoming(id).got_end = true;
    held_[id] += bytes.size();
    if (random_() % 2 == 0) consume(id);
  }
  void reset(StreamId id, void*, Http2Code) override {
    check_speaks(id);
    EXPECT_TRUE(calls_[id].reset) << "nobody reset stream " << id;
    ++ends(id);
  }
  void closed(StreamId id, void*) override {
    check_speaks(id);
    ++ends(id);
  }
  void drained(StreamId id, void*) override {
    check_speaks(id);
    EXPECT_LE(session->unsent(id), Http2Session::low_mark);
  }
  void goaway(StreamId, Http2Code, std::string_view) override { ADD_FAILURE() << "nobody said goodbye"; }

  void consume_all() {
    while (!held_.empty()) consume(held_.begin()->first);
  }

 private:
  Direction& incoming(StreamId id) { return client_ ? calls_[id].response : calls_[id].request; }
  int& ends(StreamId id) { return client_ ? calls_[id].client_ends : calls_[id].server_ends; }
  void check_speaks(StreamId id) {
    EXPECT_EQ(ends(id), 0) << "stream " << id << " goes on after its end";
    EXPECT_FALSE(client_ ? calls_[id].client_silent : calls_[id].server_silent) << "stream " << id << " was reset here";
  }
  void consume(StreamId id) {
    session->consumed(id, held_[id]);
    held_.erase(id);
  }

  std::map<StreamId, Call>& calls_;
  bool client_;
  std::mt19937& random_;
  std::map<StreamId, std::size_t> held_;
};

class Model {
 public:
  explicit Model(unsigned seed)
      : random_(seed),
        client_events_(calls_, true, random_),
        server_events_(calls_, false, random_),
        client_(Role::client, limits(), client_events_),
        server_(Role::server, limits(), server_events_) {
    client_events_.session = &client_;
    server_events_.session = &server_;
    settle();
  }

  void run(int steps) {
    for (int i = 0; i < steps; ++i) step();
    for (auto& [id, call] : calls_) finish(id, call);
    for (int round = 0; round < 10'000 && client_.streams() + server_.streams() > 0; ++round) settle();
    settle();
    check();
  }

 private:
  Http2Limits limits() {
    Http2Limits limits;
    limits.stream_window_bytes = 1'000 + random_() % 50'000;
    limits.connection_window_bytes = 65'535 + random_() % 100'000;
    limits.streams_max = 20;
    return limits;
  }
  std::string text() {
    std::size_t size = random_() % 4 == 0 ? random_() % 60'000 : random_() % 100;
    return std::string(size, static_cast<char>('a' + random_() % 26));
  }

  void step() {
    if (random_() % 4 == 0) carry(client_, server_);
    if (random_() % 4 == 0) carry(server_, client_);
    if (random_() % 8 == 0) client_events_.consume_all();
    if (random_() % 8 == 0) server_events_.consume_all();
    if (random_() % 5 == 0) {
      if (StreamId id = client_.open(request_headers, false, nullptr)) calls_[id];
    }
    if (calls_.empty()) return;
    auto chosen = std::prev(calls_.end(), 1 + static_cast<int>(random_() % std::min<std::size_t>(calls_.size(), 10)));
    use(chosen->first, chosen->second);
  }

  void use(StreamId id, Call& call) {
    if (call.reset) return;
    switch (random_() % 16) {
      case 0:
        call.reset = call.client_silent = call.client_ends == 0;
        return client_.reset(id, Http2Code::cancel);
      case 1:
        if (!call.responded) return;
        call.reset = call.server_silent = call.server_ends == 0;
        return server_.reset(id, Http2Code::cancel);
      case 2: case 3: case 4: case 5: case 6:
        return send_request(id, call, random_() % 4 == 0);
      default:
        return send_response(id, call, random_() % 6 == 0);
    }
  }
  void send_request(StreamId id, Call& call, bool end) {
    if (call.request.ended || call.client_ends > 0) return;
    std::string bytes = text();
    call.request.sent += bytes;
    call.request.ended = end;
    client_.send(id, std::move(bytes), end);
  }
  /// A server answers when the request has ended, so that no early answer cuts it short.
  void send_response(StreamId id, Call& call, bool end) {
    if (call.response.ended || !call.request.got_end) return;
    if (!call.responded) server_.respond(id, response_headers);
    call.responded = true;
    std::string bytes = text();
    call.response.sent += bytes;
    call.response.ended = end;
    server_.send(id, std::move(bytes), false);
    if (end) server_.trailers(id, ok_trailers);
  }
  void finish(StreamId id, Call& call) {
    if (call.reset) return;
    send_request(id, call, true);
    for (int round = 0; round < 10'000 && !call.request.got_end; ++round) settle();
    send_response(id, call, true);
  }

  void carry(Http2Session& from, Http2Session& to) {
    std::string bytes;
    from.gather(bytes, 1 + random_() % 100'000);
    for (std::size_t at = 0; at < bytes.size();) {
      std::size_t size = std::min<std::size_t>(1 + random_() % 20'000, bytes.size() - at);
      auto received = to.receive(bytes_of(std::string_view(bytes).substr(at, size)));
      ASSERT_TRUE(received.ok()) << received.error().message();
      at += size;
    }
  }
  void settle() {
    carry(client_, server_);
    carry(server_, client_);
    client_events_.consume_all();
    server_events_.consume_all();
  }

  void check() {
    EXPECT_GT(calls_.size(), 20u) << "too little happened";
    EXPECT_EQ(client_.streams(), 0u);
    EXPECT_EQ(server_.streams(), 0u);
    for (auto& [id, call] : calls_) {
      SCOPED_TRACE("stream " + std::to_string(id));
      for (Direction* direction : {&call.request, &call.response}) {
        EXPECT_EQ(direction->sent.substr(0, direction->got.size()), direction->got);
        if (!call.reset) {
          EXPECT_EQ(direction->got.size(), direction->sent.size());
          EXPECT_TRUE(direction->got_end);
        }
      }
      if (!call.reset) {
        EXPECT_EQ(call.client_ends, 1);
        EXPECT_EQ(call.server_ends, 1);
      }
    }
  }

  std::mt19937 random_;
  std::map<StreamId, Call> calls_;
  Recorder client_events_;
  Recorder server_events_;
  Http2Session client_;
  Http2Session server_;
};

TEST(Http2Model, TwoSessionsDoWhatWasAskedOfThem) {
  for (unsigned seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Model(seed).run(400);
    if (testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace holon::wire
