// What a request says of its way to a method, of any kind: paths, queries, media types, and the templates of routes.
#include <algorithm>

#include "config/utf8.h"
#include "contract/http_rule.h"
#include "gateway/transcode/media_type.h"
#include "gateway/transcode/router.h"
#include "gateway/transcode/url.h"
#include "tests/fuzz/fuzz.h"

namespace holon::gateway {
namespace {

constexpr const char* templates[] = {"/",           "/v1/{id}",         "/v1/{id}:cancel",  "/v1/{a.b}/n/{n}",
                                     "/v1/x",       "/v2/{id=a/*/b/*}", "/v2/{id=**}",      "/v5/**",
                                     "/v3/*/x/{id}", "/v3/%20/{id=**}",  "/v3/{id=**}:verb", "/v4:verb"};

const Router& router() {
  static const Router filled = [] {
    Router router;
    for (const char* text : templates) {
      auto path = std::get<contract::PathTemplate>(contract::PathTemplate::parse(text));
      fuzz_require(router.add({{"GET", std::move(path), "", "", {}}, nullptr}).ok(), "templates are different");
    }
    return router;
  }();
  return filled;
}

std::string encoded(std::string_view text) {
  std::string out;
  for (unsigned char c : text) out += {'%', "0123456789ABCDEF"[c >> 4], "0123456789abcdef"[c & 15]};
  return out;
}

void decode(std::string_view text) {
  const auto decoded = percent_decode(text);
  if (!decoded) return;
  fuzz_require(config::valid_utf8(*decoded) && decoded->size() <= text.size(), "what is decoded is UTF-8, and no longer");
  fuzz_require(percent_decode(encoded(*decoded)) == decoded, "encoding is reversible");
  const auto kept = percent_decode(text, '/');
  fuzz_require(kept && std::count(kept->begin(), kept->end(), '/') == std::count(text.begin(), text.end(), '/'),
               "an escaped slash is none");
}

void query(std::string_view text) {
  const Result<Query> parsed = parse_query(text);
  if (!parsed.ok()) return;
  fuzz_require(parsed->size() <= static_cast<std::size_t>(std::count(text.begin(), text.end(), '&')) + 1, "a pair has its place");
  std::string again;
  for (const auto& [name, value] : *parsed) {
    fuzz_require(config::valid_utf8(name) && config::valid_utf8(value), "names and values are UTF-8");
    again += encoded(name) + "=" + encoded(value) + "&";
  }
  // A pair of nothing, "=", is one that stays.
  fuzz_require(parse_query(again).value() == *parsed, "a query is reversible");
}

void find(std::string_view path) {
  for (std::string_view method : {"GET", "HEAD", "POST"}) {
    const auto found = router().find(method, path);
    if (const auto* miss = std::get_if<Router::Miss>(&found)) {
      fuzz_require(miss->status == 400 || miss->status == 404 || miss->status == 405, "a miss has its status");
      fuzz_require((miss->status == 405) == !miss->allow.empty(), "405 says what is allowed");
      continue;
    }
    const auto& match = std::get<Router::Match>(found);
    fuzz_require(method != "POST" && path.starts_with('/'), "only what is there is found");
    fuzz_require(match.values.size() == match.entry->route.path.variables().size(), "each variable has its value");
    for (const std::string& value : match.values) fuzz_require(config::valid_utf8(value), "a value is UTF-8");
  }
}

void media_type(std::string_view text) {
  if (const auto media = parse_media_type(text)) {
    fuzz_require(std::count(media->type.begin(), media->type.end(), '/') == 1, "a type has two halves");
    fuzz_require(std::none_of(media->type.begin(), media->type.end(), [](char c) { return c >= 'A' && c <= 'Z'; }), "in lower case");
  }
  const int weight = wanted(text, "application/json");
  fuzz_require(weight >= 0 && weight <= 1000, "a weight is in thousandths");
}

void path_template(std::string_view text) {
  const auto parsed = contract::PathTemplate::parse(text);
  if (const auto* error = std::get_if<contract::TemplateError>(&parsed)) {
    fuzz_require(error->column >= 1 && error->column <= text.size() + 1 && !error->what.empty(), "a mistake has its place");
    return;
  }
  const auto& path = std::get<contract::PathTemplate>(parsed);
  const auto again = contract::PathTemplate::parse(path.shape());
  fuzz_require(std::holds_alternative<contract::PathTemplate>(again), "a shape is a template");
  fuzz_require(std::get<contract::PathTemplate>(again).shape() == path.shape(), "of the same shape");
  for (const contract::PathVariable& variable : path.variables()) {
    fuzz_require(variable.first < variable.end && variable.end <= path.segments().size(), "a variable has segments");
  }
}

}  // namespace
}  // namespace holon::gateway

std::vector<std::string> holon::fuzz_seeds() {
  std::vector<std::string> seeds = {
      "0/v1/a%20b%2Fc",         "0%C3%A9%E2%98%83",          "1n=5&tags=a&tags=b+c&inner.name=%C3%A9&=&x",
      "2/v1/7:cancel",          "2/v2/a/x%2Fy/b/z",          "2/v2/a//b/",
      "2/v3/%20/a%2fb/:verb",   "3application/json; charset=\"utf-8\"",
      "3text/html, application/*;q=0.5, */*;q=0",
  };
  for (const char* text : gateway::templates) seeds.push_back("4" + std::string(text));
  return seeds;
}

/// The first byte says what the rest is.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace holon::gateway;
  if (size == 0) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 5) {
    case '0' % 5: decode(input); break;
    case '1' % 5: query(input); break;
    case '2' % 5: find(input); break;
    case '3' % 5: media_type(input); break;
    case '4' % 5: path_template(input); break;
  }
  return 0;
}
