#include "env/os/dns.h"

#include <ares.h>
#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <climits>
#include <memory>
#include <span>
#include <vector>

namespace holon::env {
namespace {

constexpr int timeout_ms = 1000;  // of the first attempt; c-ares doubles it
constexpr int tries = 2;
constexpr std::size_t targets_max = 64;  // of one SRV name, whose addresses are asked for

using AnswerBytes = std::span<const unsigned char>;

Error no_records(const std::string& name, int status) {
  if (status == ARES_ENOTFOUND || status == ARES_ENODATA) return not_found("DNS knows no " + name);
  return unavailable("cannot ask DNS for " + name + ": " + ares_strerror(status));
}

/// Questions to one set of servers, and the waiting for their answers.
class Questions {
 public:
  Questions() {
    static const int ready = ares_library_init(ARES_LIB_INIT_ALL);
    ares_options options{};
    options.timeout = timeout_ms;
    options.tries = tries;
    status_ = ready != ARES_SUCCESS ? ready : ares_init_options(&channel_, &options, ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES);
  }
  ~Questions() {
    if (channel_ != nullptr) ares_destroy(channel_);
  }
  Questions(const Questions&) = delete;
  Questions& operator=(const Questions&) = delete;

  Result<void> go_to(const std::string& server) {
    if (status_ == ARES_SUCCESS && !server.empty()) status_ = ares_set_servers_ports_csv(channel_, server.c_str());
    if (status_ == ARES_SUCCESS) return {};
    return invalid_argument("cannot ask the DNS server \"" + server + "\": " + ares_strerror(status_));
  }

  ares_channel channel() { return channel_; }

  /// Until all is answered, or nobody answered in time.
  void wait() {
    for (;;) {
      std::array<ares_socket_t, ARES_GETSOCK_MAXNUM> sockets{};
      const int wanted = ares_getsock(channel_, sockets.data(), sockets.size());
      if (wanted == 0) return;
      std::vector<pollfd> polled;
      for (int i = 0; i < ARES_GETSOCK_MAXNUM; ++i) {
        const int events = (ARES_GETSOCK_READABLE(wanted, i) ? POLLIN : 0) | (ARES_GETSOCK_WRITABLE(wanted, i) ? POLLOUT : 0);
        if (events != 0) polled.push_back({sockets[i], static_cast<short>(events), 0});
      }
      timeval left{};
      const timeval* until = ares_timeout(channel_, nullptr, &left);
      const int ms = until != nullptr ? static_cast<int>(until->tv_sec * 1000 + until->tv_usec / 1000 + 1) : timeout_ms;
      if (::poll(polled.data(), polled.size(), ms) <= 0) ares_process_fd(channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
      for (const pollfd& each : polled) {
        const bool readable = (each.revents & ~POLLOUT) != 0, writable = (each.revents & POLLOUT) != 0;
        if (readable || writable) ares_process_fd(channel_, readable ? each.fd : ARES_SOCKET_BAD, writable ? each.fd : ARES_SOCKET_BAD);
      }
    }
  }

 private:
  ares_channel channel_ = nullptr;
  int status_ = ARES_SUCCESS;
};

std::string text_of(const ares_addrinfo_node& node) {
  char text[INET6_ADDRSTRLEN] = "";
  if (node.ai_family == AF_INET) {
    ::inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in*>(node.ai_addr)->sin_addr, text, sizeof text);
  } else if (node.ai_family == AF_INET6) {
    ::inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6*>(node.ai_addr)->sin6_addr, text, sizeof text);
  }
  return text;
}

/// What came for a host.
struct Addresses {
  int status = ARES_ETIMEOUT;
  std::vector<std::string> found;
  int ttl = INT_MAX;

  static void take(void* self, int status, int, ares_addrinfo* result) {
    Addresses& into = *static_cast<Addresses*>(self);
    into.status = status;
    if (result == nullptr) return;
    for (const ares_addrinfo_node* node = result->nodes; node != nullptr; node = node->ai_next) {
      std::string text = text_of(*node);
      into.ttl = std::min(into.ttl, node->ai_ttl);
      if (!text.empty() && std::ranges::find(into.found, text) == into.found.end()) into.found.push_back(std::move(text));
    }
    ares_freeaddrinfo(result);
  }

