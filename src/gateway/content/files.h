// Files: answers with the files below a folder, as docs/files.md says.
//
//   Files files({.folder = "site", .strip_prefix = "/static"}, env::os(), std::chrono::hours(1));
//   files.serve(visit);        // GET /static/app.js: site/app.js, or site/app.js.br if the client takes that
#pragma once

#include "env/environment.h"
#include "gateway/content/file_path.h"
#include "gateway/visit.h"

namespace holon::gateway {

struct OpenedFile;

class Files final : public Destination {
 public:
  /// @param longest  how long a large file may take to be sent
  Files(ToFiles config, env::Environment& environment, nanoseconds longest)
      : config_(std::move(config)), environment_(environment), longest_(longest) {}

  void serve(Visit& visit) const override;

 private:
  Result<OpenedFile> find(const server::HttpRequest& request, const FilePath& path) const;
  Result<OpenedFile> open(const server::HttpRequest& request, const std::string& below) const;
  void prefer_compressed(const server::HttpRequest& request, const std::string& below, OpenedFile& opened) const;
  /// Answers a path that names no file.
  void refuse(Visit& visit, const Error& why) const;
  /// Answers when a file could not be opened.
  void fail(Visit& visit, const Error& why) const;

  ToFiles config_;
  env::Environment& environment_;
  nanoseconds longest_;
};

}  // namespace holon::gateway
