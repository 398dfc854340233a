#include "gateway/keys.h"

#include <utility>

namespace holon::gateway {
namespace {

using config::Key;
using Rows = std::vector<Key>;

Rows door() {
  return {
      {.path = "gateway", .forms = Key::map, .meaning = "the door for the outside; without it there is none",
       .example = "{listen: \"127.0.0.1:8080\"}"},
      {.path = "gateway/listen", .forms = Key::text | Key::map | Key::or_list, .meaning = "where it listens",
       .example = "\"127.0.0.1:8080\"", .required = true},
      {.path = "gateway/listen/address", .meaning = "an IP address and a port, or a Unix socket",
       .example = "\"unix:/run/shop.sock\"", .required = true},
      {.path = "gateway/listen/tls", .forms = Key::map | Key::or_list,
       .meaning = "its certificates; of several the first whose names fit is shown",
       .example = "{certificate: cert.pem, key: key.pem}"},
      {.path = "gateway/listen/tls/certificate", .meaning = "a PEM file", .example = "cert.pem", .required = true},
      {.path = "gateway/listen/tls/key", .meaning = "the PEM file of its private key", .example = "key.pem",
       .required = true},
      {.path = "gateway/listen/client_ca", .meaning = "a PEM file: clients must show a certificate of these authorities",
       .example = "clients.pem"},
      {.path = "gateway/listen/proxy_protocol", .forms = Key::boolean,
       .meaning = "each connection begins with a PROXY header", .otherwise = "false", .example = "true"},
      {.path = "gateway/trusted_proxies", .forms = Key::text | Key::or_list,
       .meaning = "addresses and networks whose `Forwarded` and `X-Forwarded-*` are believed",
       .example = "[10.0.0.0/8, unix]"},
      {.path = "gateway/access_log", .forms = Key::words | Key::map, .meaning = "its format; a map says the file, too",
       .otherwise = "json", .example = "{format: combined, file: access.log}", .choices = {"off", "json", "combined"}},
      {.path = "gateway/access_log/format", .forms = Key::words, .meaning = "its format", .otherwise = "json",
       .example = "combined", .choices = {"off", "json", "combined"}},
      {.path = "gateway/access_log/file", .meaning = "a file; without it, the gateway's log", .example = "access.log"},
      {.path = "gateway/compression", .forms = Key::boolean | Key::map,
       .meaning = "whether answers are compressed, and which", .otherwise = "true", .example = "{least: 4KiB}"},
      {.path = "gateway/compression/enabled", .forms = Key::boolean, .meaning = "whether at all", .otherwise = "true",
       .example = "false"},
      {.path = "gateway/compression/least", .forms = Key::size, .meaning = "smaller answers are sent as they are",
       .otherwise = "1KiB", .example = "4KiB"},
      {.path = "gateway/compression/types", .forms = Key::text | Key::or_list,
       .meaning = "types of content; without it text, JSON, XML, JavaScript, SVG and WebAssembly", .example = "[text/css]"},
  };
}

Rows limits() {
  const auto size = [](const char* name, const char* meaning, const char* otherwise) {
    return Key{.path = std::string("gateway/limits/") + name, .forms = Key::size, .meaning = meaning, .otherwise = otherwise,
               .example = "1MiB"};
  };
  const auto count = [](const char* name, const char* meaning, const char* otherwise) {
    return Key{.path = std::string("gateway/limits/") + name, .forms = Key::number, .meaning = meaning, .otherwise = otherwise,
               .example = "500", .least = 1};
  };
  const auto time = [](const char* name, const char* meaning, const char* otherwise) {
    return Key{.path = std::string("gateway/limits/") + name, .forms = Key::duration, .meaning = meaning,
               .otherwise = otherwise, .example = "20s"};
  };
  return {
      {.path = "gateway/limits", .forms = Key::map, .meaning = "what it grants its clients", .otherwise = "{}",
       .example = "{body: 1MiB, request_time: 10s}"},
      size("body", "of a request", "4MiB"),
      size("buffered", "of all bodies held in memory, per loop", "64MiB"),
      size("head", "the lines of a request's head together", "32KiB"),
      size("target", "a path with its query", "8KiB"),
      count("headers", "lines of a head", "100"),
      count("connections", "per loop", "10000"),
      count("connections_per_peer", "of one address", "1000"),
      count("requests", "under way, per loop", "1000"),
      time("head_time", "for a head", "10s"),
      time("body_time", "without a byte of a body", "30s"),
      time("idle_time", "of a connection without a request", "75s"),
      time("write_time", "without progress of an answer", "30s"),
      time("request_time", "of a request whose route says nothing", "30s"),
      time("stream_time", "of streams, WebSockets and downloads", "1h"),
  };
}

Rows entry() {
  return {
      {.path = "gateway/authentication", .forms = Key::named,
       .meaning = "whose word is taken for who somebody is, each with a name",
       .example = "{staff: {issuer: \"https://id.example\", audience: shop, keys: keys.json}}"},
      {.path = "gateway/authentication/*", .forms = Key::map, .meaning = "tokens of an issuer, or API keys"},
      {.path = "gateway/authentication/*/issuer", .meaning = "who makes the tokens: their `iss`",
       .example = "\"https://id.example\"", .beside = {"keys"}},
      {.path = "gateway/authentication/*/audience", .forms = Key::text | Key::or_list,
       .meaning = "whom they are for: one of these is their `aud`", .example = "shop", .beside = {"keys"}},
      {.path = "gateway/authentication/*/keys", .meaning = "JWKS or PEM, in a file or behind a URL", .example = "keys.json",
       .beside = {"keys"}},
      {.path = "gateway/authentication/*/skew", .forms = Key::duration, .meaning = "by how much clocks may differ",
       .otherwise = "1min", .example = "10s", .beside = {"keys"}},
      {.path = "gateway/authentication/*/keys_refresh", .forms = Key::duration,
       .meaning = "how often keys behind a URL are fetched again", .otherwise = "10min", .example = "1h", .beside = {"keys"}},
      {.path = "gateway/authentication/*/cookie", .meaning = "a cookie that may have the token instead of the header",
       .example = "session", .beside = {"keys"}},
      {.path = "gateway/authentication/*/api_keys", .meaning = "a file of keys, as `holon gateway key` makes them",
       .example = "partners.keys", .beside = {"api_keys"}},
      {.path = "gateway/authentication/*/header",
       .meaning = "which header has the token or the key; without it `authorization`, and `x-api-key` for keys",
       .example = "x-token"},
      {.path = "gateway/access", .forms = Key::words | Key::map,
       .meaning = "who may enter, where routes do not say otherwise", .otherwise = "public", .example = "{any_of: [staff]}",
       .choices = {"public"}},
      {.path = "gateway/access/any_of", .forms = Key::text | Key::or_list,
       .meaning = "names of authentications: one must accept", .example = "[staff]", .required = true},
      {.path = "gateway/access/claims", .forms = Key::named, .meaning = "what claims must be: one of these",
       .example = "{scope: [write]}"},
      {.path = "gateway/access/claims/*", .forms = Key::text | Key::or_list, .meaning = "one of these values"},
      {.path = "gateway/access/optional", .forms = Key::boolean, .meaning = "who shows nothing comes in, too",
       .otherwise = "false", .example = "true"},
  };
}

Rows routes() {
  return {
      {.path = "gateway/routes", .forms = Key::map | Key::list,
       .meaning = "rules: of those that fit a request the first one holds; without any, all goes to the contracts",
       .example = "[{path: /assets/**, to: {files: public}}, {to: contracts}]"},
      {.path = "gateway/routes/name", .meaning = "for log, metrics and messages; without it, its path", .example = "assets"},
      {.path = "gateway/routes/path", .meaning = "exactly this, or all below `/a/**`", .otherwise = "/**",
       .example = "/assets/**"},
      {.path = "gateway/routes/hosts", .forms = Key::text | Key::or_list, .meaning = "for these hosts; without it, for all",
       .example = "[shop.example, \"*.shop.example\"]"},
      {.path = "gateway/routes/methods", .forms = Key::text | Key::or_list,
       .meaning = "for these methods; without it, for all", .example = "[GET, POST]"},
      {.path = "gateway/routes/headers", .forms = Key::named, .meaning = "for requests with these headers; `*` is any value",
       .example = "{x-beta: \"1\"}"},
      {.path = "gateway/routes/headers/*", .meaning = "its value, or `*`"},
      {.path = "gateway/routes/to", .forms = Key::words | Key::map, .meaning = "where it leads", .example = "contracts",
       .required = true, .choices = {"contracts", "openapi", "explorer"}},
      {.path = "gateway/routes/access", .forms = Key::words | Key::map,
       .meaning = "who may enter; without it, as the gateway says", .example = "public", .choices = {"public"},
       .like = "gateway/access"},
      {.path = "gateway/routes/rate", .forms = Key::map | Key::or_list, .meaning = "how often each client may come",
       .example = "{requests: 100, per: 1min}"},
      {.path = "gateway/routes/rate/requests", .forms = Key::number, .meaning = "how many", .example = "100",
       .required = true, .least = 1},
      {.path = "gateway/routes/rate/per", .forms = Key::duration, .meaning = "in which time", .otherwise = "1min",
       .example = "1s"},
      {.path = "gateway/routes/rate/burst", .forms = Key::number,
       .meaning = "how many at once; without it, as many as `requests`", .example = "10", .least = 1},
      {.path = "gateway/routes/rate/by",
       .meaning = "whom they are counted for: `address`, `route`, `header:NAME` or `claim:NAME`", .otherwise = "address",
       .example = "\"claim:sub\""},
      {.path = "gateway/routes/concurrency", .forms = Key::number, .meaning = "requests under way; without it, any number",
       .example = "100", .least = 1},
      {.path = "gateway/routes/body", .forms = Key::size, .meaning = "of a request; without it, as `limits` say",
       .example = "64KiB"},
      {.path = "gateway/routes/timeout", .forms = Key::duration, .meaning = "of a request; without it, as `limits` say",
       .example = "5s"},
      {.path = "gateway/routes/cors", .forms = Key::map, .meaning = "which web pages may ask",
       .example = "{origins: [\"https://shop.example\"]}"},
      {.path = "gateway/routes/cors/origins", .forms = Key::text | Key::or_list,
       .meaning = "pages of these origins; `*` for all", .example = "[\"https://shop.example\"]", .required = true},
      {.path = "gateway/routes/cors/methods", .forms = Key::text | Key::or_list,
       .meaning = "with these methods; without it, those that the path has", .example = "[GET, PUT]"},
      {.path = "gateway/routes/cors/headers", .forms = Key::text | Key::or_list, .meaning = "with these headers; `*` for all",
       .example = "[authorization]"},
      {.path = "gateway/routes/cors/expose", .forms = Key::text | Key::or_list,
       .meaning = "answer's headers that scripts may read", .example = "[etag]"},
      {.path = "gateway/routes/cors/credentials", .forms = Key::boolean, .meaning = "with cookies", .otherwise = "false",
       .example = "true"},
      {.path = "gateway/routes/cors/max_age", .forms = Key::duration, .meaning = "how long a browser need not ask again",
       .otherwise = "1h", .example = "10min"},
      {.path = "gateway/routes/add_headers", .forms = Key::named, .meaning = "headers for each answer",
       .example = "{x-frame-options: DENY}"},
      {.path = "gateway/routes/add_headers/*", .meaning = "its value"},
  };
}

Rows targets() {
  return {
      {.path = "gateway/routes/to/contracts", .forms = Key::text | Key::or_list, .meaning = "to these services, by full name",
       .example = "[shop.Cart]", .beside = {"contracts"}},
      {.path = "gateway/routes/to/service",
       .meaning = "to all replicas of a service of this application that has `protocol: http`", .example = "pages",
       .beside = {"service"}},
      {.path = "gateway/routes/to/http", .forms = Key::text | Key::or_list,
       .meaning = "to a plain HTTP server; to several that stand for each other", .example = "\"http://127.0.0.1:9000\"", .beside = {"http"}},
      {.path = "gateway/routes/to/files", .meaning = "to the files of a folder", .example = "public", .beside = {"files"}},
      {.path = "gateway/routes/to/redirect", .meaning = "elsewhere; `{host}`, `{path}` and `{query}` are the request's",
       .example = "\"https://{host}{path}{query}\"", .beside = {"redirect"}},
      {.path = "gateway/routes/to/answer", .meaning = "to this text", .example = "\"gone fishing\"", .beside = {"answer"}},
      {.path = "gateway/routes/to/weighted", .forms = Key::map | Key::list, .meaning = "to one of these, by weight",
       .example = "[{weight: 9, http: \"http://a\"}, {weight: 1, http: \"http://b\"}]", .beside = {"weighted"},
       .like = "gateway/routes/to"},
      {.path = "gateway/routes/to/weighted/weight", .forms = Key::number, .meaning = "its share", .example = "9",
       .required = true, .least = 1, .most = 1'000'000},
      {.path = "gateway/routes/to/strip_prefix",
       .meaning = "what is taken from the begin of the path; files: without it, the path before `/**`", .example = "/assets",
       .beside = {"http", "service", "files"}},
      {.path = "gateway/routes/to/keep_host", .forms = Key::boolean, .meaning = "send the client's `Host`, not the server's",
       .otherwise = "false", .example = "true", .beside = {"http", "service"}},
      {.path = "gateway/routes/to/connect_time", .forms = Key::duration, .meaning = "until it is connected",
       .otherwise = "3s", .example = "500ms", .beside = {"http", "service"}},
      {.path = "gateway/routes/to/connections", .forms = Key::number, .meaning = "to one server, per loop",
       .otherwise = "256", .example = "32", .beside = {"http", "service"}, .least = 1},
      {.path = "gateway/routes/to/index", .meaning = "a folder's file", .otherwise = "index.html", .example = "home.html",
       .beside = {"files"}},
      {.path = "gateway/routes/to/fallback", .meaning = "the file for paths that are none: of single-page applications",
       .example = "index.html", .beside = {"files"}},
      {.path = "gateway/routes/to/cache_control", .meaning = "the header of each file", .example = "\"max-age=3600\"",
       .beside = {"files"}},
      {.path = "gateway/routes/to/status", .forms = Key::number, .meaning = "without it 200, and 308 for `redirect`",
       .example = "301", .beside = {"redirect", "answer"}, .least = 200, .most = 599},
      {.path = "gateway/routes/to/content_type", .meaning = "of the answer", .otherwise = "text/plain; charset=utf-8",
       .example = "application/json", .beside = {"answer"}},
  };
}

}  // namespace

const config::Keys& keys() {
  static const config::Keys all = [] {
    Rows rows;
    for (Rows& some : std::vector<Rows>{door(), limits(), entry(), routes(), targets()}) {
      for (Key& key : some) rows.push_back(std::move(key));
    }
    return config::Keys(std::move(rows));
  }();
  return all;
}

}  // namespace holon::gateway
