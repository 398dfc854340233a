// HttpUrl: where an HTTP server answers, and what is asked of it.
//
//   HttpUrl url = TRY(HttpUrl::parse("https://id.example/keys?format=jwk"));
//   url.origin.authority();   // "id.example", for Host
//   url.target;               // "/keys?format=jwk"
#pragma once

#include <string>
#include <string_view>

#include "holon/result.h"

namespace holon::client {

struct HttpOrigin {
  enum class Scheme { http, https, unix_socket };

  Scheme scheme = Scheme::http;
  std::string host;  ///< a name, an IP address without brackets, or the path of a socket
  int port = 0;

  /// What goes into Host: without the port if that is the scheme's own; "localhost" for a socket.
  std::string authority() const;
  /// "https://id.example", "http://[::1]:8080", "http+unix:/run/x.sock"
  std::string to_string() const;
  auto operator<=>(const HttpOrigin&) const = default;
};

struct HttpUrl {
  HttpOrigin origin;
  std::string target = "/";  ///< path and query, as they were written

  /// "http://HOST[:PORT][/PATH][?QUERY]", the same with https, or "http+unix:/SOCKET[:/PATH]". INVALID_ARGUMENT with the
  /// remedy for anything else, user names and fragments among it.
  static Result<HttpUrl> parse(std::string_view text);
};

}  // namespace holon::client
