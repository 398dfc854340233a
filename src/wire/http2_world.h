// Two sessions joined by pipes that hold bytes back and cut them anywhere, used at random, and audited: what the frames on
// the wire say is held against the windows, what the sessions tell against what was asked of them. For tests.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "wire/http2_pair.h"
#include "wire/http2_raw.h"

namespace holon::wire {

/// What one side asked to be sent on a stream, and what the other got.
struct Direction {
  std::string sent;
  std::size_t got = 0;
  bool ended = false;  ///< asked
  bool got_end = false;
};

struct Talk {
  Direction request;
  Direction response;
  bool responded = false;
  bool reset = false;          ///< by either side: what was on its way may be lost, but nothing else may come
  bool silent[2] = {};         ///< that side reset it itself: no event may follow there
  int ends[2] = {};            ///< events that ended it, there
  std::size_t held[2] = {};    ///< received there, not consumed
};

/// What a receiver has allowed its peer to send, as the frames say that have arrived there (RFC 9113, 6.9).
class Credit {
 public:
  void heard(const raw::Frame& frame) {
    if (frame.type == raw::WINDOW_UPDATE && frame.stream == 0) connection_ += frame.word();
    if (frame.type == raw::WINDOW_UPDATE && frame.stream != 0) of(frame.stream) += frame.word();
    if (frame.type != raw::SETTINGS || (frame.flags & raw::ACK) != 0) return;
    for (std::size_t at = 0; at + 6 <= frame.payload.size(); at += 6) {
      if (frame.payload[at + 1] != raw::INITIAL_WINDOW_SIZE) continue;
      std::int64_t value = frame.word(at + 2);
      for (auto& [stream, window] : streams_) window += value - initial_;
      initial_ = value;
    }
  }
  /// False if more was said than allowed.
  bool said(const raw::Frame& frame) {
    if (frame.type == raw::HEADERS) of(frame.stream);
    if (frame.type != raw::DATA || frame.payload.empty()) return true;
    connection_ -= static_cast<std::int64_t>(frame.payload.size());
    of(frame.stream) -= static_cast<std::int64_t>(frame.payload.size());
    return connection_ >= 0 && of(frame.stream) >= 0 && frame.payload.size() <= 16'384;
  }
  std::int64_t connection() const { return connection_; }

 private:
  std::int64_t& of(std::uint32_t stream) { return streams_.try_emplace(stream, initial_).first->second; }

  std::int64_t connection_ = 65'535;
  std::int64_t initial_ = 65'535;
  std::map<std::uint32_t, std::int64_t> streams_;
};

class World {
 public:
  enum Side { client, server };

  World(const Http2Limits& client_limits, const Http2Limits& server_limits)
      : ends_{std::make_unique<End>(*this, client, client_limits), std::make_unique<End>(*this, server, server_limits)} {}

  Http2Session& session(Side side) { return ends_[side]->session; }
  /// What is allowed to `side` to send.
  const Credit& credit(Side side) const { return ends_[side]->credit; }
  /// Why the world is not as it should be; empty if it is.
  const std::string& wrong() const { return wrong_; }
  std::map<StreamId, Talk>& talks() { return talks_; }

  StreamId open(bool end) {
    StreamId id = session(client).open(request_headers, end, nullptr);
    if (id != 0) talks_[id].request.ended = end;
    return id;
  }
  void send(Side side, StreamId id, std::size_t size, bool end) {
    Talk& talk = talks_[id];
    Direction& direction = side == client ? talk.request : talk.response;
    if (talk.reset || direction.ended || talk.ends[side] > 0 || (side == server && !answer(id))) return;
    std::string bytes = text(id, direction.sent.size(), size);
    direction.sent += bytes;
    direction.ended = end;
    if (end && side == server && size % 2 == 0) {
      session(side).send(id, std::move(bytes), false);
      session(side).trailers(id, ok_trailers);
    } else {
      session(side).send(id, std::move(bytes), end);
    }
  }
  void reset(Side side, StreamId id) {
    Talk& talk = talks_[id];
    bool seen = side == client || talk.request.got_end || talk.responded || talk.held[server] > 0 || talk.request.got > 0;
    if (talk.reset || talk.ends[side] > 0 || !seen) return;
    talk.reset = talk.silent[side] = true;
    session(side).reset(id, Http2Code::cancel);
  }
  void consume(Side side, StreamId id, std::size_t bytes) {
    std::size_t& held = talks_[id].held[side];
    bytes = std::min(bytes, held);
    held -= bytes;
    session(side).consumed(id, bytes);
  }

