// `holon new app NAME`, `holon new service NAME`: files to begin with.
#include <cstdio>

#include "cmd/holon/new_project.h"
#include "cmd/holon/terminal.h"
#include "cmd/holon/verbs.h"
#include "contract/json.h"
#include "env/disk.h"

namespace holon::cli {
namespace {

namespace fs = std::filesystem;

void print_names(const ProjectFiles& files, const fs::path& folder, bool json) {
  std::string names;
  for (const auto& [file, text] : files) {
    const std::string name = folder / file;
    names += json ? (names.empty() ? "" : ",") + contract::json_quote(name) : name + "\n";
  }
  std::printf("%s%s%s", json ? "{\"files\":[" : "", names.c_str(), json ? "]}\n" : "");
}

/// All or nothing: whatever is there already is named before anything is written. `known` may be replaced.
Result<void> write(const ProjectFiles& files, const fs::path& folder, const std::vector<fs::path>& known, bool json) {
  env::Disk& disk = env::os().disk();
  for (const auto& [file, text] : files) {
    if (std::ranges::find(known, file) != known.end() || !disk.size(folder / file).ok()) continue;
    return already_exists((folder / file).string() + " is there already; take another name, or remove it");
  }
  for (const auto& [file, text] : files) {
    std::error_code failed;
    fs::create_directories((folder / file).parent_path(), failed);
    HOLON_TRY(disk.exchange(folder / file, text));
  }
  print_names(files, folder, json);
  return {};
}

Result<void> app(const NewOptions& options) {
  const ProjectFiles files = HOLON_TRY(new_app(options.name, options.service));
  HOLON_TRY(write(files, options.name, {}, options.json));
  if (options.json) return {};
  std::printf("\ncd %s && cmake -S . -B build -G Ninja && cmake --build build && holon up --bin build\n", options.name.c_str());
  return {};
}

Result<void> service(const NewOptions& options) {
  const fs::path folder = options.file.parent_path();
  Result<std::string> yaml = env::os().disk().read(options.file);
  if (yaml.code() == Code::not_found) {
    return not_found("there is no " + options.file.string() + "; go to the folder of your app, name its holon.yaml by --file, or "
                     "begin one by `holon new app NAME`");
  }
  if (!yaml.ok()) return yaml.error();
  const std::string cmake = HOLON_TRY(env::os().disk().read(folder / "CMakeLists.txt"));
  return write(HOLON_TRY(new_service(options.name, *yaml, cmake)), folder, {"holon.yaml", "CMakeLists.txt"},
               options.json);
}

}  // namespace

int new_project(const NewOptions& options) {
  Result<void> made = options.what == NewOptions::What::app ? app(options) : service(options);
  if (made.ok()) return succeeded;
  say(made.error().message());
  return misused;
}

}  // namespace holon::cli
