// "did you mean": the known word nearest to a mistyped one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace holon::config {

/// "; did you mean cart?" if one of `known` is near, else "; there is cart and payment", or nothing if nothing is
/// known.
std::string suggestion(std::string_view word, const std::vector<std::string>& known);

/// "cart, payment and ads"
std::string listed(const std::vector<std::string>& words);

}  // namespace holon::config
