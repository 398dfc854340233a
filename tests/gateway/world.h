// What stands around a gateway under test: a service and a directory behind it, and clients that speak bytes.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "holon/node/v1/node.pb.h"
#include "holon/result.h"

namespace notes {

/// A server of the service `notes.Notes` and of the node's directory, on a thread of its own.
class Backend {
 public:
  explicit Backend(const std::filesystem::path& socket);
  ~Backend();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// A running gateway process, and the port it answers on.
class GatewayProcess {
 public:
  /// @param rest  of `gateway:` in its holon.yaml, behind `listen:`: "routes: …", lines that begin with two blanks; "LISTEN" in it
  ///              stands for nothing else than where it listens, so "  listen: {address: LISTEN, …}" may be written, too
  /// @param files  in its folder before it starts: names and contents
  explicit GatewayProcess(const std::string& rest = {}, const std::vector<std::pair<std::string, std::string>>& files = {});
  ~GatewayProcess();

  int port() const { return port_; }
  const std::filesystem::path& directory() const { return directory_; }
  /// Another file in its folder.
  void write(const std::string& name, const std::string& content) const;
  /// Its configuration from the next reload on.
  void configure(const std::string& rest) const;
  /// Tells it to read that, as its node would.
  holon::Result<void> reload() const;
  /// What it has counted, as its node asks.
  holon::Result<holon::node::v1::SnapshotReply> snapshot() const;
  void signal(int number);
  /// To one that goes on.
  void signal_only(int number) const;
  /// Its exit code, or -1 if it is killed by a signal or still runs after 10 s.
  int wait();

 private:
  std::filesystem::path own() const;

  std::filesystem::path directory_;
  std::unique_ptr<Backend> backend_;
  int listener_ = -1;
  int port_ = 0;
  pid_t pid_ = -1;
};

struct HttpAnswer {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case
  std::string body;
  bool ended = false;  ///< the connection ended before the answer was complete

  std::string header(std::string_view name) const;
  std::size_t count(std::string_view name) const;
};

/// One connection; every read fails the test after 10 s.
class HttpClient {
 public:
  explicit HttpClient(int port);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  void send(std::string_view bytes);
  /// The next answer. @param head  it answers a HEAD
  HttpAnswer receive(bool head = false);
  HttpAnswer get(std::string_view target, std::string_view headers = {});
  HttpAnswer post(std::string_view target, std::string_view type, std::string_view body);
  /// Whether the gateway has closed the connection, with nothing more to read.
  bool closed();

 private:
  bool fill();

  int socket_;
  std::string buffer_;
};

}  // namespace notes
