#include "client/prober.h"

#include <algorithm>
#include <optional>

#include "holon/node/v1/node.pb.h"

namespace holon::client {
namespace {

constexpr std::string_view method = "holon.node.v1.Host/Load";
constexpr std::size_t answer_bytes_max = 1024;
constexpr env::Duration patience = std::chrono::milliseconds(250);
constexpr env::Duration between = std::chrono::milliseconds(1);
constexpr env::Duration left_alone = std::chrono::minutes(1);  // it may be replaced by one that knows the question

}  // namespace

/// One endpoint, and the question that is under way there, if one is.
class Prober::Probe final : private StreamEvents {
 public:
  Probe(Prober& prober, const Candidate& who) : prober_(prober), who_(who) {}
  ~Probe() override { leave(); }

  bool due() const { return !asking_ && prober_.loop_.now() >= next_; }

  void begin(std::shared_ptr<Connection> connection) {
    node::v1::LoadRequest request;
    request.set_service(prober_.service_);
    std::string bytes;
    if (!wire::append_message(bytes, request, wire::Encoding::identity, wire::message_bytes_max).ok()) return;
    reader_.emplace(answer_bytes_max);
    next_ = prober_.loop_.now() + between;
    stream_ = connection->open(prober_.writer_.write({.method = method, .origin = connection->origin(), .timeout = patience}), *this);
    if (stream_ == 0) return;
    connection_ = std::move(connection);
    connection_->send(stream_, std::move(bytes), true);
    asking_ = true;
    late_.start(prober_.loop_.now() + patience);
  }

 private:
  void headers(const wire::ResponseHead& head, bool end) override {
    if (!end) reader_->accept(head.encoding);
    if (head.status && head.status->code() == Code::unimplemented) next_ = prober_.loop_.now() + left_alone;
  }
  void data(wire::Bytes bytes) override {
    connection_->consumed(stream_, bytes.size());
    node::v1::LoadReply reply;
    if (!reader_->feed(bytes).ok()) return;
    const Result<std::optional<std::string_view>> message = reader_->next();
    if (!message.ok() || !*message) return;
    if (!reply.ParseFromArray((*message)->data(), static_cast<int>((*message)->size()))) return;
    prober_.told_(who_, {reply.in_flight(), reply.ended(), reply.ended_ns()});
  }
  void gone(wire::Http2Code, bool) override {
    asking_ = false;
    late_.stop();
  }
  void leave() {
    if (std::exchange(asking_, false)) connection_->abandon(stream_);
  }

  Prober& prober_;
  const Candidate& who_;
  bool asking_ = false;
  std::shared_ptr<Connection> connection_;  ///< by which it was asked last
  wire::StreamId stream_ = 0;
  std::optional<wire::MessageReader> reader_;
  env::Time next_{};
  fiber::Timer late_{[this] { leave(); }};
};

Prober::Prober(fiber::Loop& loop, wire::RequestWriter& writer, std::string service,
               std::function<void(const Candidate&, const Load&)> told)
    : loop_(loop), writer_(writer), service_(std::move(service)), told_(std::move(told)) {}

Prober::~Prober() = default;

void Prober::ask(const Candidate& who, std::shared_ptr<Connection> connection) {
  std::unique_ptr<Probe>& probe = probes_[&who];
  if (probe == nullptr) probe = std::make_unique<Probe>(*this, who);
  if (probe->due()) probe->begin(std::move(connection));
}

void Prober::know(Candidates all) {
  std::erase_if(probes_, [&](const auto& each) { return std::ranges::find(all, each.first) == all.end(); });
}

}  // namespace holon::client
