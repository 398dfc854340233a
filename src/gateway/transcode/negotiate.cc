#include "gateway/transcode/negotiate.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>

#include "contract/json.h"
#include "gateway/transcode/media_type.h"
#include "gateway/transcode/transcode.h"

namespace holon::gateway {
namespace {

std::string all_of(const server::HttpRequest& request, std::string_view name) {
  std::string values;
  for (const auto& [header, value] : request.headers) {
    if (header == name) values += (values.empty() ? "" : ",") + value;
  }
  return values;
}

}  // namespace

std::optional<std::string> refused_type(const Entry& entry, const server::HttpRequest& request) {
  if (entry.route.body.empty() || !request.has_body) return std::nullopt;
  if (const std::string coding = all_of(request, "content-encoding"); !coding.empty() && coding != "identity") {
    return "the body is encoded by " + contract::json_quote(coding) + "; send it as it is, without Content-Encoding";
  }
  const std::string text = all_of(request, "content-type");
  if (takes_raw_body(entry) || text.empty()) return std::nullopt;
  const bool streams = entry.method->client_streaming();
  const std::string takes = std::string("; this route takes ") + (streams ? "application/x-ndjson" : "application/json");
  const std::optional<MediaType> media = parse_media_type(text);
  if (!media || !(streams ? media->json_sequence() : media->json())) {
    return "the body's Content-Type is " + contract::json_quote(text) + takes;
  }
  if (!media->utf8()) return "the body's charset is " + contract::json_quote(media->charset) + takes + " in UTF-8";
  return std::nullopt;
}

std::optional<Form> wanted_form(const Entry& entry, const server::HttpRequest& request) {
  if (gives_raw_body(entry)) return Form::raw;  // its type is known only when it is there
  const std::string accept = all_of(request, "accept");
  const int json = wanted(accept, "application/json");
  if (!entry.method->server_streaming()) return json > 0 ? std::optional(Form::json) : std::nullopt;
  const int lines = std::max({json, wanted(accept, "application/x-ndjson"), wanted(accept, "application/ndjson"),
                              wanted(accept, "application/jsonl")});
  const int events = wanted(accept, "text/event-stream");
  if (events > lines) return Form::events;
  return lines > 0 ? std::optional(Form::lines) : std::nullopt;
}

std::string forms_of(const Entry& entry) {
  return entry.method->server_streaming() ? "application/x-ndjson or text/event-stream" : "application/json";
}

}  // namespace holon::gateway
