// What is behind the URL of a key set, by HTTP.
#pragma once

#include "client/http.h"
#include "gateway/access/key_source.h"

namespace holon::gateway {

/// @param http  outlives what is made
inline Fetch fetch_by(client::HttpClient& http) {
  return [&http](Call& call, const std::string& url) -> Result<std::string> {
    client::FetchOptions options;
    options.headers = {{"accept", "application/jwk-set+json, application/json"}};
    options.bytes_max = keys_bytes_max;
    client::HttpAnswer answer = HOLON_TRY(client::fetch(call, http, url, options));
    if (answer.status != 200) return unavailable("it answers " + std::to_string(answer.status));
    return std::move(answer.body);
  };
}

}  // namespace holon::gateway
