// desk.Desk, served by holon.
#include "desk.holon.h"
#include "details.h"
#include "holon/log.h"
#include "holon/service.h"
#include "holon/task.h"
#include "holon/try.h"

namespace {

class Desk final : public desk::Desk::Service {
  holon::Result<desk::Answer> Ask(holon::Call& call, const desk::Question& question) override {
    desk::Answer answer;
    answer.set_text(question.text());
    answer.set_number(question.number());
    answer.set_mood(question.mood());
    answer.set_tag(std::string(call.metadata().get("tag")));
    answer.set_tag_bytes(std::string(call.metadata().get("tag-bin")));
    if (question.has_attachment()) *answer.mutable_attachment() = question.attachment();
    call.response_metadata().add("tag", answer.tag());
    call.response_trailers().add("tag-bin", answer.tag_bytes());
    return answer;
  }

  holon::Result<desk::Answer> Fail(holon::Call&, const desk::Question& question) override {
    const auto code = static_cast<holon::Code>(question.number());
    return holon::Error(code, question.text(), details_of_failure<desk::Answer>(question.number(), question.text()));
  }

  holon::Result<void> Count(holon::Call&, const desk::Question& question, holon::Writer<desk::Answer>& out) override {
    for (int i = 0; i < question.number(); ++i) TRY(out.write(numbered(i)));
    return {};
  }

  holon::Result<desk::Answer> Sum(holon::Call&, holon::Reader<desk::Question>& in) override {
    int sum = 0;
    while (std::optional<desk::Question> question = TRY(in.next())) sum += question->number();
    return numbered(sum);
  }

  holon::Result<void> Chat(holon::Call&, holon::Reader<desk::Question>& in, holon::Writer<desk::Answer>& out) override {
    while (std::optional<desk::Question> question = TRY(in.next())) {
      if (question->number() < 0) return holon::out_of_range("no number below zero");
      TRY(out.write(numbered(question->number())));
    }
    return {};
  }

  holon::Result<desk::Answer> Wait(holon::Call& call, const desk::Question&) override {
    holon::log::info(call, "waiting");
    holon::Result<void> slept = holon::sleep(call, std::chrono::seconds(60));
    holon::log::info(call, "waited", {{"ended", holon::code_name(slept.code())}});
    TRY(slept);
    return desk::Answer();
  }

  static desk::Answer numbered(int number) {
    desk::Answer answer;
    answer.set_number(number);
    return answer;
  }
};

}  // namespace

int main(int argc, char** argv) { return holon::serve<Desk>(argc, argv); }
