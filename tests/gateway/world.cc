#include "world.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fstream>
#include <future>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "fiber/call.h"
#include "fiber/loop.h"
#include "fiber/waiter.h"
#include "gateway/test_contract.h"
#include "holon/client.h"
#include "holon/node/v1/node.holon.h"
#include "holon/service.h"
#include "notes.holon.h"
#include "server/server.h"

extern char** environ;

namespace notes {
namespace {

constexpr std::chrono::seconds patience{10};

class NotesService final : public Notes::Service {
 public:
  holon::Result<Note> Get(holon::Call&, const Note& request) override {
    if (request.id() == "missing") return holon::not_found("no note \"missing\"");
    Note note = request;
    note.set_revision(9007199254740993);
    return note;
  }
  holon::Result<Note> Create(holon::Call&, const Note& request) override { return request; }

  holon::Result<Note> Hold(holon::Call& call, const Note& request) override {
    holon::fiber::Waiter waiter;
    holding_[request.id()] = &waiter;
    const holon::Result<void> waited = holon::fiber::wait(waiter, call);
    holding_.erase(request.id());
    if (!waited.ok()) return waited.error();
    return request;
  }
  holon::Result<Note> Release(holon::Call&, const Note& request) override {
    const auto held = holding_.find(request.id());
    if (held == holding_.end()) return holon::not_found("nobody holds " + request.id());
    held->second->wake();
    return request;
  }
  holon::Result<Note> Brief(holon::Call& call, const Note& request) override { return Hold(call, request); }

  holon::Result<SeenHeaders> Seen(holon::Call& call, const Note&) override {
    SeenHeaders seen;
    for (const auto& [name, value] : call.metadata()) (*seen.mutable_metadata())[name] = value;
    seen.set_trace_id(call.trace().trace_id());
    seen.set_sampled(call.trace().sampled);
    return seen;
  }

  holon::Result<google::api::HttpBody> Home(holon::Call& call, const Note& request) override {
    if (!request.id().empty()) {
      call.response_metadata().set("holon-http-status", "303");
      call.response_metadata().set("location", "/v1/notes/" + request.id());
    }
    call.response_metadata().add("set-cookie", "a=1");
    call.response_metadata().add("set-cookie", "b=2");
    call.response_metadata().add("x-internal", "secret");
    return page("text/html; charset=utf-8", "<h1>Notes</h1>");
  }
  holon::Result<google::api::HttpBody> Submit(holon::Call&, const Form& form) override {
    return page("text/plain", form.id() + "|" + form.form().content_type() + "|" + form.form().data());
  }
  holon::Result<google::api::HttpBody> Large(holon::Call&, const Size& size) override {
    return page("application/octet-stream", std::string(static_cast<std::size_t>(size.bytes()), 'x'));
  }
  holon::Result<google::protobuf::Empty> Fail(holon::Call&, const Failure& failure) override {
    return holon::Error(static_cast<holon::Code>(failure.code()), "as asked");
  }

 private:
  static google::api::HttpBody page(std::string type, std::string data) {
    google::api::HttpBody body;
    body.set_content_type(std::move(type));
    body.set_data(std::move(data));
    return body;
  }

  std::map<std::string, holon::fiber::Waiter*> holding_;
};

/// The node's side: tells where Notes answers, for as long as the host stays.
class Directory final : public holon::node::v1::Hosts::Service {
 public:
  explicit Directory(std::string endpoint) : endpoint_(std::move(endpoint)) {}

  holon::Result<void> Attach(holon::Call& call, const holon::node::v1::AttachRequest&,
                             holon::Writer<holon::node::v1::Directory>& out) override {
    holon::node::v1::Directory directory;
    auto& service = *directory.add_services();
    service.set_service("notes.Notes");
    service.add_endpoints()->set_address(endpoint_);
    if (auto told = out.write(directory); !told.ok()) return told;
    holon::fiber::Waiter forever;
    return holon::fiber::wait(forever, call);
  }
  holon::Result<holon::node::v1::ReadyReply> Ready(holon::Call&, const holon::node::v1::ReadyRequest&) override {
    return holon::node::v1::ReadyReply();
  }

