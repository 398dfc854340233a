#include "faults/rule.h"

#include <algorithm>
#include <cctype>
#include <cstdio>

#include "faults/text.h"

namespace holon::faults {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())) != 0) text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0) text.remove_suffix(1);
  return text;
}

/// Whether W3C baggage ("user=ann, x-try=1;of=3") has this member (https://www.w3.org/TR/baggage/#header-content).
bool has_member(std::string_view baggage, std::string_view name, std::string_view value) {
  while (!baggage.empty()) {
    const std::size_t end = std::min(baggage.find(','), baggage.size());
    std::string_view member = baggage.substr(0, end);
    baggage.remove_prefix(std::min(end + 1, baggage.size()));
    member = member.substr(0, member.find(';'));
    const std::size_t equals = member.find('=');
    if (equals == member.npos) continue;
    if (trimmed(member.substr(0, equals)) == name && trimmed(member.substr(equals + 1)) == value) return true;
  }
  return false;
}

bool carries(const Subject& subject, const std::string& name, const std::string& value) {
  const auto sent = [&](const Metadata::Entry& entry) { return entry.first == name && entry.second == value; };
  return std::any_of(subject.metadata.begin(), subject.metadata.end(), sent) || has_member(subject.baggage, name, value);
}

/// "30 % of ", or nothing for all.
std::string share_text(double share) {
  if (share >= 1) return "";
  char text[32];
  std::snprintf(text, sizeof text, "%.4g %% of ", share * 100);
  return text;
}

std::string calls_text(const Rule& rule) {
  std::string text = "the calls";
  if (!rule.from.empty()) text += rule.from == outside ? " of the gateway" : " of " + rule.from;
  if (!rule.to.empty()) text += " to " + rule.to;
  if (!rule.method.empty()) text += (rule.to.empty() ? " to " : "/") + rule.method;
  for (const auto& [name, value] : rule.metadata) text += " with " + name + "=" + value;
  return text;
}

std::string rate_text(double per_second) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6g/s", per_second);
  return text;
}

/// "delays %, and then …" with `calls` named once.
std::string what_text(const Rule& rule, const std::string& calls) {
  std::string text;
  const auto add = [&](const std::string& verb, const std::string& rest) {
    text += (text.empty() ? verb + " " + calls : ", " + verb + " them") + rest;
  };
  if (rule.per_second > 0) add("throttles", " to " + rate_text(rule.per_second));
  if (rule.delay.count() > 0) {
    add("delays", " by " + duration_text(rule.delay) + (rule.jitter.count() > 0 ? "±" + duration_text(rule.jitter) : ""));
  }
  if (rule.ending == Ending::abort) add("aborts", " with " + std::string(code_name(rule.code)));
  if (rule.ending == Ending::black_hole) add("swallows", "");
  if (rule.ending == Ending::reset) add("answers", " with a reset after they were handled");
  return text;
}

}  // namespace

bool Rule::concerns(const Subject& subject) const {
  const std::size_t slash = subject.method.find('/');
  const std::string_view callee = subject.method.substr(0, slash);
  const std::string_view called = slash == subject.method.npos ? std::string_view() : subject.method.substr(slash + 1);
  const std::string_view caller = subject.caller.empty() ? outside : subject.caller;
  if (!from.empty() && from != caller) return false;
  if (!to.empty() && to != callee) return false;
  if (!method.empty() && method != called) return false;
  return std::ranges::all_of(metadata, [&](const auto& entry) { return carries(subject, entry.first, entry.second); });
}

std::string to_text(const Rule& rule) { return what_text(rule, share_text(rule.share) + calls_text(rule)); }

}  // namespace holon::faults