  /// What a side has to say now goes into its pipe.
  void gather(Side side, std::size_t bytes_max) {
    End& end = *ends_[side];
    std::string out;
    end.session.gather(out, bytes_max);
    for (const raw::Frame& frame : raw::frames_of(out)) {
      if (!end.credit.said(frame)) fail("more was sent than allowed: " + describe(frame));
    }
    end.pipe += out;
  }
  /// Up to `bytes` of what `side` has said arrive at the other.
  void deliver(Side side, std::size_t bytes) {
    End& from = *ends_[side];
    End& to = *ends_[side == client ? server : client];
    bytes = std::min(bytes, from.pipe.size());
    if (bytes == 0) return;
    std::string arriving = from.pipe.substr(0, bytes);
    from.pipe.erase(0, bytes);
    Result<void> received = to.session.receive(bytes_of(arriving));
    if (!received.ok()) return fail("refused: " + received.error().message());
    to.heard += arriving;
    to.account();
  }
  /// Everything said, delivered and consumed, until nobody has anything to say.
  void settle() {
    for (int round = 0; round < 100'000 && wrong_.empty(); ++round) {
      std::size_t moved = 0;
      for (Side side : {client, server}) {
        gather(side, 1 << 20);
        moved += ends_[side]->pipe.size();
        deliver(side, ends_[side]->pipe.size());
      }
      for (auto& [id, talk] : talks_) {
        for (Side side : {client, server}) {
          moved += talk.held[side];
          consume(side, id, talk.held[side]);
        }
      }
      if (moved == 0) return;
    }
    fail("nobody comes to an end");
  }
  /// Ends what is open, and checks that all arrived that had to.
  void finish() {
    settle();
    for (auto& [id, talk] : talks_) send(client, id, 0, true);
    settle();
    for (auto& [id, talk] : talks_) send(server, id, 0, true);
    settle();
    for (const auto& [id, talk] : talks_) check_end(id, talk);
    if (session(client).streams() + session(server).streams() != 0) fail("a stream is left");
  }

 private:
  struct End final : Http2Events {
    End(World& world, Side side, const Http2Limits& limits)
        : world(world), side(side), session(side == client ? Role::client : Role::server, limits, *this) {}

    void headers(StreamId id, void*, Headers, bool end) override {
      world.arrives(side, id, {}, end);
    }
    void data(StreamId id, void*, Bytes bytes, bool end) override {
      world.arrives(side, id, {reinterpret_cast<const char*>(bytes.data()), bytes.size()}, end);
    }
    void reset(StreamId id, void*, Http2Code) override {
      if (!world.talks_[id].reset) world.fail("nobody reset stream " + std::to_string(id));
      world.ended(side, id);
    }
    void closed(StreamId id, void*) override { world.ended(side, id); }
    void drained(StreamId id, void*) override {
      if (session.unsent(id) > Http2Session::low_mark) world.fail("drained, but not yet");
    }
    void goaway(StreamId, Http2Code, std::string_view debug) override { world.fail("goodbye: " + std::string(debug)); }
    /// Takes note of each whole frame that has arrived.
    void account() {
      if (heard.starts_with(raw::client_preface)) heard.erase(0, raw::client_preface.size());
      if (raw::client_preface.starts_with(heard)) return;
      std::size_t whole = 0;
      for (const raw::Frame& frame : raw::frames_of(heard)) {
        credit.heard(frame);
        whole += 9 + frame.payload.size();
      }
      heard.erase(0, whole);
    }

    World& world;
    Side side;
    Http2Session session;
    Credit credit;      ///< of what we send, as the peer allows it
    std::string pipe;   ///< said, not delivered
    std::string heard;  ///< the beginning of a frame
  };

  /// Bytes that tell where they belong, so that what is lost, doubled or swapped shows.
  static std::string text(StreamId id, std::size_t from, std::size_t size) {
    std::string out(size, '\0');
    for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<char>((from + i) * 31 + static_cast<std::size_t>(id) * 7);
    return out;
  }
  /// A server answers when the request has ended, so that no early answer cuts it short.
  bool answer(StreamId id) {
    Talk& talk = talks_[id];
    if (!talk.request.got_end) return false;
    if (!talk.responded) session(server).respond(id, response_headers);
    talk.responded = true;
    return true;
  }
  void arrives(Side side, StreamId id, std::string_view bytes, bool end) {
    auto found = talks_.find(id);
    if (found == talks_.end()) return fail("a stream that nobody opened: " + std::to_string(id));
    Talk& talk = found->second;
    speaks(side, id, talk);
    Direction& direction = side == server ? talk.request : talk.response;
    if (direction.got_end) fail("more after the end of stream " + std::to_string(id));
    if (direction.sent.compare(direction.got, bytes.size(), bytes) != 0) fail("other bytes than were sent");
    direction.got += bytes.size();
    talk.held[side] += bytes.size();
    direction.got_end = end;
  }
  void ended(Side side, StreamId id) {
    Talk& talk = talks_[id];
    speaks(side, id, talk);
    ++talk.ends[side];
    talk.held[side] = 0;
  }
  void speaks(Side side, StreamId id, const Talk& talk) {
    if (talk.silent[side]) fail("stream " + std::to_string(id) + " was reset here, and speaks");
    if (talk.ends[side] > 0) fail("stream " + std::to_string(id) + " has ended, and speaks");
  }
  void check_end(StreamId id, const Talk& talk) {
    if (talk.reset) return;
    for (const Direction* direction : {&talk.request, &talk.response}) {
      if (direction->got != direction->sent.size() || !direction->got_end) {
        fail("stream " + std::to_string(id) + " lost bytes, or its end");
      }
    }
    if (talk.ends[client] != 1 || talk.ends[server] != 1) fail("stream " + std::to_string(id) + " ended not just once");
  }
  void fail(std::string why) {
    if (wrong_.empty()) wrong_ = std::move(why);
  }

  std::string wrong_;
  std::map<StreamId, Talk> talks_;
  std::unique_ptr<End> ends_[2];
};

}  // namespace holon::wire