 private:
  std::string endpoint_;
};

void write_manifest(const std::filesystem::path& file) {
  holon::node::v1::Manifest manifest;
  std::set<std::string> added;
  holon::gateway::testing::add_with_imports(*Note::descriptor()->file(), added, *manifest.mutable_contracts());
  manifest.add_services()->set_contract("notes.Notes");
  std::ofstream(file, std::ios::binary) << manifest.SerializeAsString();
}

/// A listening TCP socket on a port of the system's choice.
std::pair<int, int> listen_anywhere() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(fd, 128) != 0) {
    throw std::runtime_error("cannot listen");
  }
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  return {fd, ntohs(address.sin_port)};
}

pid_t spawn(const std::vector<std::string>& arguments, int descriptor) {
  std::vector<char*> pointers;
  for (const std::string& argument : arguments) pointers.push_back(const_cast<char*>(argument.c_str()));
  pointers.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, descriptor, 3);
  pid_t pid = -1;
  const int problem = posix_spawn(&pid, pointers[0], &actions, nullptr, pointers.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (problem != 0) throw std::runtime_error(std::string("cannot start the gateway: ") + std::strerror(problem));
  return pid;
}

}  // namespace

struct Backend::Impl {
  NotesService notes;
  Directory directory;
  std::promise<void> up;
  holon::fiber::Loop* loop = nullptr;
  std::thread thread;

  explicit Impl(const std::filesystem::path& socket) : directory("unix:" + socket.string()) {
    thread = std::thread([this, socket] { run("unix:" + socket.string()); });
    up.get_future().wait();
  }
  void run(const std::string& address) {
    holon::fiber::Loop own(holon::env::os(), 0);
    holon::server::Router router;
    router.add(Notes::info(), notes);
    router.add(holon::node::v1::Hosts::info(), directory);
    holon::server::Server server(router, {&own});
    server.listen(holon::env::Address::parse(address).value()).value();
    loop = &own;
    up.set_value();
    own.run();
  }
};

Backend::Backend(const std::filesystem::path& socket) : impl_(std::make_unique<Impl>(socket)) {}
Backend::~Backend() {
  impl_->loop->stop();
  impl_->thread.join();
}

GatewayProcess::GatewayProcess(const std::string& rest, const std::vector<std::pair<std::string, std::string>>& files) {
  std::string name = (std::filesystem::temp_directory_path() / "holon-gateway-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a folder");
  directory_ = name;
  const std::filesystem::path socket = directory_ / "node.sock";
  backend_ = std::make_unique<Backend>(socket);
  write_manifest(directory_ / "contracts");
  std::tie(listener_, port_) = listen_anywhere();
  configure(rest);
  for (const auto& [name, content] : files) write(name, content);
  pid_ = spawn({GATEWAY_PROGRAM, "--holon-host=gateway.0", "--holon-listen=fd:3", "--holon-own=unix:" + own().string(),
                "--holon-config=" + (directory_ / "holon.yaml").string(), "--holon-base=" + directory_.string(),
                "--holon-node=unix:" + socket.string(),
                "--holon-contracts=" + (directory_ / "contracts").string(), "--holon-drain-ms=4000", "--holon-loops=1"},
               listener_);
}

std::filesystem::path GatewayProcess::own() const { return directory_ / "own.sock"; }

void GatewayProcess::write(const std::string& name, const std::string& content) const {
  std::filesystem::create_directories((directory_ / name).parent_path());
  std::ofstream(directory_ / name, std::ios::binary) << content;
}

void GatewayProcess::configure(const std::string& rest) const {
  const std::string address = "\"127.0.0.1:" + std::to_string(port_) + "\"";
  std::string text = rest;
  if (const std::size_t place = text.find("LISTEN"); place != text.npos) {
    text.replace(place, 6, address);
  } else {
    text = "  listen: " + address + "\n" + text;
  }
  write("holon.yaml", "gateway:\n" + text);
}

