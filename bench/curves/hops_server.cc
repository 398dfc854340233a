// The program of the services in a row.
#include "curves/hops.holon.h"
#include "holon/service.h"
#include "holon/wiring.h"

namespace {

using holon::Call;
using holon::Result;

template <class Contract, class Next>
class Hop final : public Contract::Service {
 public:
  explicit Hop(holon::Wiring& wiring) : next_(wiring) {}

 private:
  Result<bench::Way> Go(Call& call, const bench::Way& way) override {
    if (way.hops() <= 1) return way;
    bench::Way rest = way;
    rest.set_hops(way.hops() - 1);
    return next_->Go(call, rest);
  }

  holon::Ref<Next> next_;
};

class LastHop final : public bench::Hop8::Service {
  Result<bench::Way> Go(Call&, const bench::Way& way) override { return way; }
};

using namespace bench;
using First = Hop<Hop1, Hop2>;
using Second = Hop<Hop2, Hop3>;
using Third = Hop<Hop3, Hop4>;
using Fourth = Hop<Hop4, Hop5>;
using Fifth = Hop<Hop5, Hop6>;
using Sixth = Hop<Hop6, Hop7>;
using Seventh = Hop<Hop7, Hop8>;

}  // namespace

int main(int argc, char** argv) {
  return holon::serve<First, Second, Third, Fourth, Fifth, Sixth, Seventh, LastHop>(argc, argv);
}
