#include "client/dns.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "fiber/blocking.h"
#include "holon/log.h"

namespace holon::client {
namespace {

using std::chrono::seconds;

// Between two questions, whatever the records say, and however many endpoints cannot be reached.
constexpr seconds again_min{1};
constexpr seconds again_max{300};

constexpr std::string_view scheme = "dns:";

Error no_name(std::string_view text) {
  return invalid_argument("\"" + std::string(text) + "\" is no name of DNS; write dns:///NAME:PORT, or dns:///_SERVICE._tcp.NAME where "
                          "records say the port, and dns://IP:PORT/… for a certain server");
}

bool is_name(std::string_view text) {
  constexpr std::size_t bytes_max = 253;  // RFC 1035, 2.3.4
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.'; };
  return !text.empty() && text.size() <= bytes_max && !text.starts_with('.') && std::ranges::all_of(text, fits);
}

}  // namespace

Result<DnsName> DnsName::parse(std::string_view text) {
  std::string_view rest = text.substr(scheme.size());
  DnsName name;
  if (rest.starts_with("//")) {
    const std::size_t slash = rest.find('/', 2);
    if (slash == std::string_view::npos) return no_name(text);
    name.server = rest.substr(2, slash - 2);
    rest.remove_prefix(slash + 1);
  }
  const std::size_t colon = std::min(rest.rfind(':'), rest.size());
  name.name = rest.substr(0, colon);
  const bool has_port = colon < rest.size();
  if (!is_name(name.name) || has_port == name.name.starts_with('_')) return no_name(text);
  if (!has_port) return name;
  const std::string_view port = rest.substr(colon + 1);
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), name.port);
  if (error != std::errc() || end != port.data() + port.size() || name.port < 1 || name.port > 65'535) return no_name(text);
  return name;
}

namespace {

/// Whose certificate is expected: the name itself, or what the service of an SRV name belongs to (RFC 4985, 2).
std::string certified_name(std::string name) {
  while (name.starts_with('_')) name.erase(0, std::min(name.find('.'), name.size() - 1) + 1);
  if (name.ends_with('.')) name.pop_back();
  return name;
}

}  // namespace

DnsSource::DnsSource(fiber::Loop& loop, DnsName name, std::shared_ptr<crypto::ClientTls> tls, std::string server_name, Pools& pools)
    : loop_(loop),
      name_(std::move(name)),
      tls_(std::move(tls)),
      server_name_(server_name.empty() ? certified_name(name_.name) : std::move(server_name)),
      pools_(pools),
      mailbox_(std::make_shared<Mailbox<DnsSource>>(loop, *this)) {
  Endpoints unknown;
  unknown.may_grow = true;
  pools_.update(std::move(unknown));
  pools_.on_absence([mailbox = mailbox_] { mailbox->post([](DnsSource& self) { self.look_again(); }); });
  look();
}

DnsSource::~DnsSource() { mailbox_->close(); }

void DnsSource::look_again() {
  if (loop_.now() >= asked_ + again_min) return look();
  stale_.start(asked_ + again_min);
}

void DnsSource::look() {
  if (asking_) return;
  env::Names& names = loop_.environment().names();
  asked_ = loop_.now();
  asking_ = fiber::run_on_thread([&names, name = name_, mailbox = mailbox_] {
    mailbox->post([records = names.records(name.name, name.server)](DnsSource& self) { self.answered(records); });
  });
  if (!asking_) stale_.start(asked_ + again_min);
}

void DnsSource::answered(const Result<env::NameRecords>& records) {
  asking_ = false;
  if (records.ok()) {
    known_ = true;
    stale_.start(asked_ + std::clamp(records->good_for, again_min, again_max));
    return pools_.update(endpoints_of(*records));
  }
  stale_.start(asked_ + again_min);
  if (known_) return;
  Endpoints unknown;
  unknown.may_grow = true;
  unknown.why_none = records.error().message();
  pools_.update(std::move(unknown));
}

Endpoints DnsSource::endpoints_of(const env::NameRecords& records) const {
  Endpoints endpoints;
  endpoints.may_grow = true;
  for (const env::NameRecords::Where& where : records.found) {
    const int port = where.port != 0 ? where.port : name_.port;
    Endpoint endpoint(env::Address{.kind = env::Address::Kind::ip, .host = where.address, .port = port});
    endpoint.tls = tls_;
    if (tls_ != nullptr) endpoint.server_name = server_name_;
    endpoints.everything.push_back(std::move(endpoint));
  }
  return endpoints;
}

}  // namespace holon::client
