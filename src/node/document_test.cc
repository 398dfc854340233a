#include "node/document.h"

#include <cstdlib>
#include <fstream>

#include "env/environment.h"
#include "node/manifest.h"

namespace holon::node {
namespace {

namespace fs = std::filesystem;
using config::Problems;
using testing::HasSubstr;
using testing::Not;

class DocumentTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "document_test.XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    fs::create_directories(folder_ / "secrets");
  }
  void TearDown() override {
    fs::remove_all(folder_);
    unsetenv("HOLON_TEST_OWNER");
  }

  void write(const std::string& file, const std::string& text) { std::ofstream(folder_ / file) << text; }

  Document load(const std::vector<std::string>& overlays = {}) {
    problems_.clear();
    Result<Document> document = load_document(env::os(), {folder_ / "holon.yaml", overlays}, problems_);
    EXPECT_TRUE(document.ok()) << document.error().message();
    return std::move(document).value_or({});
  }
  std::optional<Manifest> manifest_of(const Document& document) {
    return read_manifest(document.root, folder_, env::os(), problems_);
  }
  /// All that is wrong, without the folder's name.
  std::string problems(const Document& document) {
    std::string text = config::to_text(problems_, document.files);
    const std::string prefix = folder_.string() + "/";
    for (std::size_t at = 0; (at = text.find(prefix)) != text.npos;) text.erase(at, prefix.size());
    return text;
  }

  fs::path folder_;
  Problems problems_;
};

TEST_F(DocumentTest, NothingIsNoDocument) {
  for (const char* nothing : {"", "\n\n", "# later\n", "~\n"}) {
    write("holon.yaml", nothing);
    EXPECT_EQ(problems(load()), "holon.yaml:1:1: nothing is written here; begin with `app: NAME` and `services:`, or by `holon "
                                "new app NAME`\n");
  }
  write("holon.whole.yaml", "app: shop\n");
  EXPECT_NE(load({"whole"}).root.find("app"), nullptr);
}

TEST_F(DocumentTest, OverlaysAreLaidOverInTheirOrder) {
  write("holon.yaml", "app: shop\nservices: {cart: {program: bin/cart, replicas: 1}}\ngateway: {listen: \"127.0.0.1:0\"}\n");
  write("holon.production.yaml", "services: {cart: {replicas: 5, owner: team-a}}\n");
  write("holon.eu.yaml", "services: {cart: {owner: team-b}}\ngateway: null\n");
  const Document document = load({"production", "eu"});
  const std::optional<Manifest> manifest = manifest_of(document);
  ASSERT_TRUE(manifest.has_value()) << problems(document);
  EXPECT_EQ(manifest->application.services[0].replicas, 5);
  EXPECT_EQ(manifest->application.services[0].owner, "team-b");
  EXPECT_FALSE(manifest->gateway.has_value());
}

TEST_F(DocumentTest, ProblemsNameTheFileTheyAreIn) {
  write("holon.yaml", "app: shop\nservices:\n  cart: {program: bin/cart, ownr: a}\n");
  write("holon.production.yaml", "services:\n  cart: {replicas: no}\nlimit: {}\n");
  const Document document = load({"production"});
  EXPECT_FALSE(manifest_of(document).has_value());
  EXPECT_EQ(problems(document),
            "holon.yaml:3:29: `ownr:` is not known in service cart; did you mean owner?\n"
            "holon.production.yaml:2:20: replicas is a number from 1 to 100, not no\n"
            "holon.production.yaml:3:1: `limit:` is not known in holon.yaml; did you mean limits?\n");
}

TEST_F(DocumentTest, AnOverlayThatIsNotThereIsNamedWithTheOnesThatAre) {
  write("holon.yaml", "app: shop\n");
  write("holon.production.yaml", "app: shop\n");
  const Result<Document> none = load_document(env::os(), {folder_ / "holon.yaml", {"prodction"}}, problems_);
  EXPECT_EQ(none.code(), Code::not_found);
  EXPECT_THAT(none.error().message(), HasSubstr("there is no overlay "));
  EXPECT_THAT(none.error().message(), HasSubstr("holon.prodction.yaml; did you mean production?"));
  EXPECT_THAT(load_document(env::os(), {folder_ / "none.yaml", {}}, problems_).error().message(),
              HasSubstr("none.yaml here; go where it is, or name it by -f FILE"));
}

TEST_F(DocumentTest, AnOverlayIsAMapOrNothing) {
  write("holon.yaml", "app: shop\n");
  write("holon.empty.yaml", "# nothing yet\n");
  write("holon.list.yaml", "- app\n");
  EXPECT_EQ(problems(load({"empty"})), "");
  EXPECT_EQ(problems(load({"list"})), "holon.list.yaml:1:1: an overlay has keys with values, as in `default: monolith`\n");
}

