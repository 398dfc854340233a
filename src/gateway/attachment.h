// Attachment: the gateway's tie to the node, which tells it where services answer. Lost, it is made again with back-off;
// what was told last holds until then.
#pragma once

#include <string>

#include "client/channel.h"
#include "fiber/call.h"
#include "fiber/waiter.h"
#include "holon/node/v1/node.holon.h"

namespace holon::gateway {

class Attachment {
 public:
  /// @param loop   the loop it lives on
  /// @param pools  told every directory; they outlive this
  Attachment(fiber::Loop& loop, const env::Address& node, std::string host, client::Pools& pools);

  /// Attaches and says Ready, for as long as it is not stopped.
  void start();
  /// Ends it and waits for that. On a fiber of the loop.
  void stop();

 private:
  void run();
  Result<void> follow();

  fiber::Loop& loop_;
  std::string host_;
  client::Pools& pools_;
  client::Pools node_pools_;
  internal::Binding binding_;
  client::Channel channel_;
  internal::RootCall call_{Deadline::max()};
  fiber::Waiter ended_;
  bool running_ = false;
  bool ready_ = false;
  bool told_ = false;  ///< something came since the last attempt: the next one needs no back-off
};

}  // namespace holon::gateway
