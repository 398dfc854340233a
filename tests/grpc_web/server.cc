// The server of the test of gRPC-Web.
#include <atomic>

#include "holon/service.h"
#include "holon/task.h"
#include "holon/try.h"
#include "web.holon.h"

namespace web {

class NotesService final : public Notes::Service {
 public:
  holon::Result<Note> Echo(holon::Call& call, const Note& request) override {
    const holon::Metadata& metadata = call.metadata();
    if (metadata.has("x-say")) call.response_metadata().add("x-say", std::string(metadata.get("x-say")));
    for (const char* name : {"x-end", "x-end-bin"}) {
      if (metadata.has(name)) call.response_trailers().add(name, std::string(metadata.get(name)));
    }
    if (request.text() == "fail") return holon::Error(holon::Code::not_found, "100% gone\r\nin Zürich", "\x08\x05");
    return request;
  }

  holon::Result<void> Count(holon::Call&, const Note& request, holon::Writer<Note>& out) override {
    Note note = request;
    for (int i = 0; i < request.number(); ++i) {
      note.set_number(i);
      TRY(out.write(note));
    }
    return {};
  }

  holon::Result<Note> Collect(holon::Call&, holon::Reader<Note>& in) override {
    Note sum;
    while (std::optional<Note> note = TRY(in.next())) {
      sum.set_number(sum.number() + 1);
      if (note->text().size() < 100) sum.set_text(sum.text() + note->text());
    }
    return sum;
  }

  holon::Result<void> Chat(holon::Call&, holon::Reader<Note>& in, holon::Writer<Note>& out) override {
    while (std::optional<Note> note = TRY(in.next())) TRY(out.write(*note));
    return {};
  }

  holon::Result<Note> Wait(holon::Call& call, const Note& request) override {
    ++running_;
    holon::Result<void> slept = holon::sleep(call, std::chrono::minutes(1));
    --running_;
    ++ended_;
    TRY(slept);
    return request;
  }

  holon::Result<WaitCounts> Waits(holon::Call&, const Note&) override {
    WaitCounts counts;
    counts.set_running(running_);
    counts.set_ended(ended_);
    return counts;
  }

 private:
  std::atomic<int> running_ = 0;
  std::atomic<int> ended_ = 0;
};

}  // namespace web

int main(int argc, char** argv) { return holon::serve<web::NotesService>(argc, argv); }
