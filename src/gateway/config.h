// What `gateway:` in holon.yaml says, read and checked: docs/gateway.md has the words. Values only; see read_config.h.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace holon::gateway {

using std::chrono::nanoseconds;

// ---- who may enter ------------------------------------------------------------------------------------------------------

/// Whose tokens are believed. `keys` has JWK sets or PEM public keys, in a file or behind a URL.
struct JwtConfig {
  std::string name;                    ///< by which rules call it: "staff"
  std::string issuer;                  ///< `iss` must be exactly this
  std::vector<std::string> audiences;  ///< `aud` must have one of them
  std::string keys;                    ///< a path, or "https://…/jwks.json"
  nanoseconds skew{std::chrono::seconds(60)};
  nanoseconds keys_refresh{std::chrono::minutes(10)};
  std::string header = "authorization";  ///< "Bearer " before the token
  std::string cookie;                    ///< a cookie that may have it instead, or empty

  bool operator==(const JwtConfig&) const = default;
};

/// A file of lines `ID SHA256-OF-KEY [NAME=VALUE …]`; `holon gateway key ID` makes one.
struct ApiKeyConfig {
  std::string name;
  std::string file;
  std::string header = "x-api-key";
};

/// What a claim must be: equal to one of `any_of`, or, of a list or a space-separated text, have one of them.
struct ClaimRule {
  std::string claim;  ///< "scope", "realm.roles"
  std::vector<std::string> any_of;
};

/// Who may use a route: nobody has to prove anything, or one of the named authentications must accept, and its claims fit.
struct AccessConfig {
  std::vector<std::string> any_of;  ///< names of JwtConfig and ApiKeyConfig; none: everybody
  std::vector<ClaimRule> claims;    ///< all must hold
  bool optional = false;            ///< a request without credentials comes in too; with bad ones it does not
};

/// At most `requests` per `window` for each client.
struct RateConfig {
  std::uint64_t requests = 0;
  nanoseconds window{std::chrono::minutes(1)};
  std::uint64_t burst = 0;     ///< at once; 0: as many as `requests`
  std::string by = "address";  ///< whom they are counted for: "address", "route", "header:x-tenant", "claim:sub"
};

struct CorsConfig {
  std::vector<std::string> origins;  ///< "https://shop.example", "https://*.shop.example", "*"
  std::vector<std::string> methods;  ///< none: those the path has
  std::vector<std::string> headers;  ///< that a page may send; "*" is all
  std::vector<std::string> expose;
  bool credentials = false;
  nanoseconds max_age{std::chrono::hours(1)};
};

// ---- where requests go --------------------------------------------------------------------------------------------------

/// The services' own routes, from their contracts; and gRPC and gRPC-Web by the methods' paths.
struct ToContracts {
  std::vector<std::string> services;  ///< full names; none: all
};

/// Plain HTTP servers that stand for each other: those of `urls`, or the ready replicas of `service`.
struct ToHttp {
  std::vector<std::string> urls;  ///< "http://127.0.0.1:9000/base", "http+unix:/run/x.sock"
  std::string service;            ///< its name in holon.yaml; empty: `urls` hold
  std::string caller = {};        ///< the service in whose name that one is asked, if it is one
  std::string strip_prefix;       ///< of the path, before it is sent
  bool keep_host = false;         ///< send the client's Host instead of the server's
  nanoseconds connect_time{std::chrono::seconds(3)};
  std::size_t connections_max = 256;  ///< per loop and server

  bool operator==(const ToHttp&) const = default;
};

struct ToFiles {
  std::string folder;
  std::string strip_prefix;
  std::string index = "index.html";
  std::string fallback;       ///< the file for paths that are none (single-page applications), or empty
  std::string cache_control;  ///< sent with each file, if given
};

struct ToRedirect {
  std::string to;    ///< "https://{host}{path}{query}", with these placeholders
  int status = 308;  ///< 301, 302, 303, 307, 308
};

/// An answer that needs nobody.
struct ToAnswer {
  int status = 200;
  std::string body;
  std::string content_type = "text/plain; charset=utf-8";
};

