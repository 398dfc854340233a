// The stream of a connection that a proxy made for somebody else, and says so by a PROXY header (proxy_protocol.h).
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "env/reactor.h"

namespace holon::server {

/// The stream behind the header that `below` must begin with: whose peer is then the origin. Until the header is complete
/// nothing can be read; a wrong one breaks the stream.
/// @param refused  told why, once
std::unique_ptr<env::Stream> behind_proxy(std::unique_ptr<env::Stream> below,
                                          std::function<void(std::string_view why)> refused);

}  // namespace holon::server
