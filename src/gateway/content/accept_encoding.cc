#include "gateway/content/accept_encoding.h"

#include <algorithm>
#include <optional>

#include "gateway/content/fields.h"

namespace holon::gateway {
namespace {

/// A weight of thousandths (12.4.2): "0.5" is 500. Nothing if it is malformed.
std::optional<int> weight_of(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return std::nullopt;
  if (text.size() > 1 && text[1] != '.') return std::nullopt;
  int weight = text[0] - '0';
  for (std::size_t at = 2; at < 5; ++at) {
    const char digit = at < text.size() ? text[at] : '0';
    if (digit < '0' || digit > '9') return std::nullopt;
    weight = weight * 10 + (digit - '0');
  }
  return weight <= 1000 ? std::optional(weight) : std::nullopt;
}

/// The weight among an element's parameters; 1 if it has none, 0 if it is malformed: then the client gets what is safe.
int weight_in(std::string_view parameters) {
  while (!parameters.empty()) {
    std::string_view parameter = next_part(parameters, ';');
    if (same_word(next_part(parameter, '='), "q")) return weight_of(trimmed(parameter)).value_or(0);
  }
  return 1000;
}

struct Weights {
  std::optional<int> br, gzip, identity, others;

  std::optional<int>* of(std::string_view name) {
    if (same_word(name, "br")) return &br;
    if (same_word(name, "gzip") || same_word(name, "x-gzip")) return &gzip;
    if (same_word(name, "identity")) return &identity;
    return name == "*" ? &others : nullptr;
  }
};

Weights read(std::string_view list) {
  Weights weights;
  while (!list.empty()) {
    std::string_view parameters = next_part(list, ',');
    if (std::optional<int>* weight = weights.of(next_part(parameters, ';'))) *weight = weight_in(parameters);
  }
  return weights;
}

}  // namespace

std::string_view coding_name(Coding coding) {
  switch (coding) {
    case Coding::br: return "br";
    case Coding::gzip: return "gzip";
    case Coding::identity: break;
  }
  return "identity";
}

std::vector<Coding> accepted_codings(const server::HttpRequest& request) {
  const std::optional<std::string> field = list_field(request, "accept-encoding");
  if (!field) return {};
  const Weights weights = read(*field);
  const int br = weights.br.value_or(weights.others.value_or(0));
  const int gzip = weights.gzip.value_or(weights.others.value_or(0));
  // Unlisted, the bytes as they are remain acceptable, but the client has not asked for them: any coding it lists is better.
  const int least = std::max(1, weights.identity.value_or(0));
  std::vector<Coding> accepted;
  if (br >= least) accepted.push_back(Coding::br);
  if (gzip >= least) accepted.push_back(Coding::gzip);
  if (gzip > br) std::ranges::reverse(accepted);
  return accepted;
}

}  // namespace holon::gateway
