#include "config/variables.h"

namespace holon::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

class VariablesTest : public ::testing::Test {
 protected:
  /// `yaml` with its variables resolved.
  std::string resolved(const std::string& yaml) {
    problems_.clear();
    root_ = parse_yaml(yaml, problems_).value();
    resolve(root_, sources_, problems_);
    return to_yaml(root_);
  }
  std::string problems() { return to_text(problems_, "f"); }

  std::map<std::string, std::string> values_ = {{"NAME", "shop"}, {"EMPTY", ""}, {"PORT", "8080"}};
  std::map<std::string, std::string> files_ = {{"secrets/key", "s3cret\n"}, {"two", "a\nb\r\n"}};
  VariableSources sources_{
      .value = [this](const std::string& name) -> std::optional<std::string> {
        const auto found = values_.find(name);
        return found == values_.end() ? std::nullopt : std::optional(found->second);
      },
      .file = [this](const std::string& path) -> Result<std::string> {
        const auto found = files_.find(path);
        return found == files_.end() ? Result<std::string>(not_found("there is no file " + path)) : found->second;
      },
      .names = [] { return std::vector<std::string>{"NAME", "PORT"}; }};
  Problems problems_;
  YamlNode root_;
};

TEST_F(VariablesTest, StandInValuesAtAnyDepth) {
  EXPECT_EQ(resolved("{app: '${NAME}', a: [\"x${PORT}y${NAME}\", {b: '${NAME}'}]}"),
            "app: shop\na:\n  - x8080yshop\n  - b: shop\n");
  EXPECT_EQ(problems(), "");
}

TEST_F(VariablesTest, HaveDefaultsWhereTheyAreUnsetOrEmpty) {
  EXPECT_EQ(resolved("{a: '${NONE:-x y}', b: '${EMPTY:-z}', c: '${NAME:-no}', d: '${NONE:-}', e: '${EMPTY}', f: '${NAME:?set "
                     "it}'}"),
            "a: \"x y\"\nb: z\nc: shop\nd: \"\"\ne: \"\"\nf: shop\n");
  EXPECT_EQ(problems(), "");
}

TEST_F(VariablesTest, ADollarIsWrittenTwice) {
  EXPECT_EQ(resolved("{a: 'pa$$${NAME}', b: '$${NAME}', c: '^a$', d: 'cost: $5'}"),
            "a: \"pa$shop\"\nb: \"${NAME}\"\nc: \"^a$\"\nd: \"cost: $5\"\n");
  EXPECT_EQ(problems(), "");
}

TEST_F(VariablesTest, KeysHaveNone) { EXPECT_EQ(resolved("{'${NAME}': 1}"), "\"${NAME}\": 1\n"); }

TEST_F(VariablesTest, ValuesAreNeverReadAsYaml) {
  values_["EVIL"] = "x\nservices: {evil: {program: /bin/sh}}\n# ${NAME} $$ &a *b !!c [\"";
  EXPECT_EQ(resolved("app: ${EVIL}\n"), "app: \"x\\nservices: {evil: {program: /bin/sh}}\\n# ${NAME} $$ &a *b !!c [\\\"\"\n");
  EXPECT_EQ(root_.entries.size(), 1u);
  EXPECT_EQ(root_.entries[0].value.text, values_["EVIL"]) << "nor resolved once more";
}

TEST_F(VariablesTest, FilesAreSecretsWithoutTheLastLinesEnd) {
  resolved("{a: '${file:secrets/key}', b: 'key=${file:two}&${NAME}', c: '${NAME}'}");
  EXPECT_EQ(root_.find("a")->text, "s3cret");
  EXPECT_EQ(root_.find("a")->secret, "${file:secrets/key}");
  EXPECT_EQ(root_.find("b")->text, "key=a\nb&shop");
  EXPECT_EQ(root_.find("b")->secret, "key=${file:two}&${NAME}");
  EXPECT_EQ(root_.find("c")->secret, "");
}

