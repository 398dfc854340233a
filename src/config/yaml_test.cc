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
  EXPECT_THAT(problems_of(std::string(1000, '[')), HasSubstr("more than 16 deep"));
  EXPECT_THAT(problems_of(std::string(2 << 20, '#')), HasSubstr("larger than 1 MiB"));
}

}  // namespace
}  // namespace holon::config
