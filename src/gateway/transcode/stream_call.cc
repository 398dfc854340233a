#include "gateway/transcode/stream_call.h"

#include <google/protobuf/descriptor.h>

#include "gateway/both_ways.h"
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
    BothWays ended;
    {
      TaskGroup group(visit_.call());
      group.spawn([&](Call& branch) { return keep_beating(branch, replies, beats); });
      ended = run_both_ways([&] { return receive_all(replies); });
    }
    if (!ended.broken) return replies.finish(ended.received, out_.response_metadata());
    visit_.begun() ? replies.finish(*ended.broken, {}) : refuse_body(visit_, *ended.broken);
  }

  void answer_one() {
    const std::unique_ptr<Message> reply = contracts_.make(*entry_.method->output_type());
    const BothWays ended = run_both_ways([&] { return receive_one(*reply); });
    if (ended.broken) return refuse_body(visit_, *ended.broken);
    if (!ended.received.ok()) return fail(visit_, ended.received.error());
    answer(visit_, entry_, *reply, contracts_.json(), out_.response_metadata());
  }

  template <class Receive>
  BothWays run_both_ways(Receive receive) {
    return both_ways(visit_.call(), [this] { return send_all(); }, receive);
  }

  /// Hands the requests on, each as soon as it is there.
  Result<void> send_all() {
    for (;;) {
      const std::unique_ptr<Message> request = HOLON_TRY(requests_.next());
      if (request == nullptr) break;
      if (!stream_->write(*request).ok()) return {};  // the service has ended, and its answer tells how
    }
    (void)stream_->end_writing();
    return {};
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
};

}  // namespace

void serve_stream(Visit& visit, const Router::Match& match, const Contracts& contracts, const internal::Binding& way,
                  Form form, const Beats& beats) {
  StreamCall(visit, match, contracts, way).run(form, beats);
}

}  // namespace holon::gateway
