// DNS as a source of endpoints: all that a name stands for, kept as fresh as the records say.
//
//   DnsName name = TRY(DnsName::parse("dns:///shop.example:50051"));
//   DnsSource source(loop, name, {}, pools);                 // pools learn what there is, and whenever it changes
//
// Records are asked for again when their time to live is over, and when an endpoint cannot be reached: whoever is not there any more costs
// an attempt, not a call. While DNS fails, what it said last is still good.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "client/mailbox.h"
#include "client/pool.h"
#include "env/names.h"
#include "fiber/loop.h"

namespace holon::client {

/// "dns:///NAME:PORT", or "dns:///_SERVICE._PROTOCOL.NAME" (SRV: the records say the ports); "dns://IP:PORT/…" asks that server.
struct DnsName {
  std::string server;  ///< empty: the system's
  std::string name;
  int port = 0;  ///< 0: as the records say

  static bool names(std::string_view text) { return text.starts_with("dns:"); }
  /// INVALID_ARGUMENT with the remedy.
  static Result<DnsName> parse(std::string_view text);
};

class DnsSource {
 public:
  /// @param tls    by which all endpoints are reached; null: plain
  /// @param pools  outlive it, and it them to be told of endpoints that cannot be reached: it belongs to the thread of `loop`
  DnsSource(fiber::Loop& loop, DnsName name, std::shared_ptr<crypto::ClientTls> tls, std::string server_name, Pools& pools);
  ~DnsSource();
  DnsSource(const DnsSource&) = delete;
  DnsSource& operator=(const DnsSource&) = delete;

 private:
  void look();
  void look_again();
  void answered(const Result<env::NameRecords>& records);
  Endpoints endpoints_of(const env::NameRecords& records) const;

  fiber::Loop& loop_;
  const DnsName name_;
  const std::shared_ptr<crypto::ClientTls> tls_;
  const std::string server_name_;
  Pools& pools_;
  bool asking_ = false;
  bool known_ = false;
  env::Time asked_{};
  fiber::Timer stale_{[this] { look(); }};
  std::shared_ptr<Mailbox<DnsSource>> mailbox_;
};

}  // namespace holon::client
