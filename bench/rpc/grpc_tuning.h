// How grpc++ is set up in all benchmarks of calls: the leanest it can be and still keep deadlines.
#pragma once

#include <grpcpp/grpcpp.h>

#include <fstream>
#include <memory>
#include <sstream>
#include <string>

namespace bench {

/// Tells `set(name, value)` each channel argument. Without the filters of the full stack (census, message sizes, retries,
/// channelz), whose work holon's own counts and limits do; with deadlines; frames as large as HTTP/2 allows, so that large
/// messages are not cut up; no probing for the bandwidth-delay product, which sends PINGs, but windows that fit it.
template <class Set>
void tune(Set set) {
  set(GRPC_ARG_MINIMAL_STACK, 1);
  set(GRPC_ARG_ENABLE_DEADLINE_CHECKS, 1);
  set(GRPC_ARG_ENABLE_RETRIES, 0);
  set(GRPC_ARG_ENABLE_CHANNELZ, 0);
  set(GRPC_ARG_HTTP2_MAX_FRAME_SIZE, (1 << 24) - 1);
  set(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  set(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, 4 << 20);
}

inline std::string contents_of(const std::string& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

/// "tls:ADDRESS" or "ADDRESS": whether it is the former, which then loses its "tls:".
inline bool take_tls(std::string& address) {
  if (!address.starts_with("tls:")) return false;
  address.erase(0, 4);
  return true;
}

/// A channel to it; `roots` is the file of the authorities for TLS.
inline std::shared_ptr<grpc::Channel> tuned_channel(std::string address, const std::string& roots) {
  grpc::ChannelArguments arguments;
  tune([&](const char* name, int value) { arguments.SetInt(name, value); });
  if (!take_tls(address)) return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = contents_of(roots);
  return grpc::CreateCustomChannel(address, grpc::SslCredentials(options), arguments);
}

}  // namespace bench
