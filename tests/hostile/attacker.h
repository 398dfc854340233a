// Attacker: a raw TCP connection that keeps no rules.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "wire/http2_raw.h"

namespace holon::hostile {

using std::chrono::milliseconds;

class Attacker {
 public:
  /// Connects to 127.0.0.1. Its own receive buffer is small, so that what it does not read waits with its peer.
  explicit Attacker(int port);
  ~Attacker();
  Attacker(Attacker&& other) noexcept;
  Attacker(const Attacker&) = delete;
  Attacker& operator=(const Attacker&) = delete;

  /// Sends all of it, reading and forgetting what comes meanwhile; false once the peer has closed, or takes nothing for a
  /// second.
  bool send(std::string_view bytes);
  /// Sends as much of it as the peer takes within a second, and reads nothing.
  void flood(std::string_view bytes);
  /// The HTTP/2 preface and settings, acknowledging the peer's.
  bool greet(std::string_view settings = wire::raw::settings());
  /// Waits until the peer has closed. False if it has not within that time.
  bool cut_off(milliseconds within);
  /// Reads until what came contains `text`, or the time is over. False then.
  bool hears(std::string_view text, milliseconds within);
  /// All that came and was kept by `hears` and `cut_off`.
  const std::string& heard() const { return heard_; }
  void end_writing();

 private:
  enum class Ready { nothing, readable, writable };

  Ready wait(bool to_write, bool to_read, milliseconds within);
  /// False at the end.
  bool read();

  int socket_ = -1;
  bool ended_ = false;
  std::string heard_;
};

}  // namespace holon::hostile
