#include "gateway/content/compression.h"

#include <algorithm>

#include "gateway/content/fields.h"
#include "gateway/content/media_type.h"

namespace holon::gateway {
namespace {

std::string_view find(const HeaderList& headers, std::string_view name) {
  const auto found = std::ranges::find(headers, name, &HeaderList::value_type::first);
  return found == headers.end() ? std::string_view() : found->second;
}

bool lists(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    if (same_word(next_part(list, ','), word)) return true;
  }
  return false;
}

bool has_whole_body(int status) {
  return status >= 200 && status != 204 && status != 205 && status != 206 && status != 304;
}

void add_vary(HeaderList& headers) {
  constexpr std::string_view chosen_by = "accept-encoding";
  const auto vary = std::ranges::find(headers, "vary", &HeaderList::value_type::first);
  if (vary == headers.end()) {
    headers.emplace_back("vary", chosen_by);
  } else if (!lists(vary->second, chosen_by) && !lists(vary->second, "*")) {
    vary->second.append(", ").append(chosen_by);
  }
}

}  // namespace

std::optional<Coding> Compression::choose(const server::HttpRequest& request, int status, const HeaderList& headers,
                                          std::optional<std::uint64_t> length) const {
  if (!config_.enabled || !has_whole_body(status) || (length && *length < config_.bytes_min)) return std::nullopt;
  if (!find(headers, "content-encoding").empty() || lists(find(headers, "cache-control"), "no-transform")) return std::nullopt;
  if (!is_compressible(find(headers, "content-type"), config_.types)) return std::nullopt;
  const std::vector<Coding> accepted = accepted_codings(request);
  // What comes in pieces is better off with gzip, which takes a thirteenth of the memory for as long as the client reads.
  if (!length && std::ranges::find(accepted, Coding::gzip) != accepted.end()) return Coding::gzip;
  return accepted.empty() ? Coding::identity : accepted.front();
}

void announce(Coding coding, HeaderList& headers) {
  add_vary(headers);
  if (coding == Coding::identity) return;
  headers.emplace_back("content-encoding", coding_name(coding));
  std::erase_if(headers, [](const auto& header) { return header.first == "accept-ranges"; });
  for (auto& [name, value] : headers) {
    if (name == "etag" && !value.starts_with("W/")) value.insert(0, "W/");
  }
}

}  // namespace holon::gateway