struct OpenApi {};   ///< the OpenAPI document of all routes of contracts
struct Explorer {};  ///< the page to try them; it needs an OpenApi route

struct Weighted;
using Target = std::variant<ToContracts, ToHttp, ToFiles, ToRedirect, ToAnswer, OpenApi, Explorer, std::vector<Weighted>>;
struct Weighted {
  unsigned weight;
  Target target;
};

struct HeaderMatch {
  std::string name;
  std::optional<std::string> value;  ///< absent: whatever it is
};

/// A rule. Of those that fit a request the first one holds.
struct RouteConfig {
  std::string name;                  ///< for log, metrics and messages; its path if none is given
  // -- which requests
  std::vector<std::string> hosts;    ///< "shop.example", "*.shop.example"; none: all
  std::string path = "/**";          ///< exactly "/a/b", or all below: "/a/**"
  std::vector<std::string> methods;  ///< none: all
  std::vector<HeaderMatch> headers;  ///< all must fit
  // -- where to
  Target target;
  // -- on which terms
  std::optional<AccessConfig> access;  ///< absent: the gateway's
  std::vector<RateConfig> rates;
  std::size_t concurrency = 0;         ///< requests under way; 0: no bound of its own
  std::optional<std::uint64_t> body_bytes_max;
  std::optional<nanoseconds> timeout;
  std::optional<CorsConfig> cors;
  std::vector<std::pair<std::string, std::string>> add_headers;  ///< to each answer
};

// ---- the door -----------------------------------------------------------------------------------------------------------

struct CertificateConfig {
  std::string certificate;  ///< PEM file; its names choose among several (SNI)
  std::string key;

  bool operator==(const CertificateConfig&) const = default;
};

struct ListenConfig {
  std::string address;  ///< "127.0.0.1:8080", "[::]:443", "unix:/run/shop.sock"
  std::vector<CertificateConfig> certificates;  ///< none: plain
  std::string client_ca;                        ///< clients must show a certificate of these authorities
  bool proxy_protocol = false;                  ///< each connection begins with a PROXY header, v1 or v2
};

struct AccessLogConfig {
  enum class Format { off, json, combined };
  Format format = Format::json;
  std::string file;  ///< empty: the host's log
};

struct LimitsConfig {
  std::uint64_t body_bytes_max = 4 << 20;
  std::uint64_t buffered_bytes_max = 64 << 20;  ///< of all bodies held in memory, per loop
  std::size_t head_bytes_max = 32 << 10;
  std::size_t headers_max = 100;
  std::size_t target_bytes_max = 8 << 10;
  std::size_t connections_max = 10'000;          ///< per loop
  std::size_t connections_per_peer_max = 1'000;
  std::size_t requests_max = 1'000;              ///< under way, per loop
  nanoseconds head_time{std::chrono::seconds(10)};
  nanoseconds body_time{std::chrono::seconds(30)};   ///< without a byte of it
  nanoseconds idle_time{std::chrono::seconds(75)};
  nanoseconds write_time{std::chrono::seconds(30)};
  nanoseconds request_time{std::chrono::seconds(30)};  ///< the longest a request may take whose route says nothing
  nanoseconds stream_time{std::chrono::hours(1)};      ///< the same for streams, WebSockets and downloads
};

struct CompressionConfig {
  bool enabled = true;
  std::size_t bytes_min = 1024;
  std::vector<std::string> types;  ///< of content; none: text, JSON, XML, JavaScript, SVG, WebAssembly
};

struct Config {
  std::vector<ListenConfig> listen;
  std::vector<std::string> trusted_proxies;  ///< addresses and networks whose X-Forwarded-* and Forwarded are believed
  AccessLogConfig access_log;
  LimitsConfig limits;
  CompressionConfig compression;
  std::vector<JwtConfig> jwt;
  std::vector<ApiKeyConfig> api_keys;
  AccessConfig access;  ///< of routes that do not say otherwise
  std::vector<RouteConfig> routes;  ///< none: one, `/**` to the contracts
};

}  // namespace holon::gateway
