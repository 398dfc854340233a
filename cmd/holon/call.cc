// `holon call`: calls a method of any gRPC server, with JSON in and out.
#include <google/protobuf/descriptor.h>

#include "app/dynamic.h"
#include "cmd/holon/any_types.h"
#include "cmd/holon/call_headers.h"
#include "cmd/holon/call_status.h"
#include "cmd/holon/request_input.h"
#include "cmd/holon/servers.h"
#include "cmd/holon/session.h"
#include "cmd/holon/terminal.h"
#include "env/environment.h"
#include "env/input.h"
#include "holon/outgoing_call.h"

namespace holon::cli {
namespace {

using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

constexpr auto unary_time_max = std::chrono::seconds(30);

/// One call: requests from the input, replies to standard output as they arrive.
class Conversation {
 public:
  Conversation(const CallOptions& options, Session& session, Servers& servers, const MethodDescriptor& method,
               Metadata metadata, RequestInput& input)
      : options_(options),
        session_(session),
        servers_(servers),
        method_(method),
        kind_(app::kind_of(method)),
        input_(input),
        service_(*method.service()),
        binding_(servers.client(method.service()->full_name()).bind(service_.info())),
        root_(session.call(time_max())),
        call_(root_),
        began_(env::os().now()) {
    call_.metadata() = std::move(metadata);
    input_.on_value([this](const std::string& text) {
      for_each_any_type(text, [this](const std::string& type) { learn(type); });
    });
  }

  int run() {
    const Result<void> status = kind_ == internal::Kind::unary ? unary() : stream();
    if (options_.verbose) tell_end(status);
    if (session_.interrupted()) return Exit::interrupted;
    if (wrong_) {
      say(wrong_->message());
      return wrong_->code() == Code::invalid_argument ? misused : failed;
    }
    if (status.ok()) return succeeded;
    print_status(status.error(), session_, servers_);
    return failed;
  }

 private:
  std::optional<std::chrono::nanoseconds> time_max() const {
    if (options_.timeout_s) {
      return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::duration<double>(*options_.timeout_s));
    }
    if (kind_ == internal::Kind::unary) return unary_time_max;
    return std::nullopt;  // a stream goes on for as long as somebody watches
  }

  std::unique_ptr<Message> request() const { return servers_.catalog().make(*method_.input_type()); }
  std::unique_ptr<Message> reply() const { return servers_.catalog().make(*method_.output_type()); }
  const contract::Json& json() const { return servers_.catalog().json(); }

  Result<void> unary() {
    std::unique_ptr<Message> request = this->request();
    Result<void> read = read_only_request(call_, *request);
    if (!read.ok()) return give_up(call_, read.error());
    ++sent_;
    std::unique_ptr<Message> reply = this->reply();
    const auto index = static_cast<unsigned>(method_.index());
    HOLON_TRY(binding_.channel->unary(call_, index, *request, *reply));
    return print(*reply);
  }

  Result<void> stream() {
    std::unique_ptr<internal::Duplex> stream =
        internal::open_stream(binding_, call_, static_cast<unsigned>(method_.index()));
    TaskGroup sending(call_);
    (void)sending.spawn([&](Call& branch) { return send(branch, *stream); });
    std::unique_ptr<Message> reply = this->reply();
    while (HOLON_TRY(stream->read(*reply))) {
      HOLON_TRY(print(*reply));
      reply->Clear();
    }
    return {};
  }

  /// Errors of the stream are what reading from it gives.
  Result<void> send(Call& branch, internal::Duplex& stream) {
    std::unique_ptr<Message> request = this->request();
    if (!internal::streams_requests(kind_)) {
      Result<void> read = read_only_request(branch, *request);
      if (!read.ok()) return give_up(branch, read.error());
      if (stream.write(*request).ok()) ++sent_;
      return stream.end_writing();
    }
    for (;;) {
      request->Clear();
      Result<bool> more = input_.next(branch, json(), *request);
      if (!more.ok()) return give_up(branch, more.error());
      if (!*more) return stream.end_writing();
      HOLON_TRY(stream.write(*request));
      ++sent_;
    }
  }

  Result<void> read_only_request(Call& call, Message& request) {
    if (!HOLON_TRY(input_.next(call, json(), request))) {
      return invalid_argument("the request is missing; {} is an empty one");
    }
    std::unique_ptr<Message> another = this->request();
    if (HOLON_TRY(input_.next(call, json(), *another))) {
      return invalid_argument(method_.full_name() + " takes one request, but there are more");
    }
    return {};
  }

  /// Something is wrong on this side, if it is not just that `call` has ended: all ends.
  Error give_up(const Call& call, const Error& why) {
    if (call.cancelled()) return why;
    wrong_ = why;
    root_.cancel();
    return why;
  }

  Result<void> print(const Message& reply) {
    if (options_.verbose && received_ == 0) print_metadata("header", call_.response_metadata());
    ++received_;
    for_each_any_type(reply, [this](const std::string& type) { learn(type); });
    const bool lines = !options_.compact && !internal::streams_replies(kind_);
    Result<std::string> text = json().print(reply, {lines, options_.defaults});
    if (!text.ok()) return give_up(call_, text.error());
    std::printf("%s%s", text->c_str(), text->ends_with('\n') ? "" : "\n");
    if (std::fflush(stdout) != 0) return give_up(call_, unavailable("nobody reads the replies any more"));
    return {};
  }

  /// As well as it can: what stays unknown is named when it is parsed or printed.
  void learn(const std::string& type) { (void)servers_.message(session_.question(), type).ok(); }

  void tell_end(const Result<void>& status) {
    if (received_ == 0) print_metadata("header", call_.response_metadata());
    print_metadata("trailer", call_.response_trailers());
    const auto took = std::chrono::duration<double, std::nano>(env::os().now() - began_);
    say(std::string(code_name(status.code())) + " in " + duration_text(took.count()) + ", requests: " +
        std::to_string(sent_) + ", replies: " + std::to_string(received_));
  }

  const CallOptions& options_;
  Session& session_;
  Servers& servers_;
  const MethodDescriptor& method_;
  internal::Kind kind_;
  RequestInput& input_;
  app::DynamicService service_;
  const internal::Binding& binding_;
  internal::RootCall& root_;
  OutgoingCall call_;
  env::Time began_;
  std::size_t sent_ = 0;
  std::size_t received_ = 0;
  std::optional<Error> wrong_;
};

/// Where the requests come from, if that is not said.
std::string usual_source(const MethodDescriptor& method) { return method.client_streaming() ? "-" : "{}"; }

}  // namespace

int call(const CallOptions& options) {
  Session session;
  Result<Metadata> metadata = parse_headers(options.headers);
  if (!metadata.ok()) return session.fail(metadata.error());
  Result<MethodName> name = parse_method(options.method);
  if (!name.ok()) return session.fail(name.error());
  Result<Servers> servers = Servers::find(options.server);
  if (!servers.ok()) return session.fail(servers.error());
  Result<const MethodDescriptor*> method = servers->method(session.question(), *name);
  if (!method.ok()) return session.fail(method.error());
  const std::string source = options.request.value_or(usual_source(**method));
  Result<std::unique_ptr<RequestInput>> input = RequestInput::open(source);
  if (!input.ok()) return session.fail(input.error());
  if (source == "-" && env::is_terminal(0)) say("reading JSON from standard input; Ctrl-D ends it");
  if (options.verbose) say(options.method + " at " + servers->address(name->service));
  return Conversation(options, session, *servers, **method, std::move(*metadata), **input).run();
}

}  // namespace holon::cli
