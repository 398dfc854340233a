// How calls between services go, in words.
#pragma once

#include <string>

#include "holon/node/v1/node.pb.h"

namespace holon::cli {

/// "shop.Cart → shop.Catalog"
std::string edge_name(const node::v1::EdgeUsage& edge);
/// "99.7 %", and never "100 %" of what is less.
std::string percent_text(double share);
/// "12"
std::string count_text(double count);
/// The replicas in trouble: "catalog.1 (open), catalog.2 (silent)".
std::string unfit_text(const node::v1::EdgeUsage& edge);
/// "9.5", the limit that was learnt of calls that run; "-" where none is needed.
std::string limit_text(const node::v1::Door& door);
/// "8 of at most 9.5 run, 120 wait", of the services of a host together.
std::string doors_text(const google::protobuf::RepeatedPtrField<node::v1::Door>& doors);

}  // namespace holon::cli