  void ask(ares_channel channel, const std::string& host) {
    ares_addrinfo_hints hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    ares_getaddrinfo(channel, host.c_str(), nullptr, &hints, take, this);
  }
};

/// The least time to live of an answer's records: c-ares tells it of addresses alone (RFC 1035, 4.1).
int least_ttl(AnswerBytes answer) {
  constexpr std::size_t header_bytes = 12, question_bytes = 4, record_bytes = 10;
  const auto number = [&](std::size_t at, int bytes) {
    std::size_t value = 0;
    for (int i = 0; i < bytes; ++i) value = value << 8 | answer[at + i];
    return value;
  };
  std::size_t at = header_bytes;
  const auto skip_name = [&] {
    char* name = nullptr;
    long encoded = 0;
    const bool read = at < answer.size() && ares_expand_name(answer.data() + at, answer.data(), static_cast<int>(answer.size()), &name,
                                                             &encoded) == ARES_SUCCESS;
    if (!read) return false;
    ares_free_string(name);
    at += static_cast<std::size_t>(encoded);
    return true;
  };
  if (answer.size() < header_bytes) return 0;
  for (std::size_t i = number(4, 2); i > 0; --i) {
    if (!skip_name()) return 0;
    at += question_bytes;
  }
  std::size_t least = INT_MAX;
  for (std::size_t i = number(6, 2); i > 0; --i) {
    if (!skip_name() || at + record_bytes > answer.size()) return 0;
    least = std::min(least, number(at + 4, 4));
    at += record_bytes + number(at + 8, 2);
  }
  return static_cast<int>(least);
}

/// What came for a service.
struct Services {
  struct Target {
    std::string host;
    int port;
  };
  int status = ARES_ETIMEOUT;
  std::vector<Target> found;  ///< of the best priority
  int ttl = INT_MAX;

  static void take(void* self, int status, int, unsigned char* bytes, int size) {
    Services& into = *static_cast<Services*>(self);
    into.status = status;
    ares_srv_reply* replies = nullptr;
    if (status == ARES_SUCCESS) into.status = ares_parse_srv_reply(bytes, size, &replies);
    if (into.status != ARES_SUCCESS) return;
    into.ttl = least_ttl(AnswerBytes(bytes, static_cast<std::size_t>(size)));
    unsigned best = UINT_MAX;
    for (const ares_srv_reply* each = replies; each != nullptr; each = each->next) best = std::min<unsigned>(best, each->priority);
    for (const ares_srv_reply* each = replies; each != nullptr; each = each->next) {
      if (each->priority == best && into.found.size() < targets_max) into.found.push_back({each->host, each->port});
    }
    ares_free_data(replies);
  }
};

Result<NameRecords> host_records(Questions& questions, const std::string& name) {
  Addresses addresses;
  addresses.ask(questions.channel(), name);
  questions.wait();
  if (addresses.status != ARES_SUCCESS || addresses.found.empty()) return no_records(name, addresses.status);
  NameRecords records{.good_for = std::chrono::seconds(addresses.ttl)};
  for (std::string& address : addresses.found) records.found.push_back({std::move(address), 0});
  return records;
}

/// A target whose address nobody knows is left out while there are others.
Result<NameRecords> service_records(Questions& questions, const std::string& name) {
  Services services;
  ares_query(questions.channel(), name.c_str(), ns_c_in, ns_t_srv, Services::take, &services);
  questions.wait();
  if (services.status != ARES_SUCCESS) return no_records(name, services.status);
  std::vector<Addresses> targets(services.found.size());
  for (std::size_t i = 0; i < targets.size(); ++i) targets[i].ask(questions.channel(), services.found[i].host);
  questions.wait();
  NameRecords records{.good_for = std::chrono::seconds(services.ttl)};
  for (std::size_t i = 0; i < targets.size(); ++i) {
    if (targets[i].status != ARES_SUCCESS) continue;
    records.good_for = std::min(records.good_for, std::chrono::seconds(targets[i].ttl));
    for (std::string& address : targets[i].found) records.found.push_back({std::move(address), services.found[i].port});
  }
  if (records.found.empty()) return no_records(name, targets.empty() ? ARES_ENODATA : targets.front().status);
  return records;
}

}  // namespace

Result<NameRecords> ask_dns(const std::string& name, const std::string& server) {
  Questions questions;
  HOLON_TRY(questions.go_to(server));
  return name.starts_with('_') ? service_records(questions, name) : host_records(questions, name);
}

}  // namespace holon::env
