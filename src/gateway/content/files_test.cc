#include "gateway/content/files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <regex>

#include "fiber/loop.h"
#include "wire/http_date.h"
#include "gateway/content/ranges.h"
#include "gateway/test_exchange.h"
#include "telemetry/refusals.h"

namespace holon::gateway {
namespace {

namespace fs = std::filesystem;
using ::testing::StartsWith;
using testing::request;
using testing::TestExchange;

std::string lines(std::size_t bytes) {
  std::string text;
  for (int i = 0; text.size() < bytes; ++i) text += "line " + std::to_string(i) + "\n";
  text.resize(bytes);
  return text;
}

class Site {
 public:
  Site() {
    std::string pattern = ::testing::TempDir() + "files_test.XXXXXX";
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    top_ = pattern;
    fs::create_directories(folder() / "docs/empty");
    write("index.html", "<h1>home</h1>");
    write("docs/index.html", "<h1>docs</h1>");
    write("small.txt", "0123456789");
    write("a b.txt", "blank");
    write("none.bin", "");
    write("large.bin", lines(300'000));
    write(".env", "secret");
    std::ofstream(top_ / "outside") << "secret";
    fs::create_symlink("../outside", folder() / "link");
    fs::create_symlink("small.txt", folder() / "inside.txt");
  }
  ~Site() { fs::remove_all(top_); }
  Site(const Site&) = delete;
  Site& operator=(const Site&) = delete;

  fs::path folder() const { return top_ / "site"; }
  ToFiles config() const {
    ToFiles config = config_;
    config.folder = folder();
    return config;
  }
  void write(const std::string& name, const std::string& content) { std::ofstream(folder() / name) << content; }

  TestExchange get(std::string target, HeaderList headers = {}, std::string method = "GET") {
    TestExchange exchange(request(std::move(method), std::move(target), std::move(headers)));
    testing::visit(Files(config(), env::os(), std::chrono::hours(1)), exchange);
    return exchange;
  }

  ToFiles config_;

 private:
  fs::path top_;
  fiber::Loop loop_{env::os(), 0};  // large files are read on another thread, which wakes this one
};

class FilesTest : public ::testing::Test {
 protected:
  TestExchange get(std::string target, HeaderList headers = {}, std::string method = "GET") {
    return site_.get(std::move(target), std::move(headers), std::move(method));
  }
  std::string etag(const std::string& target) { return get(target).header("etag"); }

  Site site_;
};

TEST_F(FilesTest, AFileIsSentWithAllThatIsKnownOfIt) {
  site_.config_.cache_control = "max-age=60";
  const TestExchange exchange = get("/small.txt?v=1");
  EXPECT_EQ(exchange.status, 200);
  EXPECT_EQ(exchange.body, "0123456789");
  EXPECT_EQ(exchange.length, 10u);
  EXPECT_EQ(exchange.header("content-type"), "text/plain; charset=utf-8");
  EXPECT_EQ(exchange.header("cache-control"), "max-age=60");
  EXPECT_EQ(exchange.header("accept-ranges"), "bytes");
  EXPECT_EQ(exchange.header("x-content-type-options"), "nosniff");
  EXPECT_THAT(exchange.header("etag"), ::testing::MatchesRegex("\"[0-9a-f]+-[0-9a-f]+-[0-9a-f]+\""));
  EXPECT_THAT(exchange.header("last-modified"), ::testing::EndsWith(" GMT"));
  EXPECT_EQ(get("/a%20b.txt").body, "blank");
  EXPECT_EQ(get("/inside.txt").body, "0123456789");
  EXPECT_EQ(get("/none.bin").status, 200);
  EXPECT_EQ(get("/none.bin").length, 0u);
}

TEST_F(FilesTest, ALargeFileGoesInPieces) {
  const TestExchange exchange = get("/large.bin");
  EXPECT_EQ(exchange.status, 200);
  EXPECT_EQ(exchange.length, 300'000u);
  EXPECT_TRUE(exchange.body == lines(300'000));
  EXPECT_EQ(exchange.written.size(), 3u);
  EXPECT_TRUE(exchange.ended);
}

TEST_F(FilesTest, WhoLeavesIsSentNoMore) {
  TestExchange exchange(request("GET", "/large.bin"));
  exchange.leave_after(1);
  testing::visit(Files(site_.config(), env::os(), std::chrono::hours(1)), exchange);
  EXPECT_EQ(exchange.written.size(), 1u);
  EXPECT_FALSE(exchange.ended);
}

TEST_F(FilesTest, HeadSaysTheSameWithoutABody) {
  for (const char* target : {"/small.txt", "/large.bin", "/docs/"}) {
    const TestExchange whole = get(target);
    const TestExchange head = get(target, {{"range", "bytes=0-1"}}, "HEAD");  // 14.2: Range is GET's alone
    EXPECT_EQ(head.status, 200) << target;
    EXPECT_EQ(head.headers, whole.headers) << target;
    EXPECT_EQ(head.length, whole.length) << target;
    EXPECT_TRUE(head.body.empty() && head.ended) << target;
  }
}

TEST_F(FilesTest, ADirectoryIsItsIndexBehindASlash) {
  EXPECT_EQ(get("/").body, "<h1>home</h1>");
  EXPECT_EQ(get("/docs/").body, "<h1>docs</h1>");
  EXPECT_EQ(get("/docs?a=b").status, 301);
  EXPECT_EQ(get("/docs?a=b").header("location"), "/docs/?a=b");
  EXPECT_EQ(get("/docs/empty/").status, 404);  // nothing is listed
  EXPECT_EQ(get("/small.txt/").status, 404);
  site_.config_.strip_prefix = "/static";
  EXPECT_EQ(get("/static").header("location"), "/static/");
  EXPECT_EQ(get("/static/").body, "<h1>home</h1>");
  EXPECT_EQ(get("/static/docs").header("location"), "/static/docs/");
  EXPECT_EQ(get("/docs/").status, 404);
}

TEST_F(FilesTest, WhatIsNotThereIs404OrTheFallback) {
  EXPECT_EQ(get("/nothing").status, 404);
  EXPECT_EQ(get("/nothing").header("content-type"), "application/problem+json");
  site_.config_.fallback = "index.html";
  EXPECT_EQ(get("/app/orders/7").status, 200);
  EXPECT_EQ(get("/app/orders/7").body, "<h1>home</h1>");
  EXPECT_EQ(get("/app/orders/7").header("content-type"), "text/html; charset=utf-8");
  EXPECT_EQ(get("/docs/empty/").body, "<h1>home</h1>");
  EXPECT_EQ(get("/.env").status, 404);
}

TEST_F(FilesTest, NothingElseIsReadOrSaid) {
  const std::uint64_t before = telemetry::refusals_of("gateway.file_path");
  for (const char* target : {"/../outside", "/%2e%2e/outside", "/..%2foutside", "/..\\outside", "/.env", "/%2eenv", "/./.env",
                             "/docs/../../outside", "/docs/%2e%2e/%2e%2e/outside", "/small.txt%00"}) {
    const TestExchange exchange = get(target);
    EXPECT_EQ(exchange.status, 404) << target;
    EXPECT_EQ(exchange.body.find("secret"), std::string::npos) << target;
  }
  EXPECT_EQ(telemetry::refusals_of("gateway.file_path") - before, 10u);
  EXPECT_EQ(get("/link").status, 404);  // it leads out of the folder
  EXPECT_EQ(get("/%zz").status, 400);
  EXPECT_EQ(get("//docs").status, 404);  // "//docs/" would be the place of another server
}

TEST_F(FilesTest, AFolderThatIsGoneIsForTheLogOnly) {
  TestExchange exchange(request("GET", "/a"));
  ToFiles config;
  config.folder = "/nowhere/at/all";
  testing::visit(Files(config, env::os(), std::chrono::hours(1)), exchange);
  EXPECT_EQ(exchange.status, 503);
  EXPECT_EQ(exchange.body.find("nowhere"), std::string::npos);
}

TEST_F(FilesTest, OtherMethodsAreNot) {
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "PATCH", "get"}) {
    const TestExchange exchange = get("/small.txt", {}, method);
    EXPECT_EQ(exchange.status, 405) << method;
    EXPECT_EQ(exchange.header("allow"), "GET, HEAD") << method;
  }
}

TEST_F(FilesTest, WhoHasItIsToldSo) {
  const TestExchange first = get("/small.txt");
  const TestExchange again = get("/small.txt", {{"if-none-match", first.header("etag")}});
  EXPECT_EQ(again.status, 304);
  EXPECT_TRUE(again.body.empty());
  EXPECT_EQ(again.header("etag"), first.header("etag"));
  EXPECT_EQ(again.header("last-modified"), first.header("last-modified"));
  EXPECT_EQ(again.header("content-type"), "");
  EXPECT_EQ(get("/small.txt", {{"if-modified-since", first.header("last-modified")}}).status, 304);
  EXPECT_EQ(get("/small.txt", {{"if-none-match", "W/" + first.header("etag")}}).header("etag"), "W/" + first.header("etag"));
  EXPECT_EQ(get("/small.txt", {{"if-match", "\"other\""}}).status, 412);
  EXPECT_EQ(get("/nothing", {{"if-match", "\"other\""}}).status, 404);  // 13.2.1: what fails anyway has no conditions
}

TEST_F(FilesTest, AnotherFileHasAnotherTagThoughSizeAndTimeAreTheSame) {
  const std::string before = etag("/small.txt");
  const auto time = fs::last_write_time(site_.folder() / "small.txt");
  site_.write("new.txt", "9876543210");
  fs::last_write_time(site_.folder() / "new.txt", time);
  fs::rename(site_.folder() / "new.txt", site_.folder() / "small.txt");
  EXPECT_NE(etag("/small.txt"), before);
  EXPECT_EQ(get("/small.txt", {{"if-none-match", before}}).status, 200);
}

TEST_F(FilesTest, APartIsSentAlone) {
  const TestExchange part = get("/small.txt", {{"range", "bytes=2-5"}});
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(part.body, "2345");
  EXPECT_EQ(part.length, 4u);
  EXPECT_EQ(part.header("content-range"), "bytes 2-5/10");
  EXPECT_EQ(part.header("content-type"), "text/plain; charset=utf-8");
  EXPECT_EQ(part.header("etag"), etag("/small.txt"));
  const TestExchange end = get("/large.bin", {{"range", "bytes=-200000"}});
  EXPECT_EQ(end.header("content-range"), "bytes 100000-299999/300000");
  EXPECT_TRUE(end.body == lines(300'000).substr(100'000));
}

TEST_F(FilesTest, RangesThatAreNotThereAre416AndBadOnesTheWhole) {
  const TestExchange none = get("/small.txt", {{"range", "bytes=10-"}});
  EXPECT_EQ(none.status, 416);
  EXPECT_EQ(none.header("content-range"), "bytes */10");
  EXPECT_EQ(get("/small.txt", {{"range", "bytes=5-2"}}).status, 200);
  EXPECT_EQ(get("/small.txt", {{"range", "bytes=0-1"}, {"range", "bytes=0-1"}}).status, 200);
  EXPECT_EQ(get("/none.bin", {{"range", "bytes=0-"}}).status, 200);
}

TEST_F(FilesTest, IfRangeSendsTheWholeOfAnotherVersion) {
  EXPECT_EQ(get("/small.txt", {{"range", "bytes=0-1"}, {"if-range", etag("/small.txt")}}).status, 206);
  EXPECT_EQ(get("/small.txt", {{"range", "bytes=0-1"}, {"if-range", "\"other\""}}).body, "0123456789");
  // 13.2.2: conditions come first
  EXPECT_EQ(get("/small.txt", {{"range", "bytes=0-1"}, {"if-none-match", etag("/small.txt")}}).status, 304);
}

/// The bytes of a multipart/byteranges answer at their places; what it has not is '?'. Fails on what is malformed.
std::string reassembled(const TestExchange& exchange, std::size_t size) {
  std::string whole(size, '?');
  const std::string type = exchange.header("content-type");
  const std::string dashes = "\r\n--" + type.substr(type.find("boundary=") + 9);
  std::string_view rest = exchange.body;
  while (rest.starts_with(dashes) && !rest.starts_with(dashes + "--")) {
    rest.remove_prefix(dashes.size());
    const std::size_t end = rest.find("\r\n\r\n");
    const std::string head(rest.substr(0, end));
    std::smatch match;
    if (!std::regex_search(head, match, std::regex("Content-Range: bytes (\\d+)-(\\d+)/" + std::to_string(size)))) return "bad head";
    const std::size_t begin = std::stoul(match[1]), length = std::stoul(match[2]) - begin + 1;
    rest.remove_prefix(end + 4);
    whole.replace(begin, length, rest.substr(0, length));
    rest.remove_prefix(length);
  }
  return rest == dashes + "--\r\n" ? whole : "bad end";
}

TEST_F(FilesTest, SeveralPartsComeInOneAnswer) {
  const TestExchange exchange = get("/large.bin", {{"range", "bytes=0-9,1000-1004,-3"}});
  EXPECT_EQ(exchange.status, 206);
  EXPECT_THAT(exchange.header("content-type"), StartsWith("multipart/byteranges; boundary="));
  EXPECT_EQ(exchange.header("content-range"), "");
  EXPECT_EQ(exchange.length, exchange.body.size());
  std::string expected(300'000, '?');
  for (const auto& [at, size] : {std::pair<std::size_t, std::size_t>{0, 10}, {1000, 5}, {299'997, 3}}) {
    expected.replace(at, size, lines(300'000).substr(at, size));
  }
  EXPECT_TRUE(reassembled(exchange, 300'000) == expected);
}

// Parts that cover a file are the file, in whatever order and however they overlap.
RC_GTEST_PROP(FilesProperty, AnySetOfRangesReassembles, ()) {
  static Site site;
  const std::size_t size = 300'000;
  const auto cuts = *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(1, size - 1));
  RC_PRE(cuts.size() < ranges_max);
  std::vector<std::size_t> edges(cuts);
  edges.push_back(0);
  edges.push_back(size);
  std::sort(edges.begin(), edges.end());
  std::vector<std::string> specs;
  for (std::size_t i = 0; i + 1 < edges.size(); ++i) {
    const std::size_t overlap = *rc::gen::inRange<std::size_t>(0, 50);
    specs.push_back(std::to_string(edges[i] - std::min(edges[i], overlap)) + "-" + std::to_string(std::max(edges[i], edges[i + 1] - 1)));
  }
  const bool skip = *rc::gen::arbitrary<bool>() && specs.size() > 2;
  if (skip) specs.erase(specs.begin() + 1);
  std::string field = "bytes=";
  std::ranges::shuffle(specs, std::mt19937(*rc::gen::arbitrary<unsigned>()));
  for (const std::string& spec : specs) field += spec + ",";
  const TestExchange exchange = site.get("/large.bin", {{"range", field}});
  RC_ASSERT(exchange.status == 206);
  RC_ASSERT(exchange.length == exchange.body.size());
  const std::string expected = lines(size);
  if (!exchange.header("content-range").empty()) {
    RC_ASSERT(expected.find(exchange.body) != expected.npos);
    return;
  }
  const std::string got = reassembled(exchange, size);
  RC_ASSERT(got.size() == size);
  for (std::size_t at = 0; at < size; ++at) {
    if (got[at] != expected[at]) RC_ASSERT(got[at] == '?' && skip && at >= edges[1] && at < edges[2]);
  }
}

TEST_F(FilesTest, ACompressedSiblingGoesToWhoTakesIt) {
  site_.write("app.js", "plain");
  site_.write("app.js.br", "as br");
  site_.write("app.js.gz", "as gzip");
  const TestExchange br = get("/app.js", {{"accept-encoding", "gzip, br"}});
  EXPECT_EQ(br.body, "as br");
  EXPECT_EQ(br.header("content-encoding"), "br");
  EXPECT_EQ(br.header("content-type"), "text/javascript; charset=utf-8");
  EXPECT_EQ(br.header("vary"), "accept-encoding");
  EXPECT_EQ(get("/app.js", {{"accept-encoding", "gzip"}}).body, "as gzip");
  const TestExchange plain = get("/app.js");
  EXPECT_EQ(plain.body, "plain");
  EXPECT_EQ(plain.header("vary"), "accept-encoding");
  EXPECT_NE(plain.header("etag"), br.header("etag"));
  EXPECT_EQ(get("/app.js", {{"accept-encoding", "br"}, {"range", "bytes=3-"}}).body, "br");  // of what was chosen
  EXPECT_EQ(get("/app.js", {{"accept-encoding", "br"}, {"if-none-match", br.header("etag")}}).status, 304);
}

TEST_F(FilesTest, ASiblingOfAnEarlierVersionIsNotTaken) {
  site_.write("app.css.gz", "of yesterday");
  fs::last_write_time(site_.folder() / "app.css.gz", fs::file_time_type::clock::now() - std::chrono::hours(24));
  site_.write("app.css", "of today");
  EXPECT_EQ(get("/app.css", {{"accept-encoding", "gzip"}}).body, "of today");
}

TEST_F(FilesTest, ATimeInTheFutureIsNotSaid) {
  fs::last_write_time(site_.folder() / "small.txt", fs::file_time_type::clock::now() + std::chrono::hours(1000));
  const TestExchange exchange = get("/small.txt");
  const wire::UnixSeconds now = std::chrono::duration_cast<std::chrono::seconds>(env::os().wall().time_since_epoch()).count();
  EXPECT_LE(wire::parse_http_date(exchange.header("last-modified"), now).value(), now);
}

}  // namespace
}  // namespace holon::gateway
