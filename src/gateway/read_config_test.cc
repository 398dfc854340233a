#include "gateway/read_config.h"

#include <filesystem>

#include "env/disk.h"

namespace holon::gateway {
namespace {

using config::Problems;
using testing::HasSubstr;

class ReadConfigTest : public ::testing::Test {
 protected:
  ReadConfigTest() {
    EXPECT_TRUE(env::os().disk().make_directories(base_ / "public").ok());
    write("partners.keys", "");
    write("broken.json", "{");
  }
  ~ReadConfigTest() override {
    std::error_code ignored;
    std::filesystem::remove_all(base_, ignored);
  }

  void write(const std::string& file, const std::string& text) {
    EXPECT_TRUE(env::os().disk().exchange(base_ / file, text).ok());
  }
  Config read(const std::string& yaml) {
    problems_.clear();
    const auto section = config::parse_yaml(yaml, problems_);
    EXPECT_TRUE(section.has_value()) << config::to_text(problems_, "f");
    return section ? read_config(*section, base_, env::os(), problems_, services_) : Config();
  }
  Config read_well(const std::string& yaml) {
    Config config = read(yaml);
    EXPECT_EQ(config::to_text(problems_, "f"), "");
    return config;
  }
  std::string problems_of(const std::string& yaml) {
    read(yaml);
    return config::to_text(problems_, "f");
  }
  /// A section with these routes.
  static std::string with_routes(const std::string& routes) { return "listen: \"127.0.0.1:80\"\nroutes:\n" + routes; }

