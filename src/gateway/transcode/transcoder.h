// Transcoder: the services' own routes, from their contracts (google.api.http): finds the method, makes its request of path,
// query and body, calls it by gRPC, and answers in JSON, as a stream, or with a google.api.HttpBody. docs/transcoding.md says
// all of it.
#pragma once

#include <memory>
#include <vector>

#include "gateway/remote.h"
#include "gateway/transcode/router.h"
#include "gateway/transcode/stream_call.h"
#include "gateway/visit.h"

namespace holon::gateway {

class Transcoder final : public Destination {
 public:
  /// Contracts and remote outlive it.
  /// @param services     full names; none: all of the contracts
  /// @param stream_time  the longest a stream may take whose route says nothing
  /// NOT_FOUND names a service that the contracts do not have.
  static Result<std::unique_ptr<Transcoder>> make(const Contracts& contracts, const Remote& remote, const ToContracts& target,
                                                  nanoseconds stream_time, Beats beats = {});

  void serve(Visit& visit) const override;

 private:
  Transcoder(const Contracts& contracts, const Remote& remote, nanoseconds stream_time, Beats beats)
      : contracts_(contracts), remote_(remote), stream_time_(stream_time), beats_(beats) {}

  Result<void> add(const google::protobuf::ServiceDescriptor& service);
  void serve(Visit& visit, const Router::Match& match) const;
  void serve_unary(Visit& visit, const Router::Match& match) const;
  void miss(Visit& visit, const Router::Miss& miss) const;

  const Contracts& contracts_;
  const Remote& remote_;
  const nanoseconds stream_time_;
  const Beats beats_;
  Router router_;
};

}  // namespace holon::gateway
