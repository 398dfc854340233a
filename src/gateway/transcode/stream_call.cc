#include "gateway/transcode/stream_call.h"

#include <google/protobuf/descriptor.h>

#include "gateway/transcode/answers.h"
#include "gateway/transcode/replies.h"
#include "gateway/transcode/requests.h"
#include "holon/outgoing_call.h"
#include "holon/task.h"

namespace holon::gateway {
namespace {

using google::protobuf::Message;

class StreamCall {
 public:
  StreamCall(Visit& visit, const Router::Match& match, const Contracts& contracts, const internal::Binding& way)
      : visit_(visit),
        entry_(*match.entry),
        contracts_(contracts),
        way_(way),
        requests_(visit, match, contracts),
        out_(visit.call()) {
    out_.metadata() = visit.call().metadata();
  }

  void run(Form form, const Beats& beats) {
    if (Result<void> begun = requests_.begin(); !begun.ok()) return visit_.problem(begun.error());
    stream_ = way_.channel->open(out_, static_cast<unsigned>(entry_.method->index()));
    entry_.method->server_streaming() ? answer_many(form, beats) : answer_one();
  }

 private:
  void answer_many(Form form, const Beats& beats) {
    Replies replies(visit_, entry_, contracts_.json(), form);
    Result<void> ended;
    {
      TaskGroup group(visit_.call());
      group.spawn([&](Call& branch) { return keep_beating(branch, replies, beats); });
      ended = receive_while_sending(group, [&] { return receive_all(replies); });
    }
    if (broken_ && !visit_.begun()) return refuse_body(visit_, ended.error());
    replies.finish(ended, out_.response_metadata());
  }

  void answer_one() {
    const std::unique_ptr<Message> reply = contracts_.make(*entry_.method->output_type());
    Result<void> ended;
    {
      TaskGroup group(visit_.call());
      ended = receive_while_sending(group, [&] { return receive_one(*reply); });
    }
    if (ended.ok()) return answer(visit_, entry_, *reply, contracts_.json(), out_.response_metadata());
    broken_ ? refuse_body(visit_, ended.error()) : fail(visit_, ended.error());
  }

  /// Until `receive` returns, or what the client sends is wrong. A service may answer before it has read all.
  template <class Receive>
  Result<void> receive_while_sending(TaskGroup& group, Receive receive) {
    Task<void> receiving = group.spawn([receive](Call&) { return receive(); });
    group.spawn([this, &group](Call& branch) { return send_all(branch, group); });
    Result<void> received = receiving.get();
    if (broken_) return *broken_;
    return received;
  }

  /// Hands the requests on, each as soon as it is there.
  Result<void> send_all(const Call& branch, TaskGroup& group) {
    for (;;) {
      Result<std::unique_ptr<Message>> request = requests_.next();
      if (!request.ok()) {
        if (branch.cancelled()) return request.error();  // nobody wants more
        broken_ = request.error();
        group.cancel();
        return *broken_;
      }
      if (*request == nullptr) return stream_->end_writing();
      HOLON_TRY(stream_->write(**request));  // if the service has ended, its answer tells how
    }
  }

  Result<void> receive_all(Replies& replies) {
    const std::unique_ptr<Message> reply = contracts_.make(*entry_.method->output_type());
    while (HOLON_TRY(stream_->read(*reply))) {
      HOLON_TRY(replies.write(*reply, out_.response_metadata()));
      if (visit_.request().method == "HEAD") break;
    }
    return {};
  }

  /// The one reply of a client stream, and its end.
  Result<void> receive_one(Message& reply) {
    const std::string& name = entry_.method->full_name();
    if (!HOLON_TRY(stream_->read(reply))) return unimplemented(name + " ended well, but without a reply");
    const std::unique_ptr<Message> more(reply.New());
    if (HOLON_TRY(stream_->read(*more))) return unimplemented(name + " has more than one reply");
    return {};
  }

  static Result<void> keep_beating(Call& branch, Replies& replies, const Beats& beats) {
    HOLON_TRY(sleep(branch, beats.first));
    for (std::uint64_t before = 0;;) {
      if (replies.sent() == before) HOLON_TRY(replies.beat());
      before = replies.sent();
      HOLON_TRY(sleep(branch, beats.later));
    }
  }

  Visit& visit_;
  const Entry& entry_;
  const Contracts& contracts_;
  const internal::Binding& way_;
  Requests requests_;
  OutgoingCall out_;
  std::unique_ptr<internal::Duplex> stream_;
  std::optional<Error> broken_;  ///< why the requests could not be read
};

}  // namespace

void serve_stream(Visit& visit, const Router::Match& match, const Contracts& contracts, const internal::Binding& way,
                  Form form, const Beats& beats) {
  StreamCall(visit, match, contracts, way).run(form, beats);
}

}  // namespace holon::gateway
