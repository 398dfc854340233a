// What clients say of files: paths, conditions, ranges, codings, dates. An input is the path on its first line, then lines
// "name=value" of headers.
#include <algorithm>

#include "gateway/content/accept_encoding.h"
#include "gateway/content/conditions.h"
#include "gateway/content/fields.h"
#include "gateway/content/file_path.h"
#include "gateway/content/ranges.h"
#include "tests/fuzz/fuzz.h"

namespace holon::gateway {
namespace {

constexpr wire::UnixSeconds now = 1'800'000'000;
constexpr wire::UnixSeconds changed = 784'111'777;

std::string_view next_line(std::string_view& text) {
  const std::string_view line = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(line.size() + 1, text.size()));
  return line;
}

server::HttpRequest request_of(std::string_view& text) {
  server::HttpRequest request;
  request.method = "GET";
  request.target = next_line(text);
  while (!text.empty()) {
    const std::string_view line = next_line(text);
    const std::size_t equals = std::min(line.find('='), line.size());
    request.headers.emplace_back(line.substr(0, equals), line.substr(std::min(equals + 1, line.size())));
  }
  return request;
}

void try_path(std::string_view path) {
  const Result<FilePath> found = file_path(path, "");
  if (!found.ok()) return;
  const std::string below = "/" + found->below;
  fuzz_require(below.find("/.") == below.npos, "no name begins with a dot");
  fuzz_require(below.find("//") == below.npos, "a path is relative, and has no empty names");
  fuzz_require(below.find('\\') == below.npos && below.find('\0') == below.npos, "what no name may have is in none");
  const std::string local = local_path(path);
  fuzz_require(local[0] == '/' && (local.size() == 1 || (local[1] != '/' && local[1] != '\\')), "a local path names no server");
}

void try_ranges(std::string_view field, std::uint64_t size) {
  const std::optional<std::vector<ByteRange>> ranges = parse_ranges(field, size);
  if (!ranges) return;
  fuzz_require(ranges->size() <= ranges_max, "ranges are bounded");
  std::vector<ByteRange> sorted = *ranges;
  std::ranges::sort(sorted, {}, &ByteRange::begin);
  std::uint64_t end = 0;
  for (const ByteRange& range : sorted) {
    fuzz_require(range.begin >= end && range.begin < range.end && range.end <= size, "each byte is in one range at most");
    end = range.end;
  }
}

void try_date(std::string_view text) {
  const std::optional<wire::UnixSeconds> time = wire::parse_http_date(text, now);
  if (time) fuzz_require(wire::parse_http_date(wire::http_date(*time), now) == time, "a date that was read is written as the same");
}

void try_conditions(const server::HttpRequest& request) {
  const Validators current{"\"v1\"", changed};
  const bool any = list_field(request, "if-match") || list_field(request, "if-none-match") ||
                   list_field(request, "if-modified-since") || list_field(request, "if-unmodified-since");
  const Condition condition = evaluate(request, current, now);
  fuzz_require(any || condition == Condition::met, "without conditions they are met");
  const std::string known = known_etag(request, current.etag);
  fuzz_require(known == current.etag || known == "W/" + current.etag, "a tag that is given back means the version");
  if (list_field(request, "if-range") == std::nullopt) fuzz_require(range_permitted(request, current, now), "ranges are free");
  const std::vector<Coding> codings = accepted_codings(request);
  fuzz_require(codings.size() <= 2 && std::ranges::count(codings, Coding::identity) == 0, "codings are those there are");
}

}  // namespace
}  // namespace holon::gateway

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace holon::gateway;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  const holon::server::HttpRequest request = request_of(text);
  try_path(request.target);
  for (const auto& [name, value] : request.headers) {
    if (name == "range") {
      for (const std::uint64_t bytes : {0, 1, 100, 10'000}) try_ranges(value, bytes);
    }
    try_date(value);
  }
  try_conditions(request);
  return 0;
}

std::vector<std::string> holon::fuzz_seeds() {
  return {
      "/a%20b/c.txt\nrange=bytes=0-9,-5,50-\nif-range=\"v1\"",
      "/%2e%2e/x\nif-none-match=W/\"v1\", \"v2\"\nif-modified-since=Sun, 06 Nov 1994 08:49:37 GMT",
      "/\nif-match=*\nif-unmodified-since=Sunday, 06-Nov-94 08:49:37 GMT\naccept-encoding=br;q=0.5, gzip, *;q=0",
      "/x/\nif-range=Sun Nov  6 08:49:37 1994\nrange=bytes=0-\naccept-encoding=identity;q=0",
  };
}
