// KeySource: the keys that one issuer's tokens are checked by, kept fresh. A file is looked at again once a second; a URL after
// its interval, and early when a token names a key that is not known. While the source gives nothing that can be read, the keys
// from before stay in use, and it is asked ever more rarely.
//
//   KeySource source("https://id.example/jwks.json", minutes(10), world, fetch);
//   TRY(source.start());
//   std::shared_ptr<const KeySet> keys = TRY(source.keys(call));
//   if (!keys->knows(kid)) keys = source.newer(call, keys);
//
// Any fiber of any loop; one asks the source at a time, and the others wait for what it gets.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "env/environment.h"
#include "gateway/access/jwk.h"
#include "holon/call.h"
#include "holon/task.h"

namespace holon::gateway {

/// Gets what is behind a URL; suspends. It gives no more than `keys_bytes_max` bytes, and ends with `call`.
using Fetch = std::function<Result<std::string>(Call& call, const std::string& url)>;

/// When a source is asked. Values only.
class KeySchedule {
 public:
  static constexpr env::Duration unknown_pause = std::chrono::seconds(30);  ///< between two tokens' asking for new keys
  static constexpr env::Duration retry_first = std::chrono::seconds(1);
  static constexpr env::Duration retry_most = std::chrono::minutes(5);

  explicit KeySchedule(env::Duration interval) : interval_(interval) {}

  bool due(env::Time now) const { return now >= next_; }
  /// Whether a token with an unknown key is reason enough.
  bool early(env::Time now) const { return now >= early_; }
  void succeeded(env::Time now);
  /// The pause doubles with each failure.
  void failed(env::Time now);

 private:
  env::Duration interval_;
  env::Duration retry_ = retry_first;
  env::Time next_{};
  env::Time early_{};
};

class KeySource {
 public:
  /// @param where  a path, or "https://…", "http://…"
  KeySource(std::string where, env::Duration interval, env::Environment& world, Fetch fetch);

  /// Reads a file, so that a mistake in it shows at once. A URL is asked when the first token comes.
  Result<void> start();
  /// Those in use. Suspends only while there are none yet; UNAVAILABLE if there can be none just now.
  Result<std::shared_ptr<const KeySet>> keys(Call& call);
  /// After a token named a key that `seen` does not know: newer ones if there are, else `seen`. Suspends while it asks.
  std::shared_ptr<const KeySet> newer(Call& call, std::shared_ptr<const KeySet> seen);

 private:
  struct State;

  std::shared_ptr<State> state_;  ///< shared with a refresh that goes on in the background
};

}  // namespace holon::gateway
