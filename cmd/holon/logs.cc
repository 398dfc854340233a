// `holon logs`: what the hosts wrote, told by the node.
#include "cmd/holon/link.h"
#include "cmd/holon/session.h"
#include "cmd/holon/terminal.h"
#include "cmd/holon/times.h"
#include "cmd/holon/verbs.h"

namespace holon::cli {
namespace {

constexpr int tail_unsaid = 50;

node::v1::LogsRequest request_of(const LogsOptions& options, std::int64_t since) {
  node::v1::LogsRequest request;
  request.mutable_names()->Assign(options.names.begin(), options.names.end());
  request.set_since_unix_ms(since);
  const bool search = since != 0 || !options.grep.empty();
  request.set_tail(options.tail.value_or(search ? -1 : tail_unsaid));
  request.set_follow(options.follow);
  request.set_grep(options.grep);
  return request;
}

bool print_log_line(const node::v1::LogLine& line, const LogsOptions& options, const Paint& paint) {
  if (line.missed() > 0) say_missed(line.host(), line.missed());
  if (options.json) return print_json(line);
  if (line.missed() > 0) return true;
  const std::string prefix = paint.by_name(line.host(), line.host() + " |");
  const std::string time = options.timestamps ? paint.tinted(Tone::faint, clock_text(line.unix_us())) + " " : "";
  std::printf("%s %s%s\n", prefix.c_str(), time.c_str(), line.text().c_str());
  return std::fflush(stdout) == 0;
}

}  // namespace

int logs(const LogsOptions& options) {
  Session session;
  Result<std::int64_t> since = since_unix_ms(options.since, env::os());
  if (!since.ok()) return session.fail(since.error());
  if (!has_node(options.file)) {
    const std::string folder = (node::folder_of(options.file).path() / "logs").string();
    return session.fail(no_node(options.file).within("the logs of what ran here last are in " + folder));
  }
  NodeLink node(options.file);
  const Paint paint(stdout);
  return each_message(session, node, node->Logs(session.call(std::nullopt), request_of(options, *since)),
                      [&](const node::v1::LogLine& line) { return print_log_line(line, options, paint); });
}

}  // namespace holon::cli
