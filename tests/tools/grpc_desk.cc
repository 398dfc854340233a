// desk.Desk, served by grpc++: grpc_desk ADDRESS. It says when it answers. Where libgrpc++_reflection is linked, it has
// reflection.
#include <grpcpp/grpcpp.h>

#include <csignal>
#include <iostream>
#include <thread>

#include "desk.grpc.pb.h"
#include "details.h"

namespace {

class Desk final : public desk::Desk::Service {
  grpc::Status Ask(grpc::ServerContext* context, const desk::Question* question, desk::Answer* answer) override {
    answer->set_text(question->text());
    answer->set_number(question->number());
    answer->set_mood(question->mood());
    answer->set_tag(metadata(*context, "tag"));
    answer->set_tag_bytes(metadata(*context, "tag-bin"));
    if (question->has_attachment()) *answer->mutable_attachment() = question->attachment();
    context->AddInitialMetadata("tag", answer->tag());
    context->AddTrailingMetadata("tag-bin", answer->tag_bytes());
    return grpc::Status::OK;
  }

  grpc::Status Fail(grpc::ServerContext*, const desk::Question* question, desk::Answer*) override {
    return grpc::Status(static_cast<grpc::StatusCode>(question->number()), question->text(),
                        details_of_failure<desk::Answer>(question->number(), question->text()));
  }

  grpc::Status Count(grpc::ServerContext*, const desk::Question* question,
                     grpc::ServerWriter<desk::Answer>* out) override {
    for (int i = 0; i < question->number(); ++i) out->Write(numbered(i));
    return grpc::Status::OK;
  }

  grpc::Status Sum(grpc::ServerContext*, grpc::ServerReader<desk::Question>* in, desk::Answer* answer) override {
    int sum = 0;
    for (desk::Question question; in->Read(&question);) sum += question.number();
    answer->set_number(sum);
    return grpc::Status::OK;
  }

  grpc::Status Chat(grpc::ServerContext*, grpc::ServerReaderWriter<desk::Answer, desk::Question>* stream) override {
    for (desk::Question question; stream->Read(&question);) {
      if (question.number() < 0) return {grpc::StatusCode::OUT_OF_RANGE, "no number below zero"};
      stream->Write(numbered(question.number()));
    }
    return grpc::Status::OK;
  }

  grpc::Status Wait(grpc::ServerContext* context, const desk::Question*, desk::Answer*) override {
    std::cerr << "waiting" << std::endl;
    while (!context->IsCancelled()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    std::cerr << "waited CANCELLED" << std::endl;
    return grpc::Status::CANCELLED;
  }

  static desk::Answer numbered(int number) {
    desk::Answer answer;
    answer.set_number(number);
    return answer;
  }
  static std::string metadata(const grpc::ServerContext& context, const char* name) {
    auto found = context.client_metadata().find(name);
    return found == context.client_metadata().end() ? "" : std::string(found->second.data(), found->second.size());
  }
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  grpc::EnableDefaultHealthCheckService(true);
  Desk desk;
  grpc::ServerBuilder builder;
  builder.AddListeningPort(argv[1], grpc::InsecureServerCredentials());
  builder.RegisterService(&desk);
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) return 1;
  std::cerr << "answers on " << argv[1] << std::endl;
  server->Wait();  // until it is killed
}
