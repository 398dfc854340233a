#include "gateway/content/file_answer.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "gateway/content/conditions.h"
#include "gateway/content/fields.h"
#include "gateway/content/ranges.h"
#include "holon/task.h"

namespace holon::gateway {
namespace {

constexpr std::uint64_t small_bytes = 64 << 10;  ///< read on the loop and sent at once: 10 us from the system's cache
constexpr std::size_t piece_bytes = 128 << 10;   ///< of larger files, read on a thread of their own; what a download holds

std::string hex(std::uint64_t number) {
  std::array<char, 16> text{};
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), number, 16).ptr};
}

// Strong, as If-Range needs it: the time of change is the system's, and moves also when a file of the same size and the same
// time of modification takes another's place. A hash would have to read the file. Another machine has other tags; whoever asks
// there with ours gets the file once more.
std::string etag_of(const env::OpenFile::Status& status) {
  return '"' + hex(status.size) + '-' + hex(static_cast<std::uint64_t>(status.changed_ns)) + '-' + hex(status.id) + '"';
}

class FileAnswer {
 public:
  FileAnswer(Visit& visit, const OpenedFile& opened, const FileTerms& terms, env::Environment& environment)
      : visit_(visit), opened_(opened), terms_(terms), environment_(environment), size_(opened.file->status().size) {
    const auto since_1970 = environment.wall().time_since_epoch();
    now_ = std::chrono::duration_cast<std::chrono::seconds>(since_1970).count();
    // RFC 9110, 8.8.2.1: never later than the answer itself.
    current_.modified = std::min<wire::UnixSeconds>(opened.file->status().modified_ns / 1'000'000'000, now_);
    current_.etag = etag_of(opened.file->status());
  }

  void run() {
    switch (evaluate(visit_.request(), current_, now_)) {
      case Condition::failed: return fail();
      case Condition::not_modified: return visit_.respond(304, not_modified_headers(), {});
      case Condition::met: break;
    }
    const std::optional<std::vector<ByteRange>> ranges = asked_ranges();
    if (!ranges) return whole();
    if (ranges->empty()) return unsatisfiable();
    ranges->size() == 1 ? part(ranges->front()) : parts(*ranges);
  }

 private:
  std::optional<std::vector<ByteRange>> asked_ranges() const {
    const server::HttpRequest& request = visit_.request();
    const std::optional<std::string_view> field = single_field(request, "range");
    if (request.method != "GET" || !field || !range_permitted(request, current_, now_)) return std::nullopt;
    return parse_ranges(*field, size_);
  }

  /// What a 304 repeats of the 200 that it stands for (RFC 9110, 15.4.5).
  HeaderList validating_headers(const std::string& etag) const {
    HeaderList headers = {{"etag", etag}, {"last-modified", wire::http_date(current_.modified)}};
    if (!terms_.cache_control.empty()) headers.emplace_back("cache-control", terms_.cache_control);
    if (opened_.varies) headers.emplace_back("vary", "accept-encoding");
    return headers;
  }
  HeaderList not_modified_headers() const { return validating_headers(known_etag(visit_.request(), current_.etag)); }
  HeaderList headers(std::string_view content_type) const {
    HeaderList headers = validating_headers(current_.etag);
    headers.emplace_back("content-type", content_type);
    headers.emplace_back("x-content-type-options", "nosniff");
    headers.emplace_back("accept-ranges", "bytes");
    if (!opened_.content_encoding.empty()) headers.emplace_back("content-encoding", opened_.content_encoding);
    return headers;
  }

  void fail() { visit_.problem(412, failed_precondition("the file is another version than the request means")); }

  void unsatisfiable() {
    visit_.add_header("content-range", "bytes */" + std::to_string(size_));
    visit_.problem(416, out_of_range("the file has " + std::to_string(size_) + " bytes, and none of those that Range names"));
  }

  void whole() { send(200, headers(opened_.content_type), {0, size_}); }

  void part(const ByteRange& range) {
    HeaderList with = headers(opened_.content_type);
    with.emplace_back("content-range", content_range(range, size_));
    send(206, with, range);
  }

  void send(int status, const HeaderList& with, const ByteRange& range) {
    if (visit_.request().method != "HEAD" && size_ <= small_bytes) return send_small(status, with, range);
    begin(status, with, range.size());
    if (visit_.request().method == "HEAD" || write(range).ok()) visit_.end();
  }

  void send_small(int status, const HeaderList& with, const ByteRange& range) {
    Result<std::string> bytes = read(range.begin, range.size());
    if (!bytes.ok()) return visit_.problem(unavailable("the file can't be read"));
    visit_.respond(status, with, *std::move(bytes));
  }

  void parts(const std::vector<ByteRange>& ranges) {
    const std::string boundary = hex(environment_.random()) + hex(environment_.random());
    std::uint64_t length = parts_end(boundary).size();
    for (const ByteRange& range : ranges) length += head_of(boundary, range).size() + range.size();
    begin(206, headers("multipart/byteranges; boundary=" + boundary), length);
    for (const ByteRange& range : ranges) {
      if (!visit_.write(head_of(boundary, range)).ok() || !write(range).ok()) return;
    }
    if (visit_.write(parts_end(boundary)).ok()) visit_.end();
  }
  std::string head_of(const std::string& boundary, const ByteRange& range) const {
    return part_head(boundary, opened_.content_type, range, size_);
  }

  void begin(int status, const HeaderList& with, std::uint64_t length) {
    if (size_ > small_bytes) visit_.extend(terms_.longest);
    visit_.begin(status, with, length);
  }

  /// Sends a range in pieces. An error: the answer has ended, cut off if the file failed us.
  Result<void> write(const ByteRange& range) {
    for (std::uint64_t at = range.begin; at < range.end;) {
      const std::uint64_t most = std::min<std::uint64_t>(range.end - at, piece_bytes);
      Result<std::string> piece = read(at, static_cast<std::size_t>(most));
      if (!piece.ok()) {
        visit_.abort();
        return piece.error();
      }
      at += piece->size();
      HOLON_TRY(visit_.write(*std::move(piece)));
    }
    return {};
  }

  /// All of it: a file that became shorter is an error, for its length was promised.
  Result<std::string> read(std::uint64_t offset, std::size_t size) {
    const auto read_now = [&] { return opened_.file->read(offset, size); };
    std::string bytes = HOLON_TRY(size_ <= small_bytes ? read_now() : blocking(visit_.call(), read_now));
    if (bytes.size() < size) return unavailable("the file became shorter while it was sent");
    return bytes;
  }

  Visit& visit_;
  const OpenedFile& opened_;
  const FileTerms& terms_;
  env::Environment& environment_;
  std::uint64_t size_;
  wire::UnixSeconds now_ = 0;
  Validators current_;
};

}  // namespace

void answer_with(Visit& visit, const OpenedFile& opened, const FileTerms& terms, env::Environment& environment) {
  FileAnswer(visit, opened, terms, environment).run();
}

}  // namespace holon::gateway