TEST_F(DocumentTest, VariablesComeFromTheEnvironmentThenFromFiles) {
  setenv("HOLON_TEST_OWNER", "team-env", 1);
  write("deploy.env", "HOLON_TEST_OWNER=team-file\nHOLON_TEST_REPLICAS=3\n");
  write("later.env", "HOLON_TEST_REPLICAS=4\n");
  write("holon.yaml",
        "app: shop\nvariables: [deploy.env, later.env]\n"
        "services: {cart: {program: bin/cart, owner: \"${HOLON_TEST_OWNER}\", replicas: \"${HOLON_TEST_REPLICAS}\"}}\n");
  const Document document = load();
  const std::optional<Manifest> manifest = manifest_of(document);
  ASSERT_TRUE(manifest.has_value()) << problems(document);
  EXPECT_EQ(manifest->application.services[0].owner, "team-env");
  EXPECT_EQ(manifest->application.services[0].replicas, 4);
}

TEST_F(DocumentTest, VariablesOfAnOverlaysPlaceOnlyCountIfItHolds) {
  write("holon.yaml", "app: shop\nservices: {cart: {program: bin/cart, owner: \"${HOLON_TEST_UNSET}\"}}\n");
  write("holon.production.yaml", "services: {cart: {owner: team-a}}\n");
  EXPECT_THAT(problems(load()), HasSubstr("holon.yaml:2:45: the variable HOLON_TEST_UNSET is not set"));
  EXPECT_EQ(problems(load({"production"})), "");
}

TEST_F(DocumentTest, MistakesInFilesOfVariablesAndSecretsAreNamed) {
  write("deploy.env", "A=1\nB\n");
  write("binary", "\xFF\xFE");
  write("holon.yaml", "app: shop\nvariables: [deploy.env, none.env]\nx: ${file:none}\ny: ${file:binary}\n");
  const std::string said = problems(load());
  EXPECT_THAT(said, HasSubstr("holon.yaml:2:25: variables: "));
  EXPECT_THAT(said, HasSubstr("holon.yaml:3:4: ${file:none}: "));
  EXPECT_THAT(said, HasSubstr("holon.yaml:4:4: ${file:binary}: binary is no text in UTF-8"));
  EXPECT_THAT(said, HasSubstr("deploy.env:2:1: a line is NAME=VALUE, or a # and a comment"));
}

TEST_F(DocumentTest, WhatIsNoYamlIsNamedInAllFiles) {
  write("holon.yaml", "app: [\n");
  write("holon.production.yaml", "a: 1\na: 2\n");
  const std::string said = problems(load({"production"}));
  EXPECT_THAT(said, HasSubstr("holon.yaml:2:1: this is not YAML"));
  EXPECT_THAT(said, HasSubstr("holon.production.yaml:2:1: `a:` is written twice"));
}

const char* const full = R"(app: shop
variables: deploy.env
services:
  cart:
    program: bin/cart
    owner: "${OWNER}"
    environment: {PASSWORD: "${file:secrets/password}", MODE: "010", PRICE: "$$5"}
    settings: {greeting: "a $${NAME}: b", debug: no}
    config: {key: "${file:secrets/password}", url: "x${OWNER}"}
    resources: {memory: 256MiB, cpu: 0.5}
  ads: {command: [node, ads/main.js], contract: ads.proto, calls: cart, health: {http: /healthz, period: 2s}}
placements: {split: each, all: {main: {services: [cart], replicas: 2}}}
limits: {calls_max: 500}
gateway:
  listen: ["127.0.0.1:0", {address: "127.0.0.1:0"}]
  access: {any_of: [staff]}
  authentication: {staff: {issuer: "https://id.example", audience: shop, keys: "https://id.example/jwks"}}
  routes:
    - {path: "/a/**", to: {weighted: [{weight: 9, http: "http://a.example"}, {weight: 1, http: "http://b.example"}]}}
    - {path: "/gone", to: {answer: "gone: $$"}, rate: {requests: 5}, access: public}
    - {path: "/old", to: {redirect: "https://{host}/new"}}
    - {to: contracts}
)";

class ResolvedTest : public DocumentTest {
 protected:
  void SetUp() override {
    DocumentTest::SetUp();
    write("deploy.env", "OWNER=team-basket\n");
    write("secrets/password", "hunter2\n");
  }
};

