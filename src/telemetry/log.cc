#include "holon/log.h"

#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "env/environment.h"
#include "telemetry/json.h"

namespace holon::log {
namespace {

constexpr std::string_view level_names[] = {"debug", "info", "warning", "error"};
constexpr std::size_t line_bytes_max = 16 << 10;

Level level_of_environment() {
  const char* wanted = std::getenv("HOLON_LOG");
  for (int i = 0; wanted != nullptr && i < 4; ++i) {
    if (level_names[i] == wanted) return static_cast<Level>(i);
  }
  return Level::info;
}

std::atomic<Level>& least_level() {
  static std::atomic<Level> level = level_of_environment();
  return level;
}

std::atomic<std::uint64_t> dropped{0};

void append_time(std::string& line) {
  auto now = env::os().wall().time_since_epoch();
  auto micros = std::chrono::duration_cast<std::chrono::microseconds>(now).count();
  std::time_t seconds = micros / 1'000'000;
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  char text[40];
  std::size_t size = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
  std::snprintf(text + size, sizeof text - size, ".%06dZ", static_cast<int>(micros % 1'000'000));
  line += text;
}

void append_member(std::string& line, std::string_view name, std::string_view value) {
  line += ",\"";
  line += name;
  line += "\":";
  telemetry::append_json_string(line, value);
}

std::atomic<bool> torn{false};  ///< the last write ended within a line: the disk was full

// One write(2) a line: lines of threads and processes that share the pipe stay whole up to PIPE_BUF, and in files always.
void emit(std::string line) {
  if (std::uint64_t lost = dropped.load(std::memory_order_relaxed); lost != 0) {
    line.insert(line.size() - 1, ",\"dropped_lines\":" + std::to_string(lost));
  }
  line += '\n';
  if (torn.exchange(false, std::memory_order_relaxed)) line.insert(0, 1, '\n');
  const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
  if (written == static_cast<ssize_t>(line.size())) return;
  dropped.fetch_add(1, std::memory_order_relaxed);
  if (written > 0 || line.front() == '\n') torn.store(true, std::memory_order_relaxed);
}

void say(Level level, const Call* call, std::string_view message, Fields fields) {
  if (level < least_level().load(std::memory_order_relaxed)) return;
  std::string line = "{\"time\":\"";
  append_time(line);
  line += "\",\"level\":\"";
  line += level_names[static_cast<int>(level)];
  line += '"';
  if (call != nullptr) {
    std::string_view method = call->method();
    append_member(line, "service", method.substr(0, method.find('/')));
    append_member(line, "method", method);
    append_member(line, "trace_id", call->trace().trace_id());
    append_member(line, "span_id", call->trace().span_id());
  }
  append_member(line, "message", message);
  for (const Field& field : fields) {
    if (line.size() + field.value.size() > line_bytes_max) {
      append_member(line, "truncated", field.name);
      break;
    }
    if (field.quoted) {
      append_member(line, field.name, field.value);
    } else {
      (((line += ",\"") += field.name) += "\":") += field.value;
    }
  }
  line += '}';
  emit(std::move(line));
}

}  // namespace

void debug(const Call& call, std::string_view message, Fields fields) { say(Level::debug, &call, message, fields); }
void info(const Call& call, std::string_view message, Fields fields) { say(Level::info, &call, message, fields); }
void warning(const Call& call, std::string_view message, Fields fields) { say(Level::warning, &call, message, fields); }
void error(const Call& call, std::string_view message, Fields fields) { say(Level::error, &call, message, fields); }
void write(Level level, std::string_view message, Fields fields) { say(level, nullptr, message, fields); }
void set_level(Level level) { least_level().store(level, std::memory_order_relaxed); }

}  // namespace holon::log
