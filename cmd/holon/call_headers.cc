#include "cmd/holon/call_headers.h"

#include <algorithm>
#include <cctype>

#include "cmd/holon/terminal.h"
#include "wire/grpc.h"
#include "wire/metadata.h"

namespace holon::cli {
namespace {

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

Result<void> add(std::string_view header, Metadata& into) {
  const std::size_t colon = header.find(':');
  if (colon == header.npos) return invalid_argument("write a header as 'name: value'");
  std::string name(trimmed(header.substr(0, colon)));
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
  std::string value(trimmed(header.substr(colon + 1)));
  if (name.ends_with("-bin")) {
    std::optional<std::string> bytes = wire::base64_decode(value);
    if (!bytes) return invalid_argument("the value of a name that ends in -bin is written in base64");
    value = std::move(*bytes);
  }
  if (wire::is_reserved(name)) return invalid_argument("the name has a meaning of its own for gRPC, HTTP or holon");
  if (!wire::is_metadata_name(name)) return invalid_argument("names are made of a-z, 0-9, '-', '_' and '.'");
  if (!wire::is_carried(name, value)) {
    return invalid_argument("values are printable ASCII; other bytes go, in base64, under a name that ends in -bin");
  }
  into.add(name, std::move(value));
  return {};
}

}  // namespace

Result<Metadata> parse_headers(const std::vector<std::string>& headers) {
  Metadata metadata;
  for (const std::string& header : headers) {
    Result<void> added = add(header, metadata);
    if (!added.ok()) return added.error().within("-H '" + header + "'");
  }
  return metadata;
}

void print_metadata(std::string_view kind, const Metadata& metadata) {
  for (const auto& [name, value] : metadata) {
    const std::string shown = name.ends_with("-bin") ? wire::base64_encode(value) : value;
    say(std::string(kind) + " " + name + ": " + shown);
  }
}

}  // namespace holon::cli
