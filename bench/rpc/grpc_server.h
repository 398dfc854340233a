// The echo on grpc++, by each of its two interfaces, for grpc_server.cc.
#pragma once

#include <grpcpp/grpcpp.h>

#include <functional>

namespace bench {

/// Each registers its service, starts the server by `start`, and serves until the process is ended.
using Start = std::function<std::unique_ptr<grpc::Server>(grpc::ServerBuilder&)>;
void serve_by_callbacks(grpc::ServerBuilder& builder, const Start& start);
void serve_by_queue(grpc::ServerBuilder& builder, const Start& start);

}  // namespace bench
