// A load with grpc++.
//   --api=callback|queue  --kind=echo|stream  --payload=BYTES  --rate=CALLS (a second: an open loop)  --roots=FILE (for tls:)
#include <cstdio>
#include <cstring>

#include "rpc/grpc_load.h"
#include "rpc/grpc_tuning.h"

int main(int argc, char** argv) {
  if (argc == 2 && std::strcmp(argv[1], "--version") == 0) {
    std::printf("%s\n", grpc::Version().c_str());
    return 0;
  }
  const bench::Load load = bench::load_of(argc, argv, {"api", "kind", "payload", "rate", "roots"});
  const auto stub = bench::Echo::NewStub(bench::tuned_channel(load.address, load.text("roots", "")));
  bench::GrpcLoad asked{*stub, load, bench::message_of(static_cast<std::size_t>(load.number("payload", 100))),
                        load.text("kind", "echo") == "stream", load.number("rate", 0) > 0};
  if (asked.stream) asked.request.set_id(INT64_MAX);
  bench::Meter meter(load);
  if (load.text("api", "callback") == "queue") {
    bench::load_by_queue(asked, meter);
  } else {
    bench::load_by_callbacks(asked, meter);
  }
  meter.report(0);
}
