#include "gateway/content/files.h"

#include "gateway/content/accept_encoding.h"
#include "gateway/content/file_answer.h"
#include "gateway/content/media_type.h"
#include "holon/log.h"
#include "telemetry/refusals.h"

namespace holon::gateway {
namespace {

constexpr std::int64_t second_ns = 1'000'000'000;

Error no_such_file() { return not_found("there is no such file"); }

/// The same path with a slash at its end, so that what the index links to is found beside it.
std::string as_directory(const server::HttpRequest& request) {
  std::string location = local_path(request.path()) + "/";
  if (!request.query().empty()) location.append("?").append(request.query());
  return location;
}

}  // namespace

void Files::serve(Visit& visit) const {
  const server::HttpRequest& request = visit.request();
  if (request.method != "GET" && request.method != "HEAD") {
    visit.add_header("allow", "GET, HEAD");
    return visit.problem(405, unimplemented("files are read by GET and HEAD"));
  }
  const Result<FilePath> path = file_path(request.path(), config_.strip_prefix);
  if (!path.ok()) return refuse(visit, path.error());
  Result<OpenedFile> opened = find(request, *path);
  if (!opened.ok()) return fail(visit, opened.error());
  if (opened->file->status().directory) return visit.respond(301, {{"location", as_directory(request)}}, {});
  answer_with(visit, *opened, {config_.cache_control, longest_}, environment_);
}

/// The file for a path: itself, the index of a directory, or the fallback. A directory only if its slash is missing.
Result<OpenedFile> Files::find(const server::HttpRequest& request, const FilePath& path) const {
  std::string below = path.below;
  if (below.empty() && !path.directory) below = ".";
  if (path.directory) below += (below.empty() ? "" : "/") + config_.index;
  Result<OpenedFile> opened = open(request, below);
  const bool none = opened.code() == Code::not_found || (opened.ok() && path.directory && opened->file->status().directory);
  if (!none) return opened;
  if (config_.fallback.empty()) return no_such_file();
  opened = open(request, config_.fallback);
  if (opened.ok() && opened->file->status().directory) return no_such_file();
  return opened;
}

Result<OpenedFile> Files::open(const server::HttpRequest& request, const std::string& below) const {
  OpenedFile opened;
  opened.file = HOLON_TRY(environment_.disk().open_below(config_.folder, below));
  opened.content_type = media_type_of(below);
  opened.varies = is_compressible(opened.content_type, {});
  if (opened.varies && !opened.file->status().directory) prefer_compressed(request, below, opened);
  return opened;
}

/// Takes `below.br` or `below.gz` instead, if the client takes that, and it was not made of an earlier version.
void Files::prefer_compressed(const server::HttpRequest& request, const std::string& below, OpenedFile& opened) const {
  for (Coding coding : accepted_codings(request)) {
    Result<std::unique_ptr<env::OpenFile>> sibling =
        environment_.disk().open_below(config_.folder, below + (coding == Coding::br ? ".br" : ".gz"));
    if (!sibling.ok() || (*sibling)->status().directory) continue;
    // Archives keep whole seconds.
    if ((*sibling)->status().modified_ns / second_ns < opened.file->status().modified_ns / second_ns) continue;
    opened.file = *std::move(sibling);
    opened.content_encoding = coding_name(coding);
    return;
  }
}

void Files::refuse(Visit& visit, const Error& why) const {
  if (why.code() == Code::invalid_argument) return visit.problem(400, why);
  if (why.code() == Code::permission_denied) {
    telemetry::refused("gateway.file_path", visit.request().peer + ": " + why.message(), environment_.now());
  }
  visit.problem(404, no_such_file());
}

/// What the disk has against it is for the log, not for the client.
void Files::fail(Visit& visit, const Error& why) const {
  if (why.code() == Code::not_found) return visit.problem(404, no_such_file());
  log::warning(visit.call(), why.message(), {{"folder", config_.folder}});
  if (why.code() == Code::permission_denied) return visit.problem(404, no_such_file());
  visit.problem(503, unavailable("the files can't be read at present"));
}

}  // namespace holon::gateway