  std::filesystem::path base_ = ::testing::TempDir() + "holon-read-config-" + std::to_string(env::os().random());
  Problems problems_;
  const KnownServices* services_ = nullptr;
};

TEST_F(ReadConfigTest, AnAddressIsEnough) {
  const Config config = read_well("listen: \"127.0.0.1:8080\"\n");
  ASSERT_EQ(config.listen.size(), 1u);
  EXPECT_EQ(config.listen[0].address, "127.0.0.1:8080");
  ASSERT_EQ(config.routes.size(), 1u);
  EXPECT_EQ(config.routes[0].path, "/**");
  EXPECT_TRUE(std::holds_alternative<ToContracts>(config.routes[0].target));
  EXPECT_EQ(config.access_log.format, AccessLogConfig::Format::json);
}

TEST_F(ReadConfigTest, TheDoor) {
  const Config config = read_well(R"(
listen:
  - "127.0.0.1:8080"
  - {address: "[::1]:8081", proxy_protocol: true}
  - "unix:/run/shop.sock"
trusted_proxies: [10.0.0.0/8, "::1"]
access_log: {format: combined, file: access.log}
limits: {body: 1MiB, buffered: 2GiB, head: 16KiB, headers: 50, requests: 17, request_time: 5s, stream_time: 2h}
compression: {least: 2KiB, types: [text/css]}
)");
  ASSERT_EQ(config.listen.size(), 3u);
  EXPECT_TRUE(config.listen[1].proxy_protocol);
  EXPECT_EQ(config.listen[2].address, "unix:/run/shop.sock");
  EXPECT_EQ(config.trusted_proxies, (std::vector<std::string>{"10.0.0.0/8", "::1"}));
  EXPECT_EQ(config.access_log.format, AccessLogConfig::Format::combined);
  EXPECT_EQ(config.access_log.file, (base_ / "access.log").string());
  EXPECT_EQ(config.limits.body_bytes_max, 1u << 20);
  EXPECT_EQ(config.limits.buffered_bytes_max, std::uint64_t{2} << 30);
  EXPECT_EQ(config.limits.head_bytes_max, 16u << 10);
  EXPECT_EQ(config.limits.headers_max, 50u);
  EXPECT_EQ(config.limits.requests_max, 17u);
  EXPECT_EQ(config.limits.request_time, std::chrono::seconds(5));
  EXPECT_EQ(config.limits.stream_time, std::chrono::hours(2));
  EXPECT_EQ(config.compression.bytes_min, 2048u);
  EXPECT_EQ(config.compression.types, (std::vector<std::string>{"text/css"}));
  EXPECT_FALSE(read_well("listen: \"127.0.0.1:1\"\ncompression: false\naccess_log: off\n").compression.enabled);
}

TEST_F(ReadConfigTest, Routes) {
  const Config config = read_well(R"(
listen: "127.0.0.1:8080"
authentication:
  partners: {api_keys: partners.keys, header: X-Key}
access: {any_of: [partners], claims: {scope: [orders, "orders:write"]}, optional: true}
routes:
  - {path: /admin/**, to: {http: "http://127.0.0.1:9000", keep_host: true}, access: {any_of: partners}, rate: {requests: 100, per: 1min}}
  - {name: assets, path: /assets/**, to: {files: public, cache_control: "max-age=60"}, access: public}
  - {path: /old/**, to: {redirect: "https://shop.example{path}", status: 301}, hosts: ["*.shop.example"]}
  - {path: /beta/**, headers: {X-Beta: "1", x-any: "*"}, to: {weighted: [{weight: 9, http: "http://127.0.0.1:1"}, {weight: 1, http: ["http://127.0.0.1:2"]}]}}
  - {path: /openapi.json, to: openapi}
  - {path: /explorer, to: explorer}
  - {path: /ping, methods: GET, to: {answer: pong, status: 203, content_type: text/html}, add_headers: {X-A: b}}
  - {to: {contracts: [shop.Cart]}, cors: {origins: ["https://shop.example"], credentials: true}, timeout: 1s, body: 1KiB, concurrency: 3}
)");
  ASSERT_EQ(config.routes.size(), 8u);
  ASSERT_EQ(config.api_keys.size(), 1u);
  EXPECT_EQ(config.api_keys[0].header, "x-key");
  EXPECT_EQ(config.api_keys[0].file, (base_ / "partners.keys").string());
  EXPECT_EQ(config.access.claims[0].any_of, (std::vector<std::string>{"orders", "orders:write"}));
  EXPECT_TRUE(config.access.optional);
  const RouteConfig& admin = config.routes[0];
  EXPECT_EQ(admin.name, "/admin/**");
  EXPECT_EQ(std::get<ToHttp>(admin.target).urls, (std::vector<std::string>{"http://127.0.0.1:9000"}));
  EXPECT_TRUE(std::get<ToHttp>(admin.target).keep_host);
  EXPECT_EQ(admin.access->any_of, (std::vector<std::string>{"partners"}));
  EXPECT_EQ(admin.rates[0].requests, 100u);
  EXPECT_EQ(admin.rates[0].window, std::chrono::minutes(1));
  const RouteConfig& assets = config.routes[1];
  EXPECT_EQ(assets.name, "assets");
  EXPECT_EQ(std::get<ToFiles>(assets.target).folder, (base_ / "public").string());
  EXPECT_EQ(std::get<ToFiles>(assets.target).strip_prefix, "/assets");
  EXPECT_TRUE(assets.access && assets.access->any_of.empty());
  EXPECT_EQ(std::get<ToRedirect>(config.routes[2].target).status, 301);
  const auto& weighted = std::get<std::vector<Weighted>>(config.routes[3].target);
  ASSERT_EQ(weighted.size(), 2u);
  EXPECT_EQ(weighted[0].weight, 9u);
  EXPECT_EQ(std::get<ToHttp>(weighted[1].target).urls[0], "http://127.0.0.1:2");
  EXPECT_EQ(config.routes[3].headers[0].name, "x-beta");
  EXPECT_EQ(config.routes[3].headers[0].value, "1");
  EXPECT_FALSE(config.routes[3].headers[1].value.has_value());
  EXPECT_TRUE(std::holds_alternative<OpenApi>(config.routes[4].target));
  EXPECT_TRUE(std::holds_alternative<Explorer>(config.routes[5].target));
  EXPECT_EQ(std::get<ToAnswer>(config.routes[6].target).status, 203);
  EXPECT_EQ(config.routes[6].add_headers[0].first, "x-a");
  const RouteConfig& last = config.routes[7];
  EXPECT_EQ(std::get<ToContracts>(last.target).services, (std::vector<std::string>{"shop.Cart"}));
  EXPECT_TRUE(last.cors->credentials);
  EXPECT_EQ(last.timeout, std::chrono::seconds(1));
  EXPECT_EQ(last.body_bytes_max, 1024u);
  EXPECT_EQ(last.concurrency, 3u);
}

TEST_F(ReadConfigTest, RoutesToServicesThatSpeakHttp) {
  const Config config = read_well(with_routes(
      "  - {path: /pages/**, to: {service: pages, strip_prefix: /pages, keep_host: true, connections: 8}}\n"
      "  - {to: {weighted: [{weight: 1, service: next}, {weight: 9, http: \"http://a\"}]}}\n"));
  ToHttp pages{.service = "pages"};
  pages.strip_prefix = "/pages";
  pages.keep_host = true;
  pages.connections_max = 8;
  EXPECT_EQ(std::get<ToHttp>(config.routes[0].target), pages);
  EXPECT_THAT(http_services_of(config), testing::ElementsAre("next", "pages"));
}

TEST_F(ReadConfigTest, RefusesServicesThatNoRouteLeadsTo) {
  const std::string to_cart = with_routes("  - {to: {service: cart}}\n");
  const KnownServices none{.http = {}, .grpc = {"carts"}};
  services_ = &none;
  EXPECT_EQ(problems_of(to_cart),
            "f:3:20: there is no service cart; none of this application has `protocol: http`\n");
  const KnownServices some{.http = {"card"}, .grpc = {"cart"}};
  services_ = &some;
  EXPECT_THAT(problems_of(to_cart), HasSubstr("f:3:20: cart speaks gRPC, which routes reach by its contract: write `to: contracts`"));
  EXPECT_EQ(problems_of(with_routes("  - {to: {weighted: [{weight: 1, service: crd}]}}\n")),
            "f:3:43: there is no service crd; did you mean card?\n");
  EXPECT_THAT(problems_of(with_routes("  - {to: {service: card, http: \"http://a\"}}\n")), HasSubstr("to has exactly one of"));
}

TEST_F(ReadConfigTest, ShowsNoSecretsOfBadValues) {
  auto section = config::parse_yaml(with_routes("  - {path: /c, to: {http: \"ftp://hunter2\"}}\n"
                                                "  - {path: /a, to: {files: hunter2}}\n"
                                                "  - {path: /b, to: {answer: a}, methods: [hunter2]}\n"), problems_);
  const auto mark = [](auto& self, config::YamlNode& node) -> void {
    if (node.text.find("hunter2") != std::string::npos) node.secret = "${file:key}";
    for (config::YamlNode& item : node.items) self(self, item);
    for (auto& [key, value] : node.entries) self(self, value);
  };
  mark(mark, *section);
  read_config(*section, base_, env::os(), problems_);
  EXPECT_EQ(problems_.size(), 3u) << config::to_text(problems_, "f");
  EXPECT_THAT(config::to_text(problems_, "f"), testing::AllOf(HasSubstr("${file:key}"), testing::Not(HasSubstr("hunter2"))));
}

TEST_F(ReadConfigTest, NamesAllProblemsAtOnceWithTheRemedy) {
  EXPECT_EQ(problems_of("lisen: \"127.0.0.1:80\"\n"
                        "trusted_proxies: [10.0.0.1/8]\n"
                        "limits: {boddy: 1MiB, body: 4MB}\n"
                        "access: {any_of: [staf]}\n"
                        "authentication: {staff: {api_keys: partners.keys}}\n"),
            "f:1:1: `lisen:` is not known in gateway; did you mean listen?\n"
            "f:1:1: gateway lacks `listen:`, its address, as in `listen: \"127.0.0.1:8080\"`\n"
            "f:2:19: 10.0.0.1/8 has bits behind its prefix; write the network's first address, or the one address without /8\n"
            "f:3:10: `boddy:` is not known in limits; did you mean body?\n"
            "f:3:29: body is a size in bytes, as 512, 64KiB, 4MiB or 1GiB, not 4MB\n"
            "f:4:19: there is no authentication staf; did you mean staff?\n");
}

TEST_F(ReadConfigTest, RefusesWrongListeners) {
  EXPECT_THAT(problems_of("listen: 8080\n"), HasSubstr("f:1:9: listen is an IP address and a port, as in \"127.0.0.1:8080\""));
  EXPECT_THAT(problems_of("listen: fd:3\n"), HasSubstr("listen is an IP address and a port"));
  EXPECT_THAT(problems_of("listen: []\n"), HasSubstr("listen is an empty list"));
  EXPECT_THAT(problems_of("listen: [\"127.0.0.1:80\", \"127.0.0.1:80\"]\n"), HasSubstr("has 127.0.0.1:80 twice"));
  EXPECT_THAT(problems_of("listen: {address: \"127.0.0.1:80\", tls: {certificate: c.pem}}\n"), HasSubstr("tls lacks `key:`"));
  EXPECT_THAT(problems_of("listen: {address: \"127.0.0.1:80\", tls: {certificate: c.pem, key: k.pem}}\n"),
              HasSubstr((base_ / "c.pem").string()));
  EXPECT_THAT(problems_of("listen: {address: \"127.0.0.1:80\", client_ca: partners.keys}\n"), HasSubstr("client_ca needs TLS"));
}

TEST_F(ReadConfigTest, RefusesFilesThatAreNotThere) {
  EXPECT_THAT(problems_of("listen: \"127.0.0.1:80\"\nauthentication: {p: {api_keys: nowhere}}\n"), HasSubstr("f:2:32: api_keys: "));
  EXPECT_THAT(problems_of("listen: \"127.0.0.1:80\"\nauthentication: {p: {issuer: a, audience: b, keys: broken.json}}\n"),
              HasSubstr("broken.json"));
  EXPECT_THAT(problems_of(with_routes("  - {to: {files: nowhere}}\n")), HasSubstr("is no folder that can be read"));
}

TEST_F(ReadConfigTest, RefusesWrongRoutes) {
  struct Wrong {
    const char* route;
    const char* says;
  };
  for (const Wrong& wrong : std::vector<Wrong>{
           {"{path: /a}", "f:3:5: route /a lacks `to:`"},
           {"{path: a, to: contracts}", "path is exactly"},
           {"{path: /a/*, to: contracts}", "path is exactly"},
           {"{path: /a/../b, to: contracts}", "path is exactly"},
           {"{path: /a//b, to: contracts}", "path is exactly"},
           {"{path: \"/a?b\", to: contracts}", "path is exactly"},
           {"{to: contract}", "to can't be contract; did you mean contracts?"},
           {"{to: {fils: public}}", "to has exactly one of"},
           {"{to: {files: public, http: \"http://a\"}}", "to has exactly one of"},
           {"{to: {http: \"ftp://a\"}}", "ftp://a"},
           {"{to: {redirect: \"{pth}\"}}", "f:3:21: "},
           {"{to: {answer: a, status: 100}}", "status is a number from 200 to 599"},
           {"{to: {weighted: []}}", "weighted is a list"},
           {"{to: {weighted: [{http: \"http://127.0.0.1:1\"}]}}", "lacks `weight:`"},
           {"{to: contracts, methods: [get]}", "a method is in capitals, as GET, not get"},
           {"{to: contracts, hosts: [\"a:80\"]}", "a host is \"shop.example\""},
           {"{to: contracts, hosts: [\"a*.b\"]}", "a host is \"shop.example\""},
           {"{to: contracts, headers: {\"a b\": c}}", "a b is no name of a header"},
           {"{to: contracts, add_headers: {content-length: 3}}", "is what the gateway says itself"},
           {"{to: contracts, add_headers: {a: \"b\\r\\nc: d\"}}", "no line ends"},
           {"{to: contracts, rate: {per: 1min}}", "rate of route /** lacks `requests:`"},
           {"{to: contracts, rate: {requests: 1, per: 1m}}", "per is a time"},
           {"{to: contracts, cors: {origins: [shop.example]}}", "an origin is https://HOST"},
           {"{to: contracts, cors: {origins: \"*\", credentials: true}}", "credentials are for named origins"},
           {"{to: contracts, access: staff}", "access can't be staff; there is public"},
           {"{to: contracts, access: {any_of: [staff]}}", "there is no authentication staff; write it below `authentication:`"},
           {"{to: explorer}", "add a route `{path: /openapi.json, to: openapi}`"},
           {"{to: contracts, timeout: no}", "timeout is a time"},
           {"{to: contracts, acess: public}", "did you mean access?"},
       }) {
    EXPECT_THAT(problems_of(with_routes(std::string("  - ") + wrong.route + "\n")), HasSubstr(wrong.says));
  }
  EXPECT_THAT(problems_of(with_routes("  - {path: /a/**, to: contracts}\n  - {path: /a/b, to: contracts}\n")),
              HasSubstr("f:4:5: no request gets here: route /a/** in line 3 takes all of them; write this one before it"));
}

}  // namespace
}  // namespace holon::gateway
