#include "node/cluster/config.h"

#include "env/disk.h"
#include "env/environment.h"
#include "env/reactor.h"
#include "node/manifest_keys.h"

namespace holon::node {
namespace {

using config::YamlNode;

constexpr std::chrono::seconds lease_least{2};  // etcd grants none that is shorter
constexpr std::chrono::seconds lease_most{60};
constexpr std::size_t name_bytes_max = 63;  // as of a host's name (RFC 1123)

bool is_name(const std::string& text) {
  const char* letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
  return !text.empty() && text.size() <= name_bytes_max && text.find_first_not_of(letters) == std::string::npos;
}

/// As this machine calls itself.
std::string name_of_machine(env::Environment& world) {
  std::string name = world.disk().read("/proc/sys/kernel/hostname").value_or("");
  return name.substr(0, name.find('\n'));
}

class ClusterReader : private config::Reader {
 public:
  ClusterReader(const std::filesystem::path& base, env::Environment& world, config::Problems& problems)
      : config::Reader(problems), base_(base), world_(world), problems_(problems) {}

  ClusterConfig read(const YamlNode& value) {
    ClusterConfig config;
    if (!is_map(value, "cluster", manifest_keys().below("cluster"))) return config;
    if (const YamlNode* etcd = required(value, "etcd", "cluster", "where etcd answers, as in `etcd: [\"10.0.0.1:2379\"]`")) {
      config.etcd = read_etcd(*etcd, base_, problems_);
    }
    if (const YamlNode* address = required(value, "address", "cluster", "this machine's address, as in `address: 10.0.0.1`")) {
      config.address = read_address(*address);
    }
    if (const YamlNode* folder = required(value, "authority", "cluster", "the folder of the authority that all nodes share")) {
      config.authority = base_ / text(*folder, "authority").text;
    }
    config.node = read_name(value);
    if (const YamlNode* zone = value.find("zone")) config.zone = text(*zone, "zone").text;
    if (const YamlNode* lease = value.find("lease")) config.lease = read_lease(*lease);
    if (const YamlNode* cut_off = value.find("cut_off")) config.goes_on = one_of(*cut_off, "cut_off", {"stop", "go_on"}) == "go_on";
    return config;
  }

 private:
  std::string read_address(const YamlNode& value) {
    const std::string written = text(value, "address").text;
    const Result<env::Address> address = env::Address::parse(written + ":0");
    if (address.ok() && address->kind == env::Address::Kind::ip && written != "0.0.0.0" && written != "[::]") return written;
    problem(value.place, "an address of this machine that other nodes reach belongs here, as in `address: 10.0.0.1`, not " + written +
                             "; an IPv6 address is written in brackets");
    return "";
  }

  std::string read_name(const YamlNode& value) {
    const YamlNode* given = value.find("node");
    const std::string name = given != nullptr ? text(*given, "node").text : name_of_machine(world_);
    if (!is_name(name)) {
      problem(given != nullptr ? given->place : value.place,
              "the name of a node has letters, digits, `-`, `_` and `.`, at most 63; \"" + name + "\" does not. Write it as in `node: a`");
    }
    return name;
  }

  std::chrono::seconds read_lease(const YamlNode& value) {
    const auto life = std::chrono::duration_cast<std::chrono::seconds>(duration(value, "lease"));
    if (life >= lease_least && life <= lease_most) return life;
    problem(value.place, "a lease is 2s to 60s long");
    return lease_least;
  }

  const std::filesystem::path& base_;
  env::Environment& world_;
  config::Problems& problems_;
};

}  // namespace

ClusterConfig read_cluster(const YamlNode& value, const std::filesystem::path& base, env::Environment& world,
                           config::Problems& problems) {
  return ClusterReader(base, world, problems).read(value);
}

}  // namespace holon::node
