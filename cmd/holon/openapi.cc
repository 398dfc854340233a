// `holon openapi`: the OpenAPI document of contract files, of the application that runs, or of any gRPC server.
#include "contract/openapi.h"

#include <google/protobuf/descriptor.h>

#include "cmd/holon/link.h"
#include "cmd/holon/servers.h"
#include "cmd/holon/session.h"
#include "contract/check.h"
#include "env/disk.h"
#include "node/contract_files.h"

namespace holon::cli {
namespace {

using Services = std::vector<const google::protobuf::ServiceDescriptor*>;

Result<contract::Catalog::Files> no_source(const std::string& name) { return not_found("there is no contract " + name); }

/// INVALID_ARGUMENT with all mistakes of the files that were named.
Result<void> check(const contract::Catalog& catalog, const node::ContractFiles& found) {
  std::string mistakes;
  for (const auto& [name, text] : found.texts) {
    for (const contract::Mistake& mistake : contract::check(*catalog.pool().FindFileByName(name), text)) {
      mistakes += (mistakes.empty() ? "" : "\n") + mistake.to_string();
    }
  }
  if (!mistakes.empty()) return invalid_argument(mistakes);
  return {};
}

Result<std::string> of_files(const OpenApiVerbOptions& options) {
  node::ContractFiles found = HOLON_TRY(node::read_contracts(options.server.protos, options.server.imports));
  contract::Catalog catalog;
  HOLON_TRY(catalog.add(found.files, no_source));
  HOLON_TRY(check(catalog, found));
  Services services;
  for (const std::string& name : found.services) services.push_back(catalog.pool().FindServiceByName(name));
  return contract::openapi(services, options.document);
}

Result<std::string> of_servers(Session& session, const OpenApiVerbOptions& options) {
  Servers servers = HOLON_TRY(Servers::find(options.server));
  Services services;
  for (const std::string& name : HOLON_TRY(servers.services(session.question()))) {
    if (name.starts_with("grpc.")) continue;  // health and reflection have no routes, and a server need not tell their contracts
    services.push_back(HOLON_TRY(servers.service(session.question(), name)));
  }
  return contract::openapi(services, options.document);
}

/// What the application that is asked calls itself; "API" for files and other servers.
std::string title_of(const OpenApiVerbOptions& options) {
  const bool application = options.server.protos.empty() && options.server.address.empty();
  Result<node::v1::ListReply> list = application ? NodeLink(options.server.file).list() : not_found("");
  return list.ok() ? list->app() : options.document.title;
}

}  // namespace

int openapi(const OpenApiVerbOptions& told) {
  Session session;
  OpenApiVerbOptions options = told;
  options.document.title = told.title.empty() ? title_of(told) : told.title;
  Result<std::string> text = options.server.protos.empty() ? of_servers(session, options) : of_files(options);
  if (!text.ok()) return session.fail(text.error());
  if (options.out.empty()) {
    std::fputs(text->c_str(), stdout);
    return succeeded;
  }
  Result<void> written = env::os().disk().exchange(options.out, *text);
  return written.ok() ? succeeded : session.fail(written.error());
}

}  // namespace holon::cli
