// What the head of an answer may say.
#include <algorithm>
#include <array>

#include "wire/http1.h"
#include "wire/http1_request.h"

namespace holon::wire {
namespace {

/// Headers by which a connection itself frames the answer.
bool is_connections_own(std::string_view name) {
  constexpr std::array<std::string_view, 8> framing = {"connection", "content-length",    "keep-alive", "proxy-connection",
                                                       "te",         "transfer-encoding", "upgrade",    "trailer"};
  return std::any_of(framing.begin(), framing.end(), [&](std::string_view each) { return equals_ignoring_case(name, each); });
}

}  // namespace

bool list_has(std::string_view list, std::string_view word) {
  bool has = false;
  each_of_list(list, [&](std::string_view each) { has |= equals_ignoring_case(each, word); });
  return has;
}

Result<void> check_answer_headers(Headers headers) {
  for (const HeaderView& header : headers) {
    const bool lower = std::none_of(header.name.begin(), header.name.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    if (!is_token(header.name) || !lower) return invalid_argument("a response header's name is no token in lower case");
    if (is_connections_own(header.name)) {
      return invalid_argument("response header " + std::string(header.name) + " is the connection's own");
    }
    if (!is_field_value(header.value)) {
      return invalid_argument("response header " + std::string(header.name) + " has a control character");
    }
  }
  return {};
}

Result<void> check_answer(int status, Headers headers) {
  if (status < 200 || status > 599) return invalid_argument("no status of an answer: " + std::to_string(status));
  return check_answer_headers(headers);
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 100: return "Continue";
    case 101: return "Switching Protocols";
    case 103: return "Early Hints";
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 206: return "Partial Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 411: return "Length Required";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 416: return "Range Not Satisfiable";
    case 417: return "Expectation Failed";
    case 421: return "Misdirected Request";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 499: return "Client Closed Request";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 505: return "HTTP Version Not Supported";
    default: return "";
  }
}

}  // namespace holon::wire
