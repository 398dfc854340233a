// Where a request goes and who asks, of any bytes: the two readings of paths, and what proxies say of clients.
//
// The first byte chooses: a path, X-Forwarded-For, or Forwarded.
#include "gateway/route_table.h"
#include "gateway/visitor.h"
#include "tests/fuzz/fuzz.h"

namespace holon::gateway {
namespace {

bool has_dots(std::string_view path) {
  while (!path.empty()) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    if (path.substr(0, slash) == "." || path.substr(0, slash) == "..") return true;
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  return false;
}

void path(std::string_view text) {
  const Result<RequestPath> read = read_path(text);
  if (!read.ok()) return;
  fuzz_require(read->strict.starts_with('/') && read->strict.size() <= text.size(), "a reading is a path, and no longer");
  fuzz_require(!has_dots(read->strict) && !has_dots(read->lenient), "no reading leads upwards");
  fuzz_require(read->lenient.find("//") == std::string::npos && read->lenient.find('\\') == std::string::npos,
               "the lenient reading has single slashes");
  const Result<RequestPath> again = read_path(read->strict);
  fuzz_require(again.ok() && again->strict == read->strict && again->lenient == read->lenient, "the strict reading is stable");

  static const std::vector<RouteConfig> routes = {{.name = "guarded", .path = "/admin/**", .target = ToContracts()},
                                                  {.name = "rest", .path = "/**", .target = ToContracts()}};
  const auto found = RouteTable(routes).find({"", *read, "GET", {}});
  if (!found.ok()) return;
  fuzz_require((**found == 0) == path_fits("/admin/**", read->lenient), "who passes the guard is beyond it in every reading");
}

void forwarded(std::string_view name, std::string_view text) {
  server::HttpRequest request;
  request.method = "GET";
  request.target = "/";
  request.authority = "shop.example";
  request.peer = "10.0.0.1:80";
  request.headers = {{std::string(name), std::string(text)}};
  Networks trusted;
  fuzz_require(trusted.add("10.0.0.0/8").ok(), "the network is one");
  std::uint64_t random[] = {1, 2};
  const Result<Visitor> visitor = identify(request, trusted, random);
  if (!visitor.ok()) return;
  fuzz_require(address_of(visitor->address) == visitor->address && !visitor->address.empty(), "a visitor has an address");
  fuzz_require(visitor->scheme == "http" || visitor->scheme == "https", "and a scheme");
  fuzz_require(visitor->host.find_first_of(" \r\n/\"") == std::string::npos, "and a host that is one");
}

}  // namespace
}  // namespace holon::gateway

std::vector<std::string> holon::fuzz_seeds() {
  return {"0/v1/books/a%20b",
          "0//admin/%2e%2e/x;v=1\\y",
          "0/%61dmin/x",
          "1203.0.113.9, 10.0.0.2",
          "1[2001:db8::1]:80, unknown",
          "2for=1.1.1.1, For=\"[2001:db8:cafe::17]:4711\";Proto=HTTPS;host=\"shop.example:444\", for=10.9.9.9",
          "2for=\"_hid\\\"den\";by=x"};
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 3) {
    case 0: holon::gateway::path(text); break;
    case 1: holon::gateway::forwarded("x-forwarded-for", text); break;
    default: holon::gateway::forwarded("forwarded", text); break;
  }
  return 0;
}
