// The program of the application `vault`.
#include "holon/service.h"
#include "holon/wiring.h"
#include "tests/security/break_in.h"

namespace {

using holon::Call;
using holon::Result;

vault::Contents contents() {
  vault::Contents contents;
  contents.set_what("gold");
  return contents;
}

class Vault final : public vault::Vault::Service {
 public:
  Result<vault::Contents> Look(Call&, const vault::LookRequest&) override { return contents(); }
  Result<vault::Contents> Open(Call&, const vault::OpenRequest&) override { return contents(); }
};

class Keeper final : public vault::Keeper::Service {
 public:
  explicit Keeper(holon::Wiring& wiring) : vault_(wiring) {}

  Result<vault::Contents> Look(Call& call, const vault::LookRequest& request) override { return vault_->Look(call, request); }
  Result<vault::Contents> Open(Call& call, const vault::OpenRequest& request) override { return vault_->Open(call, request); }

 private:
  holon::Ref<vault::Vault> vault_;
};

class Thief final : public vault::Thief::Service {
 public:
  Result<vault::Contents> BreakIn(Call& call, const vault::BreakInRequest& request) override {
    return holon::break_in(call, *holon::fiber::Loop::current(), request.address(), request.name());
  }
};

}  // namespace

int main(int argc, char** argv) { return holon::serve<Vault, Keeper, Thief>(argc, argv); }
