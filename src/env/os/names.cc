#include "env/names.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>

#include "env/os/dns.h"
#include "env/os/os.h"

namespace holon::env {
namespace {

std::string text_of(const sockaddr& address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address.sa_family == AF_INET) {
    inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(address).sin_addr, text, sizeof text);
  } else if (address.sa_family == AF_INET6) {
    inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6&>(address).sin6_addr, text, sizeof text);
  }
  return text;
}

Error no_addresses(const std::string& host, int why) {
  if (why == EAI_NONAME || why == EAI_NODATA) return not_found("there is no host " + host);
  return unavailable("cannot look up the host " + host + ": " + gai_strerror(why));
}

class OsNames final : public Names {
 public:
  Result<NameRecords> records(const std::string& name, const std::string& server) override { return ask_dns(name, server); }

  Result<std::vector<std::string>> addresses(const std::string& host) override {
    addrinfo wanted{};
    wanted.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (const int why = ::getaddrinfo(host.c_str(), nullptr, &wanted, &found); why != 0) return no_addresses(host, why);
    std::vector<std::string> out;
    for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
      std::string text = text_of(*each->ai_addr);
      if (!text.empty() && std::find(out.begin(), out.end(), text) == out.end()) out.push_back(std::move(text));
    }
    ::freeaddrinfo(found);
    if (out.empty()) return no_addresses(host, EAI_NONAME);
    return out;
  }
};

}  // namespace

std::unique_ptr<Names> make_names() { return std::make_unique<OsNames>(); }

}  // namespace holon::env
