#include "gateway/transcode/router.h"

#include <google/protobuf/descriptor.h>

#include <optional>
#include <set>

#include "contract/json.h"
#include "gateway/transcode/url.h"

namespace holon::gateway {

/// One piece of a requested path, between two slashes.
struct RequestedSegment {
  std::string_view raw;
  std::string decoded;
};

namespace {

using contract::PathSegment;
using Piece = RequestedSegment;

/// Segments that mean another path (RFC 3986, 5.2.4). Clients resolve them; here they would only deceive.
bool is_dots(std::string_view segment) { return segment == "." || segment == ".."; }

/// The pieces of a path that begins with "/"; "/" itself has none. Nothing if one can't be decoded.
std::optional<std::vector<Piece>> split_path(std::string_view path) {
  std::vector<Piece> pieces;
  if (path == "/") return pieces;
  while (!path.empty()) {
    path.remove_prefix(1);  // the slash
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view raw = path.substr(0, end);
    auto decoded = percent_decode(raw);
    if (!decoded || is_dots(*decoded)) return std::nullopt;
    pieces.push_back({raw, *std::move(decoded)});
    path.remove_prefix(end);
  }
  return pieces;
}

/// By verb, then by HTTP method.
using Leaves = std::map<std::string, std::map<std::string, const Entry*>, std::less<>>;

std::string value_of(const contract::PathVariable& variable, std::size_t end, const std::vector<Piece>& pieces) {
  std::string value;
  for (std::size_t i = variable.first; i < end; ++i) {
    if (i > variable.first) value += '/';
    value += variable.multi ? *percent_decode(pieces[i].raw, '/') : pieces[i].decoded;
  }
  return value;
}

std::vector<std::string> values_of(const Entry& entry, const std::vector<Piece>& pieces) {
  std::vector<std::string> values;
  const auto& segments = entry.route.path.segments();
  for (const contract::PathVariable& variable : entry.route.path.variables()) {
    const bool rest = variable.end > variable.first && segments[variable.end - 1].kind == PathSegment::Kind::rest;
    values.push_back(value_of(variable, rest ? pieces.size() : variable.end, pieces));
  }
  return values;
}

}  // namespace

struct Router::Node {
  std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
  std::unique_ptr<Node> one;
  Leaves here;  ///< of templates that end here
  Leaves rest;  ///< of templates that go on with `**`
};

/// One walk through the tree: the best entry, and which HTTP methods the path would have had.
struct Router::Search {
  std::string_view http_method;
  std::string_view verb;
  const std::vector<Piece>& pieces;
  std::set<std::string>& allowed;

  const Entry* walk(const Node& node, std::size_t at) const {
    if (at == pieces.size()) {
      const Entry* found = pick(node.here);
      return found != nullptr ? found : pick(node.rest);
    }
    if (auto literal = node.literals.find(pieces[at].decoded); literal != node.literals.end()) {
      if (const Entry* found = walk(*literal->second, at + 1)) return found;
    }
    if (node.one != nullptr && !pieces[at].raw.empty()) {
      if (const Entry* found = walk(*node.one, at + 1)) return found;
    }
    return pick(node.rest);
  }

  const Entry* pick(const Leaves& leaves) const {
    const auto by_verb = leaves.find(verb);
    if (by_verb == leaves.end()) return nullptr;
    const auto& by_method = by_verb->second;
    for (const auto& [method, entry] : by_method) allowed.insert(method);
    auto found = by_method.find(std::string(http_method));
    if (found == by_method.end() && http_method == "HEAD") found = by_method.find("GET");
    if (found == by_method.end()) found = by_method.find("*");
    return found == by_method.end() ? nullptr : found->second;
  }
};

Router::Router() : root_(std::make_unique<Node>()) {}
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;

Result<void> Router::add(Entry entry) {
  const contract::PathTemplate& path = entry.route.path;
  Node* node = root_.get();
  Leaves* leaves = nullptr;
  for (const PathSegment& segment : path.segments()) {
    if (segment.kind == PathSegment::Kind::rest) {
      leaves = &node->rest;
      break;
    }
    auto& next = segment.kind == PathSegment::Kind::literal ? node->literals[segment.text] : node->one;
    if (next == nullptr) next = std::make_unique<Node>();
    node = next.get();
  }
  if (leaves == nullptr) leaves = &node->here;
  const Entry*& place = (*leaves)[path.verb()][entry.route.http_method];
  if (place != nullptr) {
    return already_exists("the route " + entry.route.http_method + " " + path.text() + " of " +
                          entry.method->full_name() + " fits the same paths as " + place->route.path.text() +
                          " of " + place->method->full_name() +
                          "; change one of them");
  }
  entries_.push_back(std::make_unique<Entry>(std::move(entry)));
  place = entries_.back().get();
  return {};
}

/// The pieces before a verb, and the verb; nothing if the last segment has none.
struct Router::Verbal {
  std::vector<Piece> pieces;
  std::string verb;

  static std::optional<Verbal> of(const std::vector<Piece>& pieces) {
    const std::size_t colon = pieces.empty() ? std::string_view::npos : pieces.back().raw.rfind(':');
    if (colon == std::string_view::npos) return std::nullopt;
    // Both halves of what could be decoded can be: a colon is no part of an escape, nor of a character of UTF-8.
    Verbal verbal{pieces, *percent_decode(pieces.back().raw.substr(colon + 1))};
    Piece& last = verbal.pieces.back();
    last.raw = last.raw.substr(0, colon);
    last.decoded = *percent_decode(last.raw);
    if (verbal.verb.empty() || is_dots(last.decoded)) return std::nullopt;
    return verbal;
  }
};

std::variant<Router::Match, Router::Miss> Router::find(std::string_view http_method, std::string_view path) const {
  auto pieces = path.empty() || path[0] != '/' ? std::nullopt : split_path(path);
  if (!pieces) return Miss{400, "the path is not percent-encoded UTF-8, or has \".\" or \"..\" segments", {}};
  std::set<std::string> allowed;
  // "a:undelete" is the segment "a" with a verb, if there is a route for that; else all of it is the segment.
  if (const std::optional<Verbal> verbal = Verbal::of(*pieces)) {
    const Entry* entry = Search{http_method, verbal->verb, verbal->pieces, allowed}.walk(*root_, 0);
    if (entry != nullptr) return Match{entry, values_of(*entry, verbal->pieces)};
  }
  const Entry* entry = Search{http_method, {}, *pieces, allowed}.walk(*root_, 0);
  if (entry != nullptr) return Match{entry, values_of(*entry, *pieces)};
  if (allowed.empty()) return Miss{404, why_unknown(path, *pieces), {}};
  if (allowed.count("GET") > 0) allowed.insert("HEAD");
  allowed.insert("OPTIONS");
  std::string allow;
  for (const std::string& method : allowed) allow += (allow.empty() ? "" : ", ") + method;
  return Miss{405, "the path takes " + allow + ", not " + std::string(http_method), allow};
}

/// Says so if a slash at the end is all that is wrong.
std::string Router::why_unknown(std::string_view path, std::vector<Piece> pieces) const {
  const std::string why = "no route has the path " + contract::json_quote(path);
  if (pieces.empty() || !pieces.back().raw.empty()) return why;
  pieces.pop_back();
  std::set<std::string> allowed;
  Search{{}, {}, pieces, allowed}.walk(*root_, 0);
  return allowed.empty() ? why : why + "; leave out the slash at its end";
}

}  // namespace holon::gateway
