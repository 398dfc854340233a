// How pages, redirections, files and failures leave the frontend: HttpBody, and what the gateway makes HTTP headers of.
#pragma once

#include <string>
#include <string_view>

#include "frontend/html.h"
#include "google/api/httpbody.pb.h"
#include "holon/call.h"
#include "holon/result.h"

namespace shop {

using PageReply = holon::Result<google::api::HttpBody>;

/// The page, or one that says in a friendly way why there is none.
PageReply page(holon::Call& call, const holon::Result<Html>& content);
/// 303: what the POST did is seen at `location`.
PageReply see_other(holon::Call& call, const std::string& location);
/// @param seconds  how long browsers and caches may keep it
PageReply file(holon::Call& call, std::string_view content_type, std::string_view data, int seconds);

/// The status of the reply, if it is not 200.
void set_status(holon::Call& call, int status);

/// `path` if it leads to a page of this shop, else "/".
std::string local_path(std::string_view path);

/// The value of something welcome but not needed; if it is missing, that is logged and `otherwise` goes out.
template <class T>
T welcome(holon::Call& call, std::string_view what, holon::Result<T> result, T otherwise = T());

void log_missing(holon::Call& call, std::string_view what, const holon::Error& error);

template <class T>
T welcome(holon::Call& call, std::string_view what, holon::Result<T> result, T otherwise) {
  if (result.ok()) return *std::move(result);
  log_missing(call, what, result.error());
  return otherwise;
}

}  // namespace shop
