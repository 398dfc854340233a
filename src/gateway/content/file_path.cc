#include "gateway/content/file_path.h"

#include <algorithm>

#include "gateway/transcode/url.h"

namespace holon::gateway {
namespace {

constexpr std::size_t name_bytes_max = 255;  // what Linux allows

bool may_be_in_a_name(unsigned char c) { return c >= ' ' && c != 0x7F && c != '/' && c != '\\'; }

/// The name of a file or directory that a segment of the path stands for.
Result<std::string> name_of(std::string_view segment) {
  const std::optional<std::string> name = percent_decode(segment);
  if (!name) return invalid_argument("the path is no percent-encoded UTF-8");
  if (name->empty() || name->size() > name_bytes_max) return not_found("there is no such file");
  if (name->front() == '.') return permission_denied("names that begin with a dot are not served");
  if (!std::ranges::all_of(*name, may_be_in_a_name)) return permission_denied("a name has a character that none may have");
  return *name;
}

/// Takes `prefix` off; false if the path does not begin with it, segment for segment.
bool strip(std::string_view& path, std::string_view prefix) {
  while (prefix.ends_with('/')) prefix.remove_suffix(1);
  if (!path.starts_with(prefix)) return false;
  path.remove_prefix(prefix.size());
  return path.empty() || path.front() == '/';
}

}  // namespace

Result<FilePath> file_path(std::string_view path, std::string_view strip_prefix) {
  if (!strip(path, strip_prefix)) return not_found("there is no such file");
  FilePath found;
  found.directory = path.ends_with('/');
  if (path.size() <= 1) return found;
  path.remove_prefix(1);
  if (found.directory) path.remove_suffix(1);
  for (;;) {
    const std::size_t end = path.find('/');
    found.below += HOLON_TRY(name_of(path.substr(0, end)));
    if (end == path.npos) return found;
    found.below += '/';
    path.remove_prefix(end + 1);
  }
}

std::string local_path(std::string_view path) {
  const std::size_t begin = path.find_first_not_of("/\\");
  return "/" + std::string(begin == path.npos ? "" : path.substr(begin));
}

}  // namespace holon::gateway