holon::Result<void> GatewayProcess::reload() const {
  holon::Client client("unix:" + own().string());
  holon::Ref<holon::node::v1::Gateway> gateway(client);
  auto call = client.call(patience);
  const auto reply = gateway->Reload(*call, {});
  if (!reply.ok()) return reply.error();
  return {};
}

holon::Result<holon::node::v1::SnapshotReply> GatewayProcess::snapshot() const {
  holon::Client client("unix:" + own().string());
  holon::Ref<holon::node::v1::Host> host(client);
  auto call = client.call(patience);
  return host->Snapshot(*call, {});
}

GatewayProcess::~GatewayProcess() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  ::close(listener_);
  backend_.reset();
  std::filesystem::remove_all(directory_);
}

void GatewayProcess::signal(int number) {
  ::kill(pid_, number);
  ::close(std::exchange(listener_, -1));  // as the node does: else the kernel would go on to accept for nobody
}

void GatewayProcess::signal_only(int number) const { ::kill(pid_, number); }

int GatewayProcess::wait() {
  const auto until = std::chrono::steady_clock::now() + patience;
  while (std::chrono::steady_clock::now() < until) {
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) == pid_) {
      pid_ = -1;
      return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return -1;
}

std::string HttpAnswer::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return {};
}

std::size_t HttpAnswer::count(std::string_view name) const {
  const auto named = [&](const auto& header) { return header.first == name; };
  return static_cast<std::size_t>(std::count_if(headers.begin(), headers.end(), named));
}

HttpClient::HttpClient(int port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    throw std::runtime_error("cannot connect");
  }
}

HttpClient::~HttpClient() { ::close(socket_); }

void HttpClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;  // the gateway has closed; what it said is still to be read
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

/// Reads more; false at the end of the connection.
bool HttpClient::fill() {
  pollfd poll{socket_, POLLIN, 0};
  if (::poll(&poll, 1, static_cast<int>(std::chrono::milliseconds(patience).count())) <= 0) {
    throw std::runtime_error("the gateway sends nothing");
  }
  char bytes[64 << 10];
  const ssize_t got = ::recv(socket_, bytes, sizeof bytes, 0);
  if (got <= 0) return false;
  buffer_.append(bytes, static_cast<std::size_t>(got));
  return true;
}

HttpAnswer HttpClient::receive(bool head) {
  HttpAnswer answer;
  std::size_t end = 0;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (!fill()) {
      answer.ended = true;
      return answer;
    }
  }
  std::string_view lines = std::string_view(buffer_).substr(0, end + 2);
  answer.status = std::stoi(std::string(lines.substr(9, 3)));
  lines.remove_prefix(lines.find("\r\n") + 2);
  while (!lines.empty()) {
    const std::string_view line = lines.substr(0, lines.find("\r\n"));
    const std::size_t colon = line.find(':');
    std::string name(line.substr(0, colon));
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
    answer.headers.emplace_back(name, line.substr(colon + 2));
    lines.remove_prefix(line.size() + 2);
  }
  buffer_.erase(0, end + 4);
  if (head || answer.status == 100) return answer;
  const std::string length = answer.header("content-length");
  const std::size_t size = length.empty() ? 0 : std::stoul(length);
  while (buffer_.size() < size) {
    if (!fill()) {
      answer.ended = true;
      return answer;
    }
  }
  answer.body = buffer_.substr(0, size);
  buffer_.erase(0, size);
  return answer;
}

HttpAnswer HttpClient::get(std::string_view target, std::string_view headers) {
  send("GET " + std::string(target) + " HTTP/1.1\r\nHost: x\r\n" + std::string(headers) + "\r\n");
  return receive();
}

HttpAnswer HttpClient::post(std::string_view target, std::string_view type, std::string_view body) {
  send("POST " + std::string(target) + " HTTP/1.1\r\nHost: x\r\nContent-Type: " + std::string(type) +
       "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body));
  return receive();
}

bool HttpClient::closed() { return buffer_.empty() && !fill(); }

}  // namespace notes
