#include "tests/hostile/attacker.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace holon::hostile {
namespace {

constexpr int receive_buffer_bytes = 16 << 10;
constexpr std::size_t heard_bytes_max = 1 << 20;
constexpr milliseconds patience{1'000};

using Clock = std::chrono::steady_clock;

}  // namespace

Attacker::Attacker(int port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes, sizeof receive_buffer_bytes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    ::close(socket_);
    throw std::runtime_error("the host does not accept connections");
  }
}

Attacker::~Attacker() {
  if (socket_ >= 0) ::close(socket_);
}

Attacker::Attacker(Attacker&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)), ended_(other.ended_), heard_(std::move(other.heard_)) {}

bool Attacker::greet(std::string_view settings) {
  return send(wire::raw::client_preface + std::string(settings) + wire::raw::settings_ack());
}

bool Attacker::send(std::string_view bytes) {
  while (!bytes.empty() && !ended_) {
    switch (wait(true, true, patience)) {
      case Ready::nothing: return false;
      case Ready::readable: read(); break;
      case Ready::writable: {
        ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN) ended_ = true;
        if (sent > 0) bytes.remove_prefix(static_cast<std::size_t>(sent));
      }
    }
  }
  return !ended_;
}

void Attacker::flood(std::string_view bytes) {
  while (!bytes.empty() && !ended_ && wait(true, false, patience) == Ready::writable) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

bool Attacker::cut_off(milliseconds within) {
  for (auto until = Clock::now() + within; !ended_ && Clock::now() < until;) {
    if (wait(false, true, std::chrono::duration_cast<milliseconds>(until - Clock::now())) == Ready::readable) read();
  }
  return ended_;
}

bool Attacker::hears(std::string_view text, milliseconds within) {
  for (auto until = Clock::now() + within; heard_.find(text) == std::string::npos;) {
    if (ended_ || Clock::now() >= until) return false;
    if (wait(false, true, std::chrono::duration_cast<milliseconds>(until - Clock::now())) == Ready::readable) read();
  }
  return true;
}

void Attacker::end_writing() { ::shutdown(socket_, SHUT_WR); }

Attacker::Ready Attacker::wait(bool to_write, bool to_read, milliseconds within) {
  pollfd watched{socket_, static_cast<short>((to_write ? POLLOUT : 0) | (to_read ? POLLIN : 0)), 0};
  auto timeout = static_cast<int>(std::max<milliseconds::rep>(within.count(), 0));  // less than 0 would be without end
  if (::poll(&watched, 1, timeout) <= 0) return Ready::nothing;
  if ((watched.revents & POLLIN) != 0) return Ready::readable;
  if ((watched.revents & POLLOUT) != 0) return Ready::writable;
  ended_ = true;
  return Ready::nothing;
}

bool Attacker::read() {
  char buffer[16 << 10];
  ssize_t got = ::recv(socket_, buffer, sizeof buffer, MSG_DONTWAIT);
  if (got == 0 || (got < 0 && errno != EAGAIN)) ended_ = true;
  if (got > 0) heard_.append(buffer, static_cast<std::size_t>(got));
  if (heard_.size() > heard_bytes_max) heard_.erase(0, heard_.size() - heard_bytes_max / 2);
  return !ended_;
}

}  // namespace holon::hostile
