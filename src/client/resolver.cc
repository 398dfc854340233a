#include "client/resolver.h"

#include <algorithm>
#include <utility>

#include "env/names.h"
#include "env/reactor.h"
#include "fiber/blocking.h"
#include "fiber/call.h"

namespace holon::client {
namespace {

constexpr env::Duration good_time = std::chrono::seconds(30);
constexpr env::Duration bad_time = std::chrono::seconds(1);

}  // namespace

Resolver::Resolver(fiber::Loop& loop) : loop_(loop), mailbox_(std::make_shared<Mailbox<Resolver>>(loop, *this)) {}

Resolver::~Resolver() { mailbox_->close(); }

Result<std::vector<std::string>> Resolver::addresses(Call& call, const std::string& host, env::Time until) {
  if (env::is_ip_address(host)) return std::vector{host};
  if (!entries_.contains(host)) make_room();
  Entry& entry = entries_[host];
  if (loop_.now() < entry.fresh_until) return entry.found;
  if (!entry.asked) HOLON_TRY(ask(host, entry));
  fiber::Waiter waiter;
  entry.waiting.push_back(&waiter);
  const fiber::Wake how = waiter.wait(std::min(until, call.deadline()), &internal::CallAccess::scope(call));
  std::erase(entry.waiting, &waiter);
  if (how == fiber::Wake::woken) return entry.found;
  HOLON_TRY(call.check());
  return unavailable("looking up the host " + host + " took too long");
}

Result<void> Resolver::ask(const std::string& host, Entry& entry) {
  env::Names& names = loop_.environment().names();
  const bool begun = fiber::run_on_thread([&names, host, mailbox = mailbox_] {
    mailbox->post([host, found = names.addresses(host)](Resolver& self) { self.answered(host, found); });
  });
  if (!begun) return resource_exhausted("too many host names are being looked up");
  entry.asked = true;
  return {};
}

void Resolver::answered(const std::string& host, Result<std::vector<std::string>> found) {
  Entry& entry = entries_.at(host);
  const bool keeps_old = found.code() == Code::unavailable && entry.found.ok();
  entry.fresh_until = loop_.now() + (found.ok() ? good_time : bad_time);
  if (!keeps_old) entry.found = std::move(found);
  entry.asked = false;
  for (fiber::Waiter* waiter : entry.waiting) waiter->wake();
}

/// Names come from configuration and from whoever may name a URL: their number is bounded all the same.
void Resolver::make_room() {
  if (entries_.size() < names_max) return;
  std::erase_if(entries_, [](const auto& each) { return !each.second.asked && each.second.waiting.empty(); });
}

}  // namespace holon::client
