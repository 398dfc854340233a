#include "gateway/access_log.h"

#include <array>
#include <cstdio>
#include <ctime>
#include <utility>

#include "holon/log.h"
#include "telemetry/json.h"
#include "telemetry/refusals.h"

namespace holon::gateway {
namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;

std::tm utc(env::WallTime time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  return parts;
}

std::string formatted(const char* format, const std::tm& parts) {
  std::array<char, 64> text{};
  return std::string(text.data(), std::strftime(text.data(), text.size(), format, &parts));
}

std::string rfc3339(env::WallTime time) {
  std::array<char, 16> fraction{};
  const auto us = duration_cast<microseconds>(time.time_since_epoch()).count() % 1'000'000;
  std::snprintf(fraction.data(), fraction.size(), ".%06dZ", static_cast<int>(us));
  return formatted("%Y-%m-%dT%H:%M:%S", utc(time)) + fraction.data();
}

std::string milliseconds_text(env::Duration took) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.3f", std::chrono::duration<double, std::milli>(took).count());
  return text.data();
}

std::string_view without_query(std::string_view url) { return url.substr(0, url.find_first_of("?#")); }

/// As Apache escapes: no line of ours can be forged by what a client sends.
void append_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < ' ' || byte >= 0x7F) {
      std::array<char, 8> escape{};
      std::snprintf(escape.data(), escape.size(), "\\x%02x", byte);
      out += escape.data();
    } else {
      out += c;
    }
  }
}

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  append_escaped(out, text.empty() ? "-" : text);
  out += '"';
}

/// A word between blanks.
void append_word(std::string& out, std::string_view text) {
  std::string word;
  append_escaped(word, text.empty() ? "-" : text);
  for (char& c : word) {
    if (c == ' ') c = '_';
  }
  out += word;
}

}  // namespace

std::string json_line(const AccessRecord& record) {
  std::string line = "{\"time\":\"" + rfc3339(record.time) + "\",\"level\":\"info\",\"message\":\"request\"";
  const auto add = [&line](std::string_view name, std::string_view value) {
    if (value.empty()) return;
    line += ",\"" + std::string(name) + "\":";
    telemetry::append_json_string(line, value);
  };
  add("address", record.address);
  add("user", record.user);
  add("http_method", record.http_method);
  add("path", record.path);
  add("version", record.version);
  add("host", record.host);
  line += ",\"status\":" + std::to_string(record.status) + ",\"bytes\":" + std::to_string(record.bytes) +
          ",\"ms\":" + milliseconds_text(record.took);
  if (record.cut_off) line += ",\"cut_off\":true";
  add("referer", without_query(record.referer));
  add("user_agent", record.user_agent);
  add("route", record.route);
  add("request_id", record.request_id);
  add("trace_id", record.trace_id);
  return line + "}\n";
}

std::string combined_line(const AccessRecord& record) {
  std::string line;
  append_word(line, record.address);
  line += " - ";
  append_word(line, record.user);
  line += formatted(" [%d/%b/%Y:%H:%M:%S +0000] ", utc(record.time));
  append_quoted(line, std::string(record.http_method) + " " + std::string(record.path) + " " + std::string(record.version));
  line += " " + std::to_string(record.status) + " " + (record.bytes == 0 ? "-" : std::to_string(record.bytes)) + " ";
  append_quoted(line, without_query(record.referer));
  line += ' ';
  append_quoted(line, record.user_agent);
  return line + "\n";
}

Result<std::unique_ptr<AccessLog>> AccessLog::open(AccessLogConfig config, env::Environment& world) {
  std::unique_ptr<AccessLog> log(new AccessLog(std::move(config), world));
  if (!log->off() && !log->config_.file.empty()) log->file_ = HOLON_TRY(world.disk().append_to(log->config_.file));
  return log;
}

AccessLog::~AccessLog() { flush(); }

void AccessLog::write(const AccessRecord& record) {
  if (off()) return;
  const std::string line = config_.format == AccessLogConfig::Format::json ? json_line(record) : combined_line(record);
  {
    const std::scoped_lock lock(gathering_);
    if (gathered_.size() + line.size() <= unwritten_bytes_max) {
      gathered_ += line;
      return;
    }
  }
  telemetry::refused("access_log_full", "the disk is slower than the requests: a line is dropped", world_.now());
}

void AccessLog::flush() {
  const std::scoped_lock alone(writing_);
  std::string lines;
  {
    const std::scoped_lock lock(gathering_);
    lines.swap(gathered_);
  }
  if (lines.empty()) return;
  if (config_.file.empty()) {
    std::fwrite(lines.data(), 1, lines.size(), stderr);
    return;
  }
  if (!file_->keeps_name()) {
    auto opened = world_.disk().append_to(config_.file);
    if (opened.ok()) file_ = std::move(*opened);
  }
  const Result<void> written = file_->append(lines);
  if (!written.ok()) log::write(log::Level::error, "the access log can't be written: " + written.error().message());
}

}  // namespace holon::gateway
