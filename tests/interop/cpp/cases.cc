#include "cases.h"

#include <atomic>
#include <sstream>
#include <stdexcept>

#include "peer.h"

namespace interop {
namespace {

using namespace std::chrono_literals;
using grpc::testing::Empty;
using grpc::testing::SimpleRequest;
using grpc::testing::SimpleResponse;
using grpc::testing::StreamingInputCallRequest;
using grpc::testing::StreamingInputCallResponse;
using grpc::testing::StreamingOutputCallRequest;
using grpc::testing::StreamingOutputCallResponse;

constexpr int ok = 0, cancelled = 1, invalid_argument = 3, deadline_exceeded = 4, resource_exhausted = 8, unimplemented = 12;
constexpr const char* codes[] = {"CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
                                 "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE",
                                 "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED"};
constexpr int request_sizes[] = {27182, 8, 1828, 45904};
constexpr int response_sizes[] = {31415, 9, 2653, 58979};
constexpr int large_request = 271828, large_response = 314159;

void require(bool holds, const std::string& otherwise) {
  if (!holds) throw std::runtime_error(otherwise);
}

template <class A, class B>
void require_equal(const A& is, const B& should) {
  std::ostringstream text;
  text << is << " should be " << should;
  require(is == should, text.str());
}

void require_ending(const Ending& ending, int code) {
  require(ending.code == code, "code " + std::to_string(ending.code) + " (" + ending.message + ") should be " +
                                   std::to_string(code));
}

std::string zeros(int size) { return std::string(static_cast<std::size_t>(size), '\0'); }

SimpleRequest large() {
  SimpleRequest request;
  request.set_response_size(large_response);
  request.mutable_payload()->set_body(zeros(large_request));
  return request;
}

StreamingOutputCallRequest ping(int response_size, int request_size) {
  StreamingOutputCallRequest request;
  request.add_response_parameters()->set_size(response_size);
  request.mutable_payload()->set_body(zeros(request_size));
  return request;
}

Ending require_large(Channel& channel, const SimpleRequest& request = large(), const Options& options = {}) {
  SimpleResponse reply;
  Ending ending = channel.call(Unary::unary_call, request, reply, options);
  require_ending(ending, ok);
  require_equal(reply.payload().body().size(), std::size_t{large_response});
  return ending;
}

void require_read(Exchange& exchange, int size) {
  StreamingOutputCallResponse reply;
  if (!exchange.read(reply)) {
    Ending ending = exchange.ending();
    throw std::runtime_error("the stream ended early, code " + std::to_string(ending.code) + " (" + ending.message + ")");
  }
  require_equal(reply.payload().body().size(), static_cast<std::size_t>(size));
}

void require_end(Exchange& exchange, int code = ok) {
  StreamingOutputCallResponse reply;
  require(!exchange.read(reply), "there is more than was asked for");
  require_ending(exchange.ending(), code);
}

Ending upload(Channel& channel, const std::vector<StreamingInputCallRequest>& requests, int total, const Options& options = {}) {
  std::unique_ptr<Exchange> exchange = channel.streaming_input(options);
  for (const StreamingInputCallRequest& request : requests) exchange->write(request);
  exchange->end_writing();
  StreamingInputCallResponse reply;
  if (exchange->read(reply)) require_equal(reply.aggregated_payload_size(), total);
  return exchange->ending();
}

StreamingInputCallRequest piece(int size) {
  StreamingInputCallRequest request;
  request.mutable_payload()->set_body(zeros(size));
  return request;
}

StreamingInputCallRequest piece(int size, bool expect_compressed) {
  StreamingInputCallRequest request = piece(size);
  request.mutable_expect_compressed()->set_value(expect_compressed);
  return request;
}

void require_status(Channel& channel, int code, const std::string& message) {
  SimpleRequest request;
  request.mutable_response_status()->set_code(code);
  request.mutable_response_status()->set_message(message);
  SimpleResponse reply;
  Ending ending = channel.call(Unary::unary_call, request, reply);
  require_ending(ending, code);
  require_equal(ending.message, message);
}

void require_status_of_stream(Channel& channel, int code, const std::string& message) {
  StreamingOutputCallRequest request;
  request.mutable_response_status()->set_code(code);
  request.mutable_response_status()->set_message(message);
  std::unique_ptr<Exchange> exchange = channel.full_duplex();
  exchange->write(request);
  exchange->end_writing();
  require_end(*exchange, code);
  require_equal(exchange->ending().message, message);
}

const Metadata to_be_echoed = {{"x-grpc-test-echo-initial", "test_initial_metadata_value"},
                               {"x-grpc-test-echo-trailing-bin", "\xab\xab\xab"}};

void require_echo(const Ending& ending) {
  auto value = [](const Metadata& metadata, const char* name) {
    auto found = metadata.find(name);
    return found == metadata.end() ? "nothing" : found->second;
  };
  require_equal(value(ending.headers, "x-grpc-test-echo-initial"), "test_initial_metadata_value");
  require_equal(value(ending.trailers, "x-grpc-test-echo-trailing-bin"), "\xab\xab\xab");
}

void empty_unary(Channel& channel, const Settings&) {
  Empty reply;
  require_ending(channel.call(Unary::empty_call, Empty(), reply), ok);
}

void large_unary(Channel& channel, const Settings&) { require_large(channel); }

void client_streaming(Channel& channel, const Settings&) {
  std::vector<StreamingInputCallRequest> requests;
  for (int size : request_sizes) requests.push_back(piece(size));
  require_ending(upload(channel, requests, 74922), ok);
}

void server_streaming(Channel& channel, const Settings&) {
  StreamingOutputCallRequest request;
  for (int size : response_sizes) request.add_response_parameters()->set_size(size);
  std::unique_ptr<Exchange> exchange = channel.streaming_output(request);
  for (int size : response_sizes) require_read(*exchange, size);
  require_end(*exchange);
}

void ping_pong(Channel& channel, const Settings&) {
  std::unique_ptr<Exchange> exchange = channel.full_duplex();
  for (std::size_t i = 0; i < std::size(request_sizes); ++i) {
    require(exchange->write(ping(response_sizes[i], request_sizes[i])), "the stream was not taken");
    require_read(*exchange, response_sizes[i]);
  }
  exchange->end_writing();
  require_end(*exchange);
}

void empty_stream(Channel& channel, const Settings&) {
  std::unique_ptr<Exchange> exchange = channel.full_duplex();
  exchange->end_writing();
  require_end(*exchange);
}

void cancel_after_begin(Channel& channel, const Settings&) {
  std::unique_ptr<Exchange> exchange = channel.streaming_input();
  exchange->cancel();
  require_ending(exchange->ending(), cancelled);
}

void cancel_after_first_response(Channel& channel, const Settings&) {
  std::unique_ptr<Exchange> exchange = channel.full_duplex();
  exchange->write(ping(31415, 27182));
  require_read(*exchange, 31415);
  exchange->cancel();
  require_end(*exchange, cancelled);
}

void timeout_on_sleeping_server(Channel& channel, const Settings&) {
  std::unique_ptr<Exchange> exchange = channel.full_duplex({.timeout = 1ms});
  StreamingOutputCallRequest request = ping(31415, 27182);
  request.mutable_response_parameters(0)->set_interval_us(1'000'000);
  exchange->write(request);
  require_end(*exchange, deadline_exceeded);
}

void status_code_and_message(Channel& channel, const Settings&) {
  require_status(channel, 2, "test status message");
  require_status_of_stream(channel, 2, "test status message");
}

void special_status_message(Channel& channel, const Settings&) {
  require_status(channel, 2, "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n");
}

void unimplemented_method(Channel& channel, const Settings&) {
  Empty reply;
  require_ending(channel.call(Unary::unimplemented_call, Empty(), reply), unimplemented);
}

void unimplemented_service(Channel& channel, const Settings&) {
  Empty reply;
  require_ending(channel.call(Unary::unimplemented_service, Empty(), reply), unimplemented);
}

void custom_metadata(Channel& channel, const Settings&) {
  require_echo(require_large(channel, large(), {.metadata = to_be_echoed}));
  std::unique_ptr<Exchange> exchange = channel.full_duplex({.metadata = to_be_echoed});
  exchange->write(ping(large_response, large_request));
  exchange->end_writing();
  require_read(*exchange, large_response);
  require_end(*exchange);
  require_echo(exchange->ending());
}

void client_compressed_unary(Channel& channel, const Settings& settings) {
  SimpleRequest request = large();
  request.mutable_expect_compressed()->set_value(true);
  SimpleResponse reply;
  if (!settings.lacks.contains("compressed_request")) {
    require_ending(channel.call(Unary::unary_call, request, reply), invalid_argument);
  }
  require_large(channel, request, {.compress = true});
  request.mutable_expect_compressed()->set_value(false);
  require_large(channel, request, {.compress = true});
}

void client_compressed_streaming(Channel& channel, const Settings& settings) {
  if (!settings.lacks.contains("compressed_request")) {
    require_ending(upload(channel, {piece(27182, true)}, 27182), invalid_argument);
  }
  require_ending(upload(channel, {piece(27182, true), piece(45904, false)}, 73086, {.compress = true}), ok);
}

void server_compressed_unary(Channel& channel, const Settings& settings) {
  for (bool compressed : {true, false}) {
    SimpleRequest request = large();
    request.mutable_response_compressed()->set_value(compressed);
    Ending ending = require_large(channel, request);
    if (!settings.lacks.contains("compressed_response")) require_equal(ending.compressed, compressed);
  }
}

void server_compressed_streaming(Channel& channel, const Settings& settings) {
  StreamingOutputCallRequest request;
  for (bool compressed : {true, false}) {
    grpc::testing::ResponseParameters& parameters = *request.add_response_parameters();
    parameters.set_size(compressed ? 31415 : 92653);
    parameters.mutable_compressed()->set_value(compressed);
  }
  std::unique_ptr<Exchange> exchange = channel.streaming_output(request);
  for (bool compressed : {true, false}) {
    require_read(*exchange, compressed ? 31415 : 92653);
    if (!settings.lacks.contains("compressed_response")) require_equal(exchange->compressed(), compressed);
  }
  require_end(*exchange);
}

void parallel_calls(Channel& channel, const Settings&) {
  channel.side_by_side(200, [&](int number) {
    SimpleRequest request;
    request.set_response_size(number * 10);
    request.mutable_payload()->set_body(zeros(number));
    SimpleResponse reply;
    require_ending(channel.call(Unary::unary_call, request, reply), ok);
    require_equal(reply.payload().body().size(), static_cast<std::size_t>(number * 10));
  });
}

void many_cancels(Channel& channel, const Settings& settings) {
  for (int begun = 0; begun < 500; begun += 50) {
    std::vector<std::unique_ptr<Exchange>> exchanges;
    for (int i = 0; i < 50; ++i) exchanges.push_back(channel.full_duplex());
    for (auto& exchange : exchanges) {
      exchange->write(ping(10, 10));
      exchange->cancel();
    }
    for (auto& exchange : exchanges) require_ending(exchange->ending(), cancelled);
  }
  empty_unary(channel, settings);
}

// Whether `count` stood still for 200 ms.
void await_standstill(Channel& channel, const std::atomic<int>& count) {
  auto end = std::chrono::steady_clock::now() + 10s;
  for (int still = 0, last = count; still < 4; last = count) {
    channel.pause(50ms);
    still = count == last ? still + 1 : 0;
    require(std::chrono::steady_clock::now() < end, "never stood still");
  }
}

// Nobody reads, so the server must stop answering, then reading, and so the client stops writing; and then all arrives.
void back_pressure(Channel& channel, const Settings& settings) {
  constexpr int total = 300, size = 65536;
  std::unique_ptr<Exchange> exchange = channel.full_duplex();
  std::atomic<int> written = 0;
  channel.side_by_side(2, [&](int side) {
    if (side == 0) {
      StreamingOutputCallRequest request = ping(size, size);
      while (written < total && exchange->write(request)) ++written;
      exchange->end_writing();
      return;
    }
    try {
      await_standstill(channel, written);
      require(written < total, "all messages were taken though nobody reads");
      empty_unary(channel, settings);
      for (int i = 0; i < total; ++i) require_read(*exchange, size);
      require_end(*exchange);
    } catch (...) {
      exchange->cancel();  // lets the other side end
      throw;
    }
  });
}

void message_over_limit(Channel& channel, const Settings& settings) {
  SimpleRequest request;
  request.mutable_payload()->set_body(zeros(5 << 20));
  SimpleResponse reply;
  require_ending(channel.call(Unary::unary_call, request, reply), resource_exhausted);
  empty_unary(channel, settings);
}

void rpc_soak(Channel& channel, const Settings& settings) {
  for (int i = 0; i < settings.soak; ++i) require_large(channel);
}

void channel_soak(Channel& channel, const Settings& settings) {
  for (int i = 0; i < settings.soak; ++i) require_large(*channel.fresh());
}

}  // namespace

std::vector<Case> all_cases() {
#define CASE(name) {#name, name}
  std::vector<Case> cases = {
      CASE(empty_unary), CASE(large_unary), CASE(client_streaming), CASE(server_streaming), CASE(ping_pong),
      CASE(empty_stream), CASE(cancel_after_begin), CASE(cancel_after_first_response), CASE(timeout_on_sleeping_server),
      CASE(status_code_and_message), CASE(special_status_message), CASE(unimplemented_method), CASE(unimplemented_service),
      CASE(custom_metadata), CASE(client_compressed_unary), CASE(client_compressed_streaming), CASE(server_compressed_unary),
      CASE(server_compressed_streaming), CASE(parallel_calls), CASE(many_cancels), CASE(back_pressure),
      CASE(message_over_limit), CASE(rpc_soak), CASE(channel_soak)};
#undef CASE
  for (int code = 1; code <= static_cast<int>(std::size(codes)); ++code) {
    std::string name = codes[code - 1];
    cases.push_back({"code_" + name, [code, message = "says " + name](Channel& channel, const Settings&) {
                       require_status(channel, code, message);
                       require_status_of_stream(channel, code, message);
                     }});
  }
  return cases;
}

}  // namespace interop
