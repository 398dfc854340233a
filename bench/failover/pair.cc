// The program of both services.
#include <unistd.h>

#include "failover/pair.holon.h"
#include "holon/service.h"
#include "holon/wiring.h"

namespace {

class Pair final : public bench::Pair::Service {
  holon::Result<bench::PairReply> Ask(holon::Call&, const bench::AskPair&) override {
    bench::PairReply reply;
    reply.set_pid(::getpid());
    return reply;
  }
};

class Asker final : public bench::Asker::Service {
 public:
  explicit Asker(holon::Wiring& wiring) : pair_(wiring) {}

 private:
  holon::Result<bench::PairReply> Ask(holon::Call& call, const bench::AskPair& request) override { return pair_->Ask(call, request); }

  holon::Ref<bench::Pair> pair_;
};

}  // namespace

int main(int argc, char** argv) { return holon::serve<Pair, Asker>(argc, argv); }
