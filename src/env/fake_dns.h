// FakeDns: a DNS server of the tests' own, on 127.0.0.1 and a thread: it says what it is told (RFC 1035, by UDP).
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace holon::env {

class FakeDns {
 public:
  FakeDns() : socket_(::socket(AF_INET, SOCK_DGRAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(socket_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~FakeDns() {
    stopping_ = true;
    thread_.join();
    ::close(socket_);
  }

  /// "127.0.0.1:PORT"
  std::string server() const { return "127.0.0.1:" + std::to_string(port_); }

  /// From here on these are all addresses of `name`, of IPv4 and of IPv6.
  void set_host(const std::string& name, const std::vector<std::string>& addresses, std::uint32_t ttl = 300) {
    Records four, six;
    for (const std::string& address : addresses) {
      std::array<unsigned char, 16> bytes{};
      const bool by_six = address.find(':') != std::string::npos;
      EXPECT_EQ(::inet_pton(by_six ? AF_INET6 : AF_INET, address.c_str(), bytes.data()), 1) << address;
      (by_six ? six : four).push_back({ttl, std::string(bytes.begin(), bytes.begin() + (by_six ? 16 : 4))});
    }
    const std::lock_guard lock(mutex_);
    zone_[name] = {{a, four}, {aaaa, six}};
  }
  struct Service {
    int priority;
    int port;
    std::string host;
  };
  void set_service(const std::string& name, const std::vector<Service>& services, std::uint32_t ttl = 300) {
    Records records;
    for (const Service& each : services) {
      records.push_back({ttl, number(each.priority, 2) + number(0, 2) + number(each.port, 2) + labels(each.host)});
    }
    const std::lock_guard lock(mutex_);
    zone_[name] = {{srv, records}};
  }
  void remove(const std::string& name) {
    const std::lock_guard lock(mutex_);
    zone_.erase(name);
  }
  /// From here on it says nothing.
  void fall_silent() { silent_ = true; }
  int asked() const { return asked_; }

 private:
  struct Record {
    std::uint32_t ttl;
    std::string data;
  };
  using Records = std::vector<Record>;
  static constexpr int a = 1, aaaa = 28, srv = 33;

  static std::string number(std::uint32_t value, int bytes) {
    std::string text;
    for (int i = bytes - 1; i >= 0; --i) text += static_cast<char>(value >> (8 * i));
    return text;
  }
  static std::string labels(const std::string& name) {
    std::string text;
    for (std::size_t from = 0; from < name.size();) {
      const std::size_t dot = std::min(name.find('.', from), name.size());
      text += static_cast<char>(dot - from) + name.substr(from, dot - from);
      from = dot + 1;
    }
    return text + '\0';
  }

  void serve() {
    while (!stopping_) {
      pollfd ready{socket_, POLLIN, 0};
      if (::poll(&ready, 1, 20) <= 0) continue;
      std::array<char, 512> bytes{};
      sockaddr_in from{};
      socklen_t size = sizeof from;
      const ssize_t got = ::recvfrom(socket_, bytes.data(), bytes.size(), 0, reinterpret_cast<sockaddr*>(&from), &size);
      if (got < 12) continue;
      ++asked_;
      if (silent_) continue;
      const std::string answer = answer_to(std::string(bytes.data(), static_cast<std::size_t>(got)));
      (void)::sendto(socket_, answer.data(), answer.size(), 0, reinterpret_cast<sockaddr*>(&from), size);
    }
  }

  std::string answer_to(const std::string& query) {
    std::string name;
    std::size_t at = 12;
    while (at < query.size() && query[at] != 0) {
      if (!name.empty()) name += '.';
      name += query.substr(at + 1, static_cast<unsigned char>(query[at]));
      at += static_cast<unsigned char>(query[at]) + 1;
    }
    const std::string question = query.substr(12, at + 5 - 12);
    const int type = static_cast<unsigned char>(query.at(at + 1)) << 8 | static_cast<unsigned char>(query.at(at + 2));
    const std::lock_guard lock(mutex_);
    const auto known = zone_.find(name);
    const Records records = known != zone_.end() ? known->second[type] : Records();
    constexpr int answers = 0x8180, no_such_name = 3;
    std::string out = query.substr(0, 2) + number(answers | (known == zone_.end() ? no_such_name : 0), 2) + number(1, 2) +
                      number(static_cast<std::uint32_t>(records.size()), 2) + number(0, 4) + question;
    for (const Record& record : records) {
      out += number(0xc00c, 2) + number(static_cast<std::uint32_t>(type), 2) + number(1, 2) + number(record.ttl, 4) +
             number(static_cast<std::uint32_t>(record.data.size()), 2) + record.data;
    }
    return out;
  }

  int socket_;
  int port_ = 0;
  std::atomic<bool> stopping_{false}, silent_{false};
  std::atomic<int> asked_{0};
  std::mutex mutex_;
  std::map<std::string, std::map<int, Records>> zone_;
  std::thread thread_;
};

}  // namespace holon::env
