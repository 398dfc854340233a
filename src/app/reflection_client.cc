#include "app/reflection_client.h"

#include <google/protobuf/descriptor.pb.h>

#include "grpc/reflection/v1/reflection.holon.h"
#include "grpc/reflection/v1alpha/reflection.holon.h"

namespace holon::app {

ReflectionClient::ReflectionClient(Client& client)
    : versions_{&client.bind(grpc::reflection::v1::ServerReflection::info()),
                &client.bind(grpc::reflection::v1alpha::ServerReflection::info())} {}

Result<std::vector<std::string>> ReflectionClient::services(Call& call) {
  Request request;
  request.set_list_services("*");
  const Response response = HOLON_TRY(ask(call, request));
  std::vector<std::string> names;
  for (const auto& service : response.list_services_response().service()) names.push_back(service.name());
  return names;
}

Result<void> ReflectionClient::learn(Call& call, const std::string& symbol, contract::Catalog& catalog) {
  Request request;
  request.set_file_containing_symbol(symbol);
  contract::Catalog::Files found = HOLON_TRY(files(call, request));
  return catalog.add(std::move(found), [&](const std::string& name) {
    Request missing;
    missing.set_file_by_filename(name);
    return files(call, missing);
  });
}

Result<contract::Catalog::Files> ReflectionClient::files(Call& call, const Request& request) {
  const Response response = HOLON_TRY(ask(call, request));
  contract::Catalog::Files files;
  for (const std::string& bytes : response.file_descriptor_response().file_descriptor_proto()) {
    if (files.emplace_back().ParseFromString(bytes)) continue;
    return internal_error("reflection gave a file that is no google.protobuf.FileDescriptorProto");
  }
  return files;
}

// The two versions have the same messages but for their names, which are not on the wire.
Result<ReflectionClient::Response> ReflectionClient::ask(Call& call, const Request& request) {
  for (const internal::Binding* version : versions_) {
    Result<Response> response = ask(call, request, *version);
    if (response.code() == Code::unimplemented) continue;
    if (response.ok()) versions_ = {version};
    return response;
  }
  return unimplemented("the server has no reflection (grpc.reflection.v1 or v1alpha)");
}

Result<ReflectionClient::Response> ReflectionClient::ask(Call& call, const Request& request,
                                                         const internal::Binding& version) {
  BidiStream<Request, Response> stream(internal::open_stream(version, call, 0));
  if (stream.write(request).ok()) (void)stream.end_writing().ok();  // why it failed is what `next` gives
  std::optional<Response> response = HOLON_TRY(stream.next());
  if (!response) return internal_error("reflection ended without an answer");
  HOLON_TRY(stream.next());
  if (!response->has_error_response()) return std::move(*response);
  const auto& error = response->error_response();
  const bool known = error.error_code() > 0 && error.error_code() <= static_cast<int>(Code::unauthenticated);
  return Error(known ? static_cast<Code>(error.error_code()) : Code::unknown, error.error_message());
}

}  // namespace holon::app
