// How somebody calls the vault who has no Ref to it: by its address, in the name of whomever he likes.
#pragma once

#include <string>

#include "app/assembly.h"
#include "client/pool.h"
#include "vault.holon.h"

namespace holon {

/// On a fiber of `loop`.
inline Result<vault::Contents> break_in(Call& call, fiber::Loop& loop, const std::string& address, const std::string& name) {
  client::Pools pools({&loop});
  client::Endpoints endpoints;
  endpoints.everything.push_back(HOLON_TRY(client::Endpoint::parse(address)));
  pools.update(std::move(endpoints));
  app::Assembly assembly({}, &pools);
  struct Liar {
    app::Assembly& assembly;
    const std::string& name;
    const internal::Binding& bind(const internal::ServiceInfo& callee) { return assembly.bind_outsider(callee, name); }
  } liar{assembly, name};
  return Ref<vault::Vault>(liar)->Open(call, {});
}

}  // namespace holon