TEST_F(ResolvedTest, SaysWhatHoldsAndLeavesSecretsOut) {
  write("holon.yaml", full);
  const Document document = load();
  ASSERT_TRUE(manifest_of(document).has_value()) << problems(document);
  const std::string yaml = resolved_yaml(document);
  EXPECT_THAT(yaml, Not(HasSubstr("hunter2")));
  EXPECT_THAT(yaml, HasSubstr("PASSWORD: \"${file:secrets/password}\"\n"));
  EXPECT_THAT(yaml, HasSubstr("owner: team-basket\n"));
  EXPECT_THAT(yaml, HasSubstr("greeting: \"a $${NAME}: b\"\n"));
  EXPECT_THAT(yaml, HasSubstr("MODE: \"010\"\n"));
  EXPECT_THAT(yaml, HasSubstr("replicas: 1\n"));
  EXPECT_THAT(yaml, HasSubstr("protocol: grpc\n"));
  EXPECT_THAT(yaml, HasSubstr("period: 2s\n"));
  EXPECT_THAT(yaml, HasSubstr("start_within: 30s\n"));
  EXPECT_THAT(yaml, HasSubstr("request_time: 30s\n"));
}

/// What of a manifest decides what runs.
std::string meaning_of(const Manifest& manifest) {
  std::string text = manifest.application.name.text + " " + manifest.application.default_placement;
  for (const control::ServiceSpec& service : manifest.application.services) {
    text += "\n" + service.name.text + " " + service.program.text + " " + service.owner;
    text += " " + std::to_string(service.replicas);
    for (const auto& [name, value] : service.environment) text += " " + name + "=" + value;
    for (const auto& [name, value] : service.settings) text += " " + name + "=" + value;
    for (const config::Named& word : service.command) text += " " + word.text;
    for (const config::Named& call : service.calls) text += " " + call.text;
    text += " " + std::to_string(static_cast<int>(service.health.kind)) + service.health.path + " " +
            std::to_string(service.health.period.count()) + " " + std::to_string(service.health.timeout.count()) + " " +
            std::to_string(service.health.failures) + " " + std::to_string(service.health.start_within.count()) + " " +
            std::to_string(service.resources.memory_bytes) + " " + std::to_string(service.resources.cpu) + " " +
            std::to_string(static_cast<int>(service.protocol));
    if (service.config) text += config::to_yaml(*service.config);
  }
  if (!manifest.gateway) return text;
  for (const gateway::RouteConfig& route : manifest.gateway->routes) {
    text += "\n" + route.name + " " + route.path + " " + std::to_string(route.target.index());
    for (const gateway::RateConfig& rate : route.rates) text += " " + std::to_string(rate.requests) + rate.by;
  }
  const gateway::LimitsConfig& limits = manifest.gateway->limits;
  text += "\n" + std::to_string(limits.body_bytes_max) + " " + std::to_string(limits.head_bytes_max) + " " +
          std::to_string(limits.request_time.count()) + " " + std::to_string(limits.stream_time.count()) + " " +
          std::to_string(limits.requests_max) + " " + std::to_string(limits.connections_max) + " " +
          std::to_string(limits.idle_time.count()) + " " + std::to_string(limits.buffered_bytes_max);
  return text + "\n" + manifest.dashboard.listen;
}

/// The lines of `full`, with all that is below each of the keys of this bit set taken out.
std::string without(const std::string& yaml, unsigned bits) {
  static const char* const parts[] = {"    owner", "    environment", "    settings", "    config", "    resources", "  ads",
                                      "placements",
                                      "limits", "  access", "    - {path: \"/a", "    - {path: \"/gone", "    - {path: \"/old"};
  std::string text;
  for (std::size_t at = 0; at < yaml.size();) {
    const std::size_t end = yaml.find('\n', at) + 1;
    const std::string line = yaml.substr(at, end - at);
    bool taken = false;
    for (std::size_t i = 0; i < std::size(parts); ++i) taken = taken || (((bits >> i) & 1) != 0 && line.starts_with(parts[i]));
    if (!taken) text += line;
    at = end;
  }
  return text;
}

TEST_F(ResolvedTest, ReadAgainItGivesTheSame) {
  for (unsigned bits = 0; bits < 1u << 12; bits += 211) {
    write("holon.yaml", without(full, bits));
    const Document document = load();
    const std::optional<Manifest> manifest = manifest_of(document);
    ASSERT_TRUE(manifest.has_value()) << problems(document) << without(full, bits);
    const std::string resolved = resolved_yaml(document);
    write("holon.yaml", resolved);
    const Document again = load();
    const std::optional<Manifest> same = manifest_of(again);
    ASSERT_TRUE(same.has_value()) << problems(again) << resolved;
    EXPECT_EQ(meaning_of(*same), meaning_of(*manifest)) << resolved;
    EXPECT_EQ(resolved_yaml(again), resolved);
  }
}

