#include "gateway/content/media_type.h"

#include <algorithm>
#include <array>
#include <utility>

#include "gateway/content/fields.h"

namespace holon::gateway {
namespace {

using Entry = std::pair<std::string_view, std::string_view>;

// IANA's registry of media types, by the extensions that web servers know. In the order of the alphabet.
constexpr auto by_extension = std::to_array<Entry>({
    {"7z", "application/x-7z-compressed"},
    {"aac", "audio/aac"},
    {"apng", "image/apng"},
    {"atom", "application/atom+xml"},
    {"avif", "image/avif"},
    {"bin", "application/octet-stream"},
    {"bmp", "image/bmp"},
    {"bz2", "application/x-bzip2"},
    {"cjs", "text/javascript; charset=utf-8"},
    {"css", "text/css; charset=utf-8"},
    {"csv", "text/csv; charset=utf-8"},
    {"doc", "application/msword"},
    {"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    {"eot", "application/vnd.ms-fontobject"},
    {"epub", "application/epub+zip"},
    {"flac", "audio/flac"},
    {"gif", "image/gif"},
    {"gz", "application/gzip"},
    {"htm", "text/html; charset=utf-8"},
    {"html", "text/html; charset=utf-8"},
    {"ico", "image/x-icon"},
    {"ics", "text/calendar; charset=utf-8"},
    {"jpeg", "image/jpeg"},
    {"jpg", "image/jpeg"},
    {"js", "text/javascript; charset=utf-8"},
    {"json", "application/json"},
    {"jsonl", "application/jsonl"},
    {"jsonld", "application/ld+json"},
    {"jxl", "image/jxl"},
    {"m4a", "audio/mp4"},
    {"m4v", "video/mp4"},
    {"map", "application/json"},
    {"md", "text/markdown; charset=utf-8"},
    {"mjs", "text/javascript; charset=utf-8"},
    {"mov", "video/quicktime"},
    {"mp3", "audio/mpeg"},
    {"mp4", "video/mp4"},
    {"mpeg", "video/mpeg"},
    {"ndjson", "application/x-ndjson"},
    {"odp", "application/vnd.oasis.opendocument.presentation"},
    {"ods", "application/vnd.oasis.opendocument.spreadsheet"},
    {"odt", "application/vnd.oasis.opendocument.text"},
    {"ogg", "audio/ogg"},
    {"ogv", "video/ogg"},
    {"opus", "audio/ogg"},
    {"otf", "font/otf"},
    {"pdf", "application/pdf"},
    {"png", "image/png"},
    {"ppt", "application/vnd.ms-powerpoint"},
    {"pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
    {"proto", "text/plain; charset=utf-8"},
    {"rss", "application/rss+xml"},
    {"rtf", "application/rtf"},
    {"svg", "image/svg+xml; charset=utf-8"},
    {"tar", "application/x-tar"},
    {"tif", "image/tiff"},
    {"tiff", "image/tiff"},
    {"toml", "application/toml"},
    {"ts", "video/mp2t"},
    {"tsv", "text/tab-separated-values; charset=utf-8"},
    {"ttf", "font/ttf"},
    {"txt", "text/plain; charset=utf-8"},
    {"vtt", "text/vtt; charset=utf-8"},
    {"wasm", "application/wasm"},
    {"wav", "audio/wav"},
    {"weba", "audio/webm"},
    {"webm", "video/webm"},
    {"webmanifest", "application/manifest+json"},
    {"webp", "image/webp"},
    {"woff", "font/woff"},
    {"woff2", "font/woff2"},
    {"xhtml", "application/xhtml+xml"},
    {"xls", "application/vnd.ms-excel"},
    {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    {"xml", "application/xml"},
    {"yaml", "application/yaml"},
    {"yml", "application/yaml"},
    {"zip", "application/zip"},
    {"zst", "application/zstd"},
});
static_assert(std::ranges::is_sorted(by_extension, {}, &Entry::first));

constexpr std::string_view of_unknown = "application/octet-stream";

constexpr auto worthwhile = std::to_array<std::string_view>(
    {"text/*", "application/json", "application/x-ndjson", "application/jsonl", "application/xml", "application/javascript",
     "application/wasm", "application/yaml", "application/toml", "application/rtf", "application/vnd.ms-fontobject", "font/ttf",
     "font/otf", "image/bmp", "image/x-icon"});

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return out;
}

bool fits(std::string_view type, std::string_view pattern) {
  if (pattern.ends_with("/*")) return same_word(type.substr(0, pattern.size() - 1), pattern.substr(0, pattern.size() - 1));
  return same_word(type, pattern);
}

}  // namespace

std::string_view media_type_of(std::string_view file) {
  const std::size_t dot = file.rfind('.');
  if (dot == file.npos || file.find('/', dot) != file.npos) return of_unknown;
  const std::string extension = lower(file.substr(dot + 1));
  const auto found = std::ranges::lower_bound(by_extension, extension, {}, &Entry::first);
  return found != by_extension.end() && found->first == extension ? found->second : of_unknown;
}

bool is_compressible(std::string_view content_type, const std::vector<std::string>& types) {
  const std::string type = lower(next_part(content_type, ';'));
  const auto of_type = [&](std::string_view pattern) { return fits(type, pattern); };
  if (!types.empty()) return std::ranges::any_of(types, of_type);
  return type.ends_with("+json") || type.ends_with("+xml") || std::ranges::any_of(worthwhile, of_type);
}

}  // namespace holon::gateway