TEST_F(VariablesTest, AVariableMayBeASecret) {
  resolved("{a: '${secret:NAME}', b: 'x ${secret:PORT:?set it}'}");
  EXPECT_EQ(problems(), "");
  EXPECT_EQ(root_.find("a")->text, "shop");
  EXPECT_EQ(root_.find("a")->secret, "${secret:NAME}");
  EXPECT_EQ(root_.find("b")->text, "x 8080");
  EXPECT_EQ(root_.find("b")->secret, "x ${secret:PORT:?set it}");
  resolved("{a: '${secret:NAME:-hunter2}', b: '${secret:NONE}', c: '${secret:}'}");
  EXPECT_THAT(problems(), HasSubstr("would show a secret; write ${secret:NAME} or ${secret:NAME:?message}"));
  EXPECT_THAT(problems(), HasSubstr("the variable NONE is not set"));
  EXPECT_EQ(problems_.size(), 3u);
}

TEST_F(VariablesTest, AllThatIsWrongIsNamedAtItsPlaceWithTheRemedy) {
  resolved("a: ${NAM}\n"
           "b: ${ZZZZZZ}\n"
           "c: ${NONE:?write the owner}\n"
           "d: ${NAME\n"
           "e: $NAME\n"
           "f: ${NAME-x}\n"
           "g: ${1A}\n"
           "h: ${}\n"
           "i: ${file:none}\n"
           "j: [ok, '${EMPTY:?}']\n");
  EXPECT_EQ(problems(),
            "f:1:4: the variable NAM is not set; did you mean NAME?\n"
            "f:2:4: the variable ZZZZZZ is not set; set it, or write ${ZZZZZZ:-otherwise}\n"
            "f:3:4: the variable NONE is not set: write the owner\n"
            "f:4:4: ${ has no } after it; write $$ for a dollar\n"
            "f:5:4: a variable is written ${NAME}; write $$ for a dollar\n"
            "f:6:4: ${NAME-x} is none of ${NAME}, ${NAME:-otherwise}, ${NAME:?message}, ${secret:NAME}, ${file:PATH}\n"
            "f:7:4: ${1A} is none of ${NAME}, ${NAME:-otherwise}, ${NAME:?message}, ${secret:NAME}, ${file:PATH}\n"
            "f:8:4: ${} is none of ${NAME}, ${NAME:-otherwise}, ${NAME:?message}, ${secret:NAME}, ${file:PATH}\n"
            "f:9:4: ${file:none}: there is no file none\n"
            "f:10:9: the variable EMPTY is not set: \n");
}

TEST_F(VariablesTest, GrowWithinBounds) {
  values_["BIG"] = std::string(300'000, 'x');
  resolved("a: ${BIG}${BIG}${BIG}${BIG}\n");
  EXPECT_EQ(problems(), "f:1:4: this value has become larger than 1 MiB\n");
}

TEST_F(VariablesTest, EscapedTextsComeBack) {
  for (const char* text : {"", "$", "$$", "a${NAME}b", "$NAME", "x"}) {
    YamlNode node{.kind = YamlNode::Kind::scalar, .text = escaped(text)};
    resolve(node, sources_, problems_);
    EXPECT_EQ(node.text, text);
  }
  EXPECT_EQ(problems(), "");
}

TEST(VariableFile, HasALineForEach) {
  Problems problems;
  const auto variables = parse_variables("# deploy\n\nA=1\n B = x y \nC='q # r'\r\nD=\"${A}\"\nE=\nF=a=b", 2, problems);
  EXPECT_THAT(variables, ElementsAre(Pair("A", "1"), Pair("B", "x y"), Pair("C", "q # r"), Pair("D", "${A}"), Pair("E", ""),
                                     Pair("F", "a=b")));
  EXPECT_TRUE(problems.empty());
}

TEST(VariableFile, NamesWhatIsWrong) {
  Problems problems;
  parse_variables("A=1\nB\n1C=2\nA=3\n", 0, problems);
  EXPECT_EQ(to_text(problems, "deploy.env"),
            "deploy.env:2:1: a line is NAME=VALUE, or a # and a comment\n"
            "deploy.env:3:1: a line is NAME=VALUE, or a # and a comment\n"
            "deploy.env:4:1: A is set twice; remove one\n");
}

}  // namespace
}  // namespace holon::config
