// Credentials: what a request shows to be let in, found where the rules of its route look.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/access/header_span.h"

namespace holon::gateway {

struct Credential {
  enum class Kind { token, api_key };
  /// Where it is looked for.
  struct Place {
    Kind kind = Kind::token;
    std::string header;  ///< in lower case; a token stands after "Bearer "
    std::string cookie;  ///< if not empty, this cookie instead
    bool operator==(const Place&) const = default;
  };

  Place place;
  std::string_view text;  ///< the token or the key; of the headers
  bool readable = true;   ///< false: an Authorization that is no Bearer
};

/// All that stand at these places, each place looked at once. More than one is for the caller to refuse: of two, programs could
/// differ on which one counts.
std::vector<Credential> find_credentials(const std::vector<Credential::Place>& places, HeaderSpan headers);

}  // namespace holon::gateway
