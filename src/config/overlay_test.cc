#include "config/overlay.h"

namespace holon::config {
namespace {

std::string laid_over(const std::string& base, const std::string& overlay) {
  Problems problems;
  YamlNode root = parse_yaml(base, problems).value();
  lay_over(root, parse_yaml(overlay, problems, 1).value());
  return to_yaml(root);
}

TEST(Overlay, MergesMapsKeyByKey) {
  EXPECT_EQ(laid_over("{app: shop, services: {cart: {program: c, replicas: 2}}}",
                      "services: {cart: {replicas: 5}, ads: {program: a}}"),
            "app: shop\n"
            "services:\n"
            "  cart:\n"
            "    program: c\n"
            "    replicas: 5\n"
            "  ads:\n"
            "    program: a\n");
}

TEST(Overlay, ReplacesListsScalarsAndOtherKinds) {
  EXPECT_EQ(laid_over("{a: [1, 2], b: 1, c: {d: 1}, e: [1]}", "{a: [3], b: 2, c: x, e: {f: 1}}"),
            "a:\n  - 3\nb: 2\nc: x\ne:\n  f: 1\n");
}

TEST(Overlay, RemovesWhatIsNull) {
  EXPECT_EQ(laid_over("{a: 1, b: {c: 1, d: 2}}", "{a: null, b: {c: ~}, e: null}"), "b:\n  d: 2\n");
  EXPECT_EQ(laid_over("{a: 1}", "{b: {c: ~, d: {e: ~}}, a: {f: ~}}"), "a: {}\nb:\n  d: {}\n") << "nor is a null left behind";
}

TEST(Overlay, KeepsThePlacesOfBothFiles) {
  Problems problems;
  YamlNode root = parse_yaml("a: 1\nb: 2\n", problems).value();
  lay_over(root, parse_yaml("\n\nb: 3\nc: 4\n", problems, 1).value());
  EXPECT_EQ(root.find("a")->place, (Place{1, 4, 0}));
  EXPECT_EQ(root.find("b")->place, (Place{3, 4, 1}));
  EXPECT_EQ(root.find("c")->place, (Place{4, 4, 1}));
  problems = {{root.find("b")->place, "second"}, {root.find("a")->place, "first"}};
  EXPECT_EQ(to_text(problems, std::vector<std::string>{"f.yaml", "f.more.yaml"}),
            "f.yaml:1:4: first\nf.more.yaml:3:4: second\n");
}

}  // namespace
}  // namespace holon::config
