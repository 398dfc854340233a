#include "config/reader.h"

namespace holon::config {
namespace {

using std::chrono::nanoseconds;
using testing::HasSubstr;

TEST(Reader, MeasuresTimes) {
  using namespace std::chrono_literals;
  for (const auto& [text, time] : std::vector<std::pair<const char*, std::optional<nanoseconds>>>{
           {"500ms", 500ms}, {"5s", 5s}, {"1min", 1min}, {"2h", 2h}, {"7d", 7 * 24h}, {"106751d", 106751 * 24h},
           {"106752d", {}}, {"0s", {}}, {"05s", {}}, {"5", {}}, {"5 s", {}}, {"-5s", {}}, {"1.5s", {}}, {"s", {}}, {"", {}},
           {"5m", {}}, {"99999999999999999999s", {}}, {"5S", {}}, {"1h30min", {}}}) {
    EXPECT_EQ(parse_duration(text), time) << text;
  }
}

TEST(Reader, MeasuresSizes) {
  for (const auto& [text, size] : std::vector<std::pair<const char*, std::optional<std::uint64_t>>>{
           {"512", 512}, {"64KiB", 64 << 10}, {"4MiB", 4 << 20}, {"2GiB", std::uint64_t{2} << 30}, {"0", {}}, {"0MiB", {}},
           {"010", {}}, {"4MB", {}}, {"4M", {}}, {"4 MiB", {}}, {"0x10", {}}, {"1e6", {}}, {"9999999999GiB", {}}, {"", {}}}) {
    EXPECT_EQ(parse_bytes(text), size) << text;
  }
}

TEST(Reader, MeasuresCores) {
  for (const auto& [text, cores] : std::vector<std::pair<const char*, std::optional<double>>>{
           {"2", 2.0}, {"0.5", 0.5}, {"0.125", 0.125}, {"12.05", 12.05}, {"0.01", 0.01}, {"0.009", {}}, {"0", {}}, {"0.0", {}}, {".5", {}}, {"1.", {}},
           {"-1", {}}, {"1e3", {}}, {"0.1234", {}}, {"010", {}}, {"500m", {}}, {"10001", {}}, {"", {}}, {"nan", {}},
           {"0,5", {}}}) {
    EXPECT_EQ(parse_cores(text), cores) << text;
  }
}

class ReaderTest : public ::testing::Test {
 protected:
  /// The value of `a:` in this text.
  YamlNode value(const std::string& yaml) { return *parse_yaml("a: " + yaml, problems_)->find("a"); }
  std::string problems() { return to_text(problems_, "f"); }

  Problems problems_;
  Reader in_{problems_};
};

TEST_F(ReaderTest, ReadsWhatIsWritten) {
  EXPECT_EQ(in_.number(value("17"), "a"), 17u);
  EXPECT_EQ(in_.duration(value("5s"), "a"), std::chrono::seconds(5));
  EXPECT_EQ(in_.bytes(value("4MiB"), "a"), 4u << 20);
  EXPECT_TRUE(in_.boolean(value("true"), "a"));
  EXPECT_FALSE(in_.boolean(value("false"), "a"));
  EXPECT_EQ(in_.one_of(value("json"), "a", {"off", "json"}), "json");
  EXPECT_EQ(in_.strings(value("one"), "a"), (std::vector<std::string>{"one"}));
  EXPECT_EQ(in_.strings(value("[one, no, 010]"), "a"), (std::vector<std::string>{"one", "no", "010"}));
  EXPECT_EQ(problems(), "");
}

TEST_F(ReaderTest, SaysWhatBelongsThere) {
  in_.boolean(value("no"), "tls");
  in_.number(value("010"), "count", 1, 100);
  in_.number(value("1000"), "count", 1, 100);
  in_.duration(value("5"), "time");
  in_.bytes(value("4MB"), "size");
  in_.one_of(value("jsn"), "format", {"off", "json"});
  in_.strings(value("[]"), "hosts");
  in_.strings(value("[a, {b: c}]"), "hosts");
  in_.text(value("~"), "name");
  in_.text(value("\"a\\0b\""), "name");
  EXPECT_EQ(problems(),
            "f:1:4: tls is true or false, not no\n"
            "f:1:4: count is a number from 1 to 100, not 010\n"
            "f:1:4: count is a number from 1 to 100, not 1000\n"
            "f:1:4: time is a time, as 500ms, 20s, 5min, 2h or 1d, not 5\n"
            "f:1:4: size is a size in bytes, as 512, 64KiB, 4MiB or 1GiB, not 4MB\n"
            "f:1:4: format can't be jsn; did you mean json?\n"
            "f:1:4: hosts is an empty list; leave it out, or write at least one\n"
            "f:1:4: name has no value; write one (in quotes if it is the word null)\n"
            "f:1:4: name has a zero byte in it\n"
            "f:1:8: hosts is a text, not a list or a map\n");
}

TEST_F(ReaderTest, ShowsNoSecrets) {
  YamlNode secret = value("hunter2");
  secret.secret = "${file:key}";
  in_.number(secret, "count");
  in_.boolean(secret, "tls");
  in_.duration(secret, "time");
  in_.one_of(secret, "format", {"hunter"});
  EXPECT_EQ(problems(),
            "f:1:4: count is a number from 0 to 4294967295, not ${file:key}\n"
            "f:1:4: tls is true or false, not ${file:key}\n"
            "f:1:4: time is a time, as 500ms, 20s, 5min, 2h or 1d, not ${file:key}\n"
            "f:1:4: format can't be ${file:key}\n");
}

TEST_F(ReaderTest, ShowsNoSecretsInWordsOfOthersEither) {
  YamlNode secret = value("hunter2");
  secret.secret = "${file:key}";
  in_.text(secret, "http");
  in_.problem({1, 1}, "URL \"hunter2\" has no scheme; write http://hunter2");
  EXPECT_EQ(problems(), "f:1:1: URL \"${file:key}\" has no scheme; write http://${file:key}\n");
}

TEST_F(ReaderTest, NamesEachUnknownKeyAndTheNearestOne) {
  EXPECT_TRUE(in_.is_map(value("{lisen: 1, zzz: 2}"), "gateway", {"listen", "limits"}));
  EXPECT_EQ(problems(),
            "f:1:5: `lisen:` is not known in gateway; did you mean listen?\n"
            "f:1:15: `zzz:` is not known in gateway; there is listen and limits\n");
}

}  // namespace
}  // namespace holon::config
