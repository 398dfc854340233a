#include "config/keys.h"

namespace holon::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const Keys& shop() {
  static const Keys keys({
      {.path = "app", .meaning = "its name", .required = true},
      {.path = "services", .forms = Key::named, .meaning = "what it has"},
      {.path = "services/*", .forms = Key::map, .meaning = "one"},
      {.path = "services/*/program", .meaning = "its program", .beside = {"program"}},
      {.path = "services/*/command", .meaning = "its command", .beside = {"command"}},
      {.path = "services/*/protocol", .meaning = "how", .otherwise = "grpc", .beside = {"command"}},
      {.path = "services/*/replicas", .forms = Key::number, .meaning = "how many", .otherwise = "1"},
      {.path = "twins", .forms = Key::map | Key::list, .meaning = "others", .like = "services/*"},
      {.path = "twins/of", .meaning = "which"},
      {.path = "placements", .forms = Key::named, .meaning = "where", .otherwise = "{split: each}"},
  });
  return keys;
}

std::string filled(const std::string& yaml) {
  Problems problems;
  YamlNode root = parse_yaml(yaml, problems).value();
  fill_in(root, shop());
  return to_yaml(root);
}

TEST(Keys, AreListedByTheMapTheyBelongTo) {
  EXPECT_THAT(shop().below(""), ElementsAre("app", "services", "twins", "placements"));
  EXPECT_THAT(shop().below("services/*"), ElementsAre("program", "command", "protocol", "replicas"));
  EXPECT_THAT(shop().below("services/*", "program"), ElementsAre("program", "replicas"));
  EXPECT_THAT(shop().below("app"), IsEmpty());
}

TEST(Keys, MayBeThoseOfAnotherMapAndOwnOnes) {
  EXPECT_THAT(shop().below("twins"), ElementsAre("of", "program", "command", "protocol", "replicas"));
}

TEST(Keys, FillInWhatHoldsWithoutBeingSaid) {
  EXPECT_EQ(filled("{app: shop, services: {cart: {program: c}, ads: {command: a, replicas: 2}}, twins: [{of: ads}]}"),
            "app: shop\n"
            "services:\n"
            "  cart:\n"
            "    program: c\n"
            "    replicas: 1\n"
            "  ads:\n"
            "    command: a\n"
            "    replicas: 2\n"
            "    protocol: grpc\n"
            "twins:\n"
            "  - of: ads\n"
            "    replicas: 1\n"
            "placements:\n"
            "  split: each\n");
}

TEST(Keys, LeaveAloneWhatIsNotOfTheDeclaredForm) {
  EXPECT_EQ(filled("{services: [a], placements: ~}"), "services:\n  - a\nplacements: ~\n");
  EXPECT_EQ(filled("[a]"), "- a\n");
}

}  // namespace
}  // namespace holon::config
