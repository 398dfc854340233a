// Guard: who may ask the dashboard for what. A browser on this machine runs pages of strangers too; none of them may read what
// a node knows, by whichever way they try to speak to it:
//
// | way                                                      | what stops it                                               |
// |----------------------------------------------------------|-------------------------------------------------------------|
// | a name of theirs that resolves to 127.0.0.1 (rebinding)  | `Host` must name this machine                               |
// | a request from their page                                | `Origin`, `Sec-Fetch-Site`; the key, which they do not have |
// | our page in a frame of theirs                            | `frame-ancestors 'none'` (page.cc)                          |
// | another server of this machine, on another port          | the key is in no cookie: those are sent to every port       |
#pragma once

#include <optional>
#include <string>

#include "node/dashboard/key.h"
#include "server/http_exchange.h"

namespace holon::node {

/// Why a request is turned away.
struct Refused {
  int status;
  std::string_view rule;  ///< it is counted under this name
  Error error;
};

/// Nothing if the request is for this machine: its `Host` is localhost or a loopback address, whatever the port (of a tunnel).
std::optional<Refused> refuse_host(const server::HttpRequest& request);
/// Nothing if no page but our own asks: neither `Origin` nor `Sec-Fetch-Site` says otherwise.
std::optional<Refused> refuse_page(const server::HttpRequest& request);
/// Nothing if `Authorization: Bearer KEY` has the key.
std::optional<Refused> refuse_key(const server::HttpRequest& request, const DashboardKey& key);

}  // namespace holon::node
