#include "node/cluster/etcd_config.h"

#include <algorithm>

#include "env/environment.h"
#include "env/reactor.h"
#include "node/manifest_keys.h"

namespace holon::node {
namespace {

using config::YamlNode;

constexpr std::string_view plain_prefix = "http://";
constexpr std::string_view tls_prefix = "https://";

bool speaks_tls(const EtcdAddress& member) { return member.tls; }

/// Who writes a user before an address writes a password there, which is not to be shown.
std::string without_user(std::string_view address) {
  const std::size_t at = address.rfind('@');
  return at == address.npos ? std::string(address) : "…" + std::string(address.substr(at));
}

class EtcdReader : private config::Reader {
 public:
  EtcdReader(const std::filesystem::path& base, config::Problems& problems) : config::Reader(problems), base_(base) {}

  EtcdConfig read(const YamlNode& value) {
    EtcdConfig config;
    if (value.kind != YamlNode::Kind::map) {
      config.members = read_members(value);
      return config;
    }
    if (!is_map(value, "etcd", manifest_keys().below("cluster/etcd"))) return config;
    const char* example = "where etcd answers, as in `members: [\"https://etcd-0.example:2379\"]`";
    if (const YamlNode* members = required(value, "members", "etcd", example)) config.members = read_members(*members);
    config.tls.roots = file(value, "ca");
    config.tls.own = {file(value, "certificate"), file(value, "key")};
    if (const YamlNode* user = value.find("user")) config.user = text(*user, "user").text;
    if (const YamlNode* password = value.find("password")) config.password = text(*password, "password").text;
    check(value, config);
    return config;
  }

 private:
  std::vector<EtcdAddress> read_members(const YamlNode& list) {
    std::vector<EtcdAddress> members;
    for (const config::Named& member : texts(list, "etcd")) {
      Result<EtcdAddress> address = EtcdAddress::parse(member.text);
      if (address.ok()) {
        members.push_back(std::move(*address));
      } else {
        problem(member.place, address.error().message());
      }
    }
    if (members.empty()) problem(list.place, "a list of the addresses of etcd's members belongs here");
    return members;
  }

  std::filesystem::path file(const YamlNode& value, const std::string& key) {
    const YamlNode* given = value.find(key);
    return given != nullptr ? base_ / text(*given, key).text : std::filesystem::path();
  }

  void check(const YamlNode& value, const EtcdConfig& config) {
    const bool has_files = !config.tls.roots.empty() || !config.tls.own.certificate.empty() || !config.tls.own.key.empty();
    if (has_files && std::ranges::none_of(config.members, speaks_tls)) {
      problem(value.place, "certificates are for members that speak TLS: write https:// before their addresses, or leave out `ca`, "
                           "`certificate` and `key`");
    }
    if (config.tls.own.certificate.empty() != config.tls.own.key.empty()) {
      problem(value.place, "`certificate` and `key` go together: give both, or neither");
    }
    if (config.user.empty() != config.password.empty()) {
      problem(value.place, "`user` and `password` go together: give both, or neither");
    }
    if (!config.password.empty() && !std::ranges::all_of(config.members, speaks_tls)) {
      problem(value.find("password")->place, "a password is for members that speak TLS, as anybody on the way could read it: write "
                                             "https:// before all of their addresses, or leave out `user` and `password`");
    }
  }

  const std::filesystem::path& base_;
};

}  // namespace

Result<EtcdAddress> EtcdAddress::parse(std::string_view text) {
  std::string_view where = text;
  EtcdAddress member;
  member.tls = where.starts_with(tls_prefix);
  if (member.tls || where.starts_with(plain_prefix)) where.remove_prefix((member.tls ? tls_prefix : plain_prefix).size());
  member.where = where;
  const Result<env::Address> address = env::Address::parse(where);
  if (address.ok() && address->kind == env::Address::Kind::ip && address->port != 0) return member;
  Result<client::DnsName> name = client::DnsName::parse("dns:///" + member.where);
  if (address.ok() || !name.ok() || name->port == 0) {
    return invalid_argument("etcd answers at an address like 10.0.0.1:2379 or https://etcd-0.example:2379, not at " + without_user(text) +
                            (where.find('@') == where.npos ? "" : "; `user` and `password` are keys of their own beside `members`"));
  }
  member.name = std::move(*name);
  return member;
}

Result<std::shared_ptr<crypto::ClientTls>> EtcdConfig::load_tls(env::Environment& world) const {
  if (std::ranges::none_of(members, speaks_tls)) return std::shared_ptr<crypto::ClientTls>();
  Result<std::shared_ptr<crypto::ClientTls>> loaded = crypto::ClientTls::load(world, tls);
  if (!loaded.ok()) return loaded.error().within("cluster, etcd");
  return loaded;
}

EtcdConfig read_etcd(const config::YamlNode& value, const std::filesystem::path& base, config::Problems& problems) {
  return EtcdReader(base, problems).read(value);
}

}  // namespace holon::node
