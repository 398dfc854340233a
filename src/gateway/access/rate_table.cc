#include "gateway/access/rate_table.h"

#include <algorithm>

namespace holon::gateway {

RateTable::RateTable(RateTerms terms) : terms_(terms), shards_(std::make_unique<std::array<Shard, shards>>()) {}
RateTable::~RateTable() = default;

RateAnswer RateTable::ask(RateKey who, env::Time now) {
  Shard& shard = (*shards_)[who.place % shards];
  std::lock_guard lock(shard.mutex);
  Entry& entry = find(shard.entries[who.place / shards % sets], who);
  const env::Duration whole = terms_.interval * terms_.burst;
  const env::Time full_at = std::max(entry.full_at, now) + terms_.interval;
  RateAnswer answer;
  answer.admitted = full_at - now <= whole;
  if (answer.admitted) entry.full_at = full_at;
  answer.full_in = std::max(entry.full_at, now) - now;
  answer.left = static_cast<std::uint64_t>((whole - answer.full_in) / terms_.interval);
  if (answer.left == 0) answer.next_in = answer.full_in + terms_.interval - whole;
  return answer;
}

// In the place of a new client's goes whoever has the most left: with a full bucket, nothing is forgotten.
RateTable::Entry& RateTable::find(std::array<Entry, ways>& set, RateKey who) {
  auto is_his = [&](const Entry& entry) { return entry.who.place == who.place && entry.who.tag == who.tag; };
  auto found = std::find_if(set.begin(), set.end(), is_his);
  if (found != set.end()) return *found;
  auto fullest = [](const Entry& a, const Entry& b) { return a.full_at < b.full_at; };
  Entry& taken = *std::min_element(set.begin(), set.end(), fullest);
  taken = {who, {}};
  return taken;
}

}  // namespace holon::gateway
