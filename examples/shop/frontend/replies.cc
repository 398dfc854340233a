#include "frontend/replies.h"

#include <algorithm>

#include "frontend/pages.h"
#include "holon/log.h"

namespace shop {
namespace {

pages::Failure failure_of(const holon::Error& error) {
  switch (error.code()) {
    case holon::Code::not_found:
      return {404, "There is no such page", "It may have been sold, renamed, or never been here."};
    case holon::Code::invalid_argument:
    case holon::Code::out_of_range:
    case holon::Code::already_exists:
      return {400, "That did not work", error.message() + "."};
    case holon::Code::failed_precondition:
      return {409, "That is not possible just now", error.message() + "."};
    case holon::Code::unavailable:
    case holon::Code::resource_exhausted:
      return {503, "Part of the shop is resting", "Please try again in a moment."};
    case holon::Code::deadline_exceeded:
    case holon::Code::cancelled:
      return {504, "That took too long", "Please try again in a moment."};
    default:
      return {500, "Something broke", "It is our fault, not yours, and it has been written down."};
  }
}

google::api::HttpBody html_body(const Html& content) {
  google::api::HttpBody body;
  body.set_content_type("text/html; charset=utf-8");
  body.set_data(content.text());
  return body;
}

}  // namespace

PageReply page(holon::Call& call, const holon::Result<Html>& content) {
  call.response_metadata().set("cache-control", "private, no-cache");
  if (content.ok()) return html_body(*content);
  const pages::Failure failure = failure_of(content.error());
  if (failure.status >= 500) holon::log::error(call, "a page failed", {{"error", content.error().to_string()}});
  set_status(call, failure.status);
  return html_body(pages::failure(failure, call.trace().trace_id()));
}

PageReply see_other(holon::Call& call, const std::string& location) {
  set_status(call, 303);
  call.response_metadata().set("location", location);
  return google::api::HttpBody();
}

PageReply file(holon::Call& call, std::string_view content_type, std::string_view data, int seconds) {
  call.response_metadata().set("cache-control", "public, max-age=" + std::to_string(seconds));
  google::api::HttpBody body;
  body.set_content_type(std::string(content_type));
  body.set_data(std::string(data));
  return body;
}

void set_status(holon::Call& call, int status) {
  call.response_metadata().set("holon-http-status", std::to_string(status));
}

std::string local_path(std::string_view path) {
  // "//host" and "/\host" lead elsewhere, and nothing else than plain ASCII belongs into a header.
  const bool local = path.starts_with('/') && !path.starts_with("//") &&
                     std::ranges::all_of(path, [](char c) { return c > ' ' && c < 0x7F && c != '\\'; });
  return local ? std::string(path) : "/";
}

void log_missing(holon::Call& call, std::string_view what, const holon::Error& error) {
  holon::log::warning(call, "a page goes without a part", {{"part", what}, {"error", error.to_string()}});
}

}  // namespace shop
