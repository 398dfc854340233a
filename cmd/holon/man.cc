// `holon man`: writes the manual, for the installation and for docs/.
#include <cstdio>

#include "cmd/holon/manual.h"
#include "cmd/holon/terminal.h"
#include "cmd/holon/verbs.h"
#include "env/disk.h"

namespace holon::cli {

int man(const ManOptions& options) {
  if (options.markdown) {
    std::fputs(reference().c_str(), stdout);
    return succeeded;
  }
  env::Disk& disk = env::os().disk();
  Result<void> written = disk.make_directories(options.folder);
  for (const auto& [name, text] : man_pages()) {
    if (written.ok()) written = disk.exchange(options.folder / name, text);
  }
  if (written.ok()) return succeeded;
  say(written.error().message());
  return failed;
}

}  // namespace holon::cli
