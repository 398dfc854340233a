// AccessLog: a line for each request, as JSON or in Apache's combined format, into the host's log or a file of its own. Neither
// queries nor credentials ever get there: a query may have either.
//
// A file may be rotated at any time: renamed away, it is written to until the next flush, which makes a new one.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "env/disk.h"
#include "env/environment.h"
#include "gateway/config.h"

namespace holon::gateway {

/// What a line says.
struct AccessRecord {
  env::WallTime time;            ///< of its arrival
  env::Duration took{};
  std::string_view address;
  std::string_view user;         ///< the subject of its claims, or empty
  std::string_view http_method;
  std::string_view path;
  std::string_view version;      ///< "HTTP/1.1"
  std::string_view host;
  std::string_view referer;      ///< its query is left out
  std::string_view user_agent;
  std::string_view route;
  std::string_view request_id;
  std::string_view trace_id;
  int status = 0;
  std::uint64_t bytes = 0;
  bool cut_off = false;
};

/// With the line's end.
std::string json_line(const AccessRecord& record);
/// https://httpd.apache.org/docs/2.4/logs.html#combined, with that server's escapes (\x0a, \").
std::string combined_line(const AccessRecord& record);

/// Any thread.
class AccessLog {
 public:
  static constexpr std::size_t unwritten_bytes_max = 4 << 20;  ///< beyond it lines are dropped, and counted [access_log_full]

  /// An error if its file can't be written.
  static Result<std::unique_ptr<AccessLog>> open(AccessLogConfig config, env::Environment& world);
  ~AccessLog();

  bool off() const { return config_.format == AccessLogConfig::Format::off; }
  /// Does not wait for the disk.
  void write(const AccessRecord& record);
  /// Writes what has gathered; a file whose name was given to another is made anew. May block.
  void flush();

 private:
  AccessLog(AccessLogConfig config, env::Environment& world) : config_(std::move(config)), world_(world) {}

  const AccessLogConfig config_;
  env::Environment& world_;
  std::mutex gathering_;
  std::string gathered_;
  std::mutex writing_;
  std::unique_ptr<env::AppendedFile> file_;
};

}  // namespace holon::gateway
