#include "app/reflection.h"

#include "app/ending.h"
#include "app/served_files.h"
#include "grpc/reflection/v1/reflection.holon.h"
#include "grpc/reflection/v1alpha/reflection.holon.h"
#include "holon/task.h"

namespace holon::app {
namespace {

/// The words of one version of the protocol; they differ in their package only.
struct V1 {
  using Contract = grpc::reflection::v1::ServerReflection;
  using Request = grpc::reflection::v1::ServerReflectionRequest;
  using Response = grpc::reflection::v1::ServerReflectionResponse;
};
struct V1Alpha {
  using Contract = grpc::reflection::v1alpha::ServerReflection;
  using Request = grpc::reflection::v1alpha::ServerReflectionRequest;
  using Response = grpc::reflection::v1alpha::ServerReflectionResponse;
};

template <class Version>
class ReflectionService final : public Version::Contract::Service {
  using Request = typename Version::Request;
  using Response = typename Version::Response;

 public:
  ReflectionService(const ServedFiles& files, Ending& ending) : files_(files), ending_(ending) {}

  Result<void> ServerReflectionInfo(Call& call, Reader<Request>& in, Writer<Response>& out) override {
    TaskGroup group(call);
    Task<void> answering = group.spawn([&](Call&) { return answer_all(in, out); });
    bool stopping = false;
    Ending::Guard guard(ending_, [&] {
      stopping = true;
      group.cancel();
    });
    Result<void> answered = answering.get();
    if (!answered.ok() && stopping) return unavailable("the host is stopping");
    return answered;
  }

 private:
  Result<void> answer_all(Reader<Request>& in, Writer<Response>& out) {
    for (;;) {
      std::optional<Request> request = HOLON_TRY(in.next());
      if (!request) return {};
      HOLON_TRY(out.write(answer(*request)));
    }
  }

  Response answer(const Request& request) const {
    Response response;
    response.set_valid_host(request.host());
    *response.mutable_original_request() = request;
    if (Result<void> filled = fill(request, response); !filled.ok()) {
      response.mutable_error_response()->set_error_code(static_cast<int>(filled.code()));
      response.mutable_error_response()->set_error_message(filled.error().message());
    }
    return response;
  }

  Result<void> fill(const Request& request, Response& response) const {
    switch (request.message_request_case()) {
      case Request::kFileByFilename:
        return fill(files_.by_name(request.file_by_filename()), response);
      case Request::kFileContainingSymbol:
        return fill(files_.with_symbol(request.file_containing_symbol()), response);
      case Request::kFileContainingExtension: {
        const auto& extension = request.file_containing_extension();
        return fill(files_.with_extension(extension.containing_type(), extension.extension_number()), response);
      }
      case Request::kAllExtensionNumbersOfType:
        return fill_extensions(request.all_extension_numbers_of_type(), response);
      case Request::kListServices:
        for (const std::string& name : files_.services()) {
          response.mutable_list_services_response()->add_service()->set_name(name);
        }
        return {};
      case Request::MESSAGE_REQUEST_NOT_SET:
        break;
    }
    return invalid_argument("the request asks nothing: set one of file_by_filename, file_containing_symbol, "
                            "file_containing_extension, all_extension_numbers_of_type, list_services");
  }

  Result<void> fill(Result<ServedFiles::Files> found, Response& response) const {
    ServedFiles::Files files = HOLON_TRY(std::move(found));
    for (std::string& file : files) {
      response.mutable_file_descriptor_response()->add_file_descriptor_proto(std::move(file));
    }
    return {};
  }

  Result<void> fill_extensions(const std::string& type, Response& response) const {
    std::vector<int> numbers = HOLON_TRY(files_.extensions_of(type));
    response.mutable_all_extension_numbers_response()->set_base_type_name(type);
    for (int number : numbers) response.mutable_all_extension_numbers_response()->add_extension_number(number);
    return {};
  }

  const ServedFiles& files_;
  Ending& ending_;
};

}  // namespace

struct Reflection::Impl {
  ServedFiles files;
  Ending ending;
  ReflectionService<V1> v1{files, ending};
  ReflectionService<V1Alpha> v1alpha{files, ending};
};

Reflection::Reflection() : impl_(std::make_unique<Impl>()) {
  add(V1::Contract::info());
  add(V1Alpha::Contract::info());
}
Reflection::~Reflection() = default;

void Reflection::add(const internal::ServiceInfo& contract) { impl_->files.add(contract); }
void Reflection::add(const google::protobuf::ServiceDescriptor& service) { impl_->files.add(service); }

void Reflection::each(const std::function<void(const internal::ServiceInfo&, Service&)>& visit) const {
  visit(V1::Contract::info(), impl_->v1);
  visit(V1Alpha::Contract::info(), impl_->v1alpha);
}

void Reflection::shut_down() { impl_->ending.begin(); }

}  // namespace holon::app
