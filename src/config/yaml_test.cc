#include "config/yaml.h"

namespace holon::config {
namespace {

using testing::HasSubstr;

std::string problems_of(const std::string& yaml) {
  Problems problems;
  EXPECT_FALSE(parse_yaml(yaml, problems).has_value());
  return to_text(problems, "holon.yaml");
}

TEST(Yaml, RefusesItsTraps) {
  EXPECT_THAT(problems_of("app: a\napp: b\n"), HasSubstr(":2:1: `app:` is written twice, first in line 1; remove one"));
  EXPECT_THAT(problems_of("app: &x a\n"), HasSubstr("an anchor stands here"));
  EXPECT_THAT(problems_of("app: &x a\nservices: *x\n"), HasSubstr(":2:11: an alias stands here"));
  EXPECT_THAT(problems_of("app: !!int 3\n"), HasSubstr("a tag stands here"));
  EXPECT_THAT(problems_of("? [a]\n: b\n"), HasSubstr(":1:3: a key has to be a word"));
  EXPECT_THAT(problems_of("app: a\n---\napp: b\n"), HasSubstr("a second document begins here"));
  EXPECT_THAT(problems_of("app: [\n"), HasSubstr("this is not YAML"));
  EXPECT_THAT(problems_of("app: a\nb: \"ä\xE4\"\n"), HasSubstr(":2:6: this is no text in UTF-8; save the file as UTF-8"));
  EXPECT_THAT(problems_of(std::string(1000, '[')), HasSubstr("more than 16 deep"));
  EXPECT_THAT(problems_of(std::string(2 << 20, '#')), HasSubstr("larger than 1 MiB"));
}

TEST(Yaml, NamesThePlaceOfEachTrap) {
  EXPECT_EQ(problems_of("app: a\nb: &x c\nd: *x\ne: !!int 3\napp: f\n"),
            "holon.yaml:2:4: an anchor stands here; write the value out where it is needed\n"
            "holon.yaml:3:4: an alias stands here; write the value out\n"
            "holon.yaml:4:4: a tag stands here; holon.yaml uses none\n"
            "holon.yaml:5:1: `app:` is written twice, first in line 1; remove one\n");
  EXPECT_EQ(problems_of("a: {b: {c: {d: 1, d: 2}}}\n"),
            "holon.yaml:1:19: `d:` is written twice, first in line 1; remove one\n");
}

TEST(Yaml, NamesATabThatIndents) {
  const std::string remedy = "a tab stands here; YAML is indented by spaces alone\n";
  EXPECT_EQ(problems_of("app: a\nservices:\n\tcart: {program: a}\n"), "holon.yaml:3:1: " + remedy);
  EXPECT_EQ(problems_of("services:\n  cart:\n  \tprogram: a\n"), "holon.yaml:3:3: " + remedy);
  EXPECT_THAT(problems_of("app: [\n\n"), HasSubstr("this is not YAML: "));
  Problems problems;
  EXPECT_EQ(parse_yaml("app:\ta\t# tabs elsewhere are no trouble\n", problems)->find("app")->text, "a");
}

TEST(Yaml, ManyKeysAreReadInTimeThatGrowsWithTheirNumber) {
  const auto microseconds_of = [](int keys) {
    std::string yaml;
    for (int i = 0; i < keys; ++i) yaml += "key" + std::to_string(i) + ": 1\n";
    Problems problems;
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_TRUE(parse_yaml(yaml, problems).has_value());
    return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begin).count();
  };
  EXPECT_LT(microseconds_of(64'000), 64 * 8 * microseconds_of(1'000));
}

TEST(Yaml, ScalarsStayTheTextThatWasWritten) {
  Problems problems;
  const std::optional<YamlNode> root = parse_yaml("[no, Yes, 010, 0x1F, 1_000, 12:30:45, .5, 1e3, ~x, \"\"]", problems);
  ASSERT_TRUE(root.has_value());
  std::vector<std::string> texts;
  for (const YamlNode& item : root->items) texts.push_back(item.text);
  EXPECT_THAT(texts, testing::ElementsAre("no", "Yes", "010", "0x1F", "1_000", "12:30:45", ".5", "1e3", "~x", ""));
}

TEST(Yaml, AValueThatIsNotThereIsMissedAtItsKey) {
  Problems problems;
  EXPECT_EQ(parse_yaml("a:\n  b:\nc: ~\n", problems)->find("a")->find("b")->place, (Place{2, 3}));
  EXPECT_EQ(parse_yaml("a:\n\n# end\n", problems)->find("a")->place, (Place{1, 1}));
  EXPECT_EQ(parse_yaml("a: ~\n", problems)->find("a")->place, (Place{1, 4}));
}

TEST(Yaml, IsWrittenSoThatReadersThatGuessReadTheSame) {
  Problems problems;
  const std::string yaml = "{a: no, b: \"010\", c: 7, d: 0.5, e: 1e3, f: \"\", g: [], h: {}, i: ~, j: \"a: b\", k: "
                           "\"12:30\", l: bin/cart, "
                           "\"no\": true, m: -x, n: \"\\0\\e\\n\\\"\\\\\", o: 0x1F, p: \"~\", q: \"#x\", r: 00.5, s: \"ä\", "
                           "t: 256MiB, u: 5s}";
  const std::string written = to_yaml(parse_yaml(yaml, problems).value());
  EXPECT_EQ(written,
            "a: \"no\"\nb: \"010\"\nc: 7\nd: 0.5\ne: \"1e3\"\nf: \"\"\ng: []\nh: {}\ni: ~\nj: \"a: b\"\nk: \"12:30\"\nl: "
            "bin/cart\n"
            "\"no\": true\nm: \"-x\"\n\"n\": \"\\x00\\x1b\\n\\\"\\\\\"\no: \"0x1F\"\np: \"~\"\nq: \"#x\"\nr: \"00.5\"\ns: "
            "\"ä\"\nt: 256MiB\nu: 5s\n");
  const std::optional<YamlNode> again = parse_yaml(written, problems);
  ASSERT_TRUE(again.has_value()) << to_text(problems, "written");
  EXPECT_EQ(to_yaml(*again), written);
  EXPECT_EQ(again->find("n")->text, std::string("\0\x1b\n\"\\", 5));
}

}  // namespace
}  // namespace holon::config