TEST_F(ResolvedTest, WhatAKeyCallsASecretIsLeftOutToo) {
  setenv("HOLON_TEST_OWNER", "hunter3", 1);
  write("holon.yaml",
        "app: shop\nservices:\n  cart:\n    program: bin/cart\n"
        "    environment: {DB_PASSWORD: hunter1, LEVEL: debug, SALT: \"${secret:HOLON_TEST_OWNER}\"}\n"
        "    config: {bank: {api_key: hunter4, keys_max: 3}}\n");
  const Document document = load();
  const std::optional<Manifest> manifest = manifest_of(document);
  ASSERT_TRUE(manifest.has_value()) << problems(document);
  EXPECT_EQ(manifest->application.services[0].environment.at("DB_PASSWORD"), "hunter1");
  EXPECT_EQ(manifest->application.services[0].environment.at("SALT"), "hunter3");
  const std::string yaml = resolved_yaml(document);
  EXPECT_THAT(yaml, Not(HasSubstr("hunter")));
  EXPECT_THAT(yaml, HasSubstr("DB_PASSWORD: \"${secret:DB_PASSWORD}\"\n"));
  EXPECT_THAT(yaml, HasSubstr("LEVEL: debug\n"));
  EXPECT_THAT(yaml, HasSubstr("SALT: \"${secret:HOLON_TEST_OWNER}\"\n"));
  EXPECT_THAT(yaml, HasSubstr("keys_max: 3\n"));
}

TEST_F(ResolvedTest, ThePasswordForEtcdIsLeftOutWhateverItComesFrom) {
  setenv("HOLON_TEST_OWNER", "hunter3", 1);
  for (const char* written : {"hunter1", "${HOLON_TEST_OWNER}", "${secret:HOLON_TEST_OWNER}"}) {
    write("holon.yaml", "app: shop\nservices: {cart: {program: bin/cart}}\ncluster:\n  etcd: {members: \"https://10.0.0.1:2379\", "
                        "user: holon, password: \"" + std::string(written) + "\"}\n  address: 10.0.0.1\n  authority: authority\n");
    const Document document = load();
    const std::optional<Manifest> manifest = manifest_of(document);
    ASSERT_TRUE(manifest.has_value()) << problems(document);
    EXPECT_THAT(manifest->cluster->etcd.password, testing::StartsWith("hunter"));
    const std::string yaml = resolved_yaml(document);
    EXPECT_THAT(yaml, Not(HasSubstr("hunter")));
    EXPECT_THAT(yaml, HasSubstr("password: \"${secret:"));
    EXPECT_THAT(yaml, HasSubstr("user: holon\n"));
  }
}

TEST_F(ResolvedTest, ASettingThatIsCalledASecretIsRefused) {
  write("holon.yaml", "app: shop\nservices: {cart: {program: bin/cart, settings: {api-token: hunter1}}}\n");
  const Document document = load();
  EXPECT_FALSE(manifest_of(document).has_value());
  EXPECT_THAT(problems(document), HasSubstr("holon.yaml:2:60: setting api-token has a secret, and becomes an argument"));
}

TEST_F(ResolvedTest, TheGatewaysSectionAloneHasSecrets) {
  write("holon.yaml", "app: shop\ngateway: {listen: \"127.0.0.1:0\", routes: [{path: /a, to: {answer: "
                      "\"${file:secrets/password} $$\"}}]}\n");
  EXPECT_EQ(section_yaml(load(), "gateway"),
            "gateway:\n  listen: \"127.0.0.1:0\"\n  routes:\n    - path: /a\n      to:\n        answer: \"hunter2 $\"\n");
  EXPECT_EQ(section_yaml(load(), "none"), "{}\n");
}

TEST_F(ResolvedTest, ASectionIsTakenFromWhatWasReadLater) {
  write("holon.yaml", "app: shop\ngateway: {listen: \"127.0.0.1:0\"}\n");
  Document document = load();
  write("holon.yaml", "app: other\ngateway: {listen: \"127.0.0.1:0\", compression: false}\n");
  take_section(document, load(), "gateway");
  EXPECT_THAT(resolved_yaml(document), HasSubstr("app: shop\n"));
  EXPECT_THAT(resolved_yaml(document), HasSubstr("compression: false\n"));
}

}  // namespace
}  // namespace holon::node
