// Connection: one HTTP/1.1 client, from accept to close. Requests are answered in order, each on a fiber of its own;
// what is to be written goes out once per turn of the loop.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "env/reactor.h"
#include "fiber/call.h"
#include "fiber/loop.h"
#include "gateway/gateway.h"
#include "wire/http1.h"

namespace holon::gateway {

/// How much, and how long, a gateway grants. Counts are per loop.
struct Limits {
  wire::Http1Limits http;
  std::size_t connections_max = 10'000;
  std::size_t requests_max = 1000;                                  ///< calls under way; more get 503 with Retry-After
  std::size_t body_bytes_max = 64 << 20;                            ///< of all bodies being received or answered
  std::chrono::nanoseconds head_time = std::chrono::seconds(10);    ///< from a request's first byte to its head's end
  std::chrono::nanoseconds body_time = std::chrono::seconds(30);    ///< from there to the end of its body
  std::chrono::nanoseconds idle_time = std::chrono::seconds(75);    ///< between requests
  std::chrono::nanoseconds write_time = std::chrono::seconds(30);   ///< without a byte taken of an answer
  std::chrono::nanoseconds linger_time = std::chrono::seconds(2);   ///< for the client to close, once we have
};

class Connection;

/// What the connections of one loop share.
class Shared {
 public:
  virtual ~Shared() = default;
  virtual const Gateway& gateway() const = 0;
  virtual const Limits& limits() const = 0;
  virtual fiber::Loop& loop() const = 0;
  /// Takes a place among the calls under way, or bytes for bodies; false if there are none left.
  virtual bool take_call() = 0;
  virtual void return_call() = 0;
  virtual bool take_bytes(std::size_t bytes) = 0;
  virtual void return_bytes(std::size_t bytes) = 0;
  /// Destroys the connection, which says so as its last word.
  virtual void closed(Connection& connection) = 0;
};

class Connection final : private env::Watcher, private wire::Http1Events, private fiber::TurnEnd {
 public:
  Connection(Shared& shared, std::unique_ptr<env::Stream> stream);
  ~Connection() override;

  /// Answers what is under way, then closes.
  void drain();
  /// Cancels what a drain waits for: the client is told so. Closes if there is nothing.
  void cut_off();

 private:
  /// What is waited for, and so what time limit runs.
  enum class Phase { head, body, call, write, idle, linger };

  void ready(bool readable, bool writable) override;
  void turn_ended() override;
  void request_head(const wire::Http1Request& request) override;
  void request_body(wire::Bytes bytes) override;
  void request_end() override;
  bool refused(const wire::HttpRule& rule) override;

  void read();
  void write();
  void run_call();
  void answer(const Response& response, const Call* call);
  void answer_now(const Response& response);
  void log(const Response& response, const Call* call) const;
  void forget_request();
  bool wants_read() const;
  std::size_t unsent() const;
  bool over() const;
  bool lingers();
  Phase phase() const;
  void watch_time(bool progress);
  void time_is_up();
  void broke();

  Shared& shared_;
  std::unique_ptr<env::Stream> stream_;
  wire::Http1Connection http_;
  fiber::Timer timer_;
  fiber::Timer again_;         ///< to read on in the next turn
  Phase timed_;
  std::optional<Request> request_;   ///< the one that is received or answered
  std::string method_, path_, id_;  ///< of the request under way, for the log
  env::Time started_{};
  internal::RootCall* call_ = nullptr;
  std::string out_;            ///< gathered, not written yet from out_start_ on
  std::size_t out_start_ = 0;
  bool readable_ = false;
  bool blocked_ = false;       ///< the stream takes no more just now
  bool calling_ = false;       ///< a fiber works on the request
  bool began_ = false;         ///< a first request has come
  bool complete_ = true;       ///< all of the last request was read, if there was one
  bool peer_ended_ = false;
  bool lingering_ = false;
  bool broken_ = false;
};

}  // namespace holon::gateway
