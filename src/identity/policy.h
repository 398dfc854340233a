// Policy: who may call what within one application, as its node tells it. A value; what it decides depends on nothing else.
//
// Three things are asked of a call that comes from another process. Who is it? A Unix socket proves which process connected,
// a certificate which host it was issued to. Does that host run the service in whose name it calls? And may that service
// call this method: it has to declare the call, and `allow:` of holon.yaml, where there is one, has to have it.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "holon/result.h"

namespace holon::identity {

/// What a connection proves of its other side.
struct Proof {
  int process = 0;                 ///< its number, of a Unix socket; else 0
  bool certified = false;          ///< it showed a certificate of the application's authority
  std::vector<std::string> names;  ///< in that: "URI:spiffe://shop/host/cart"
};

struct Policy {
  /// One host: the services that it runs, or whatever else it calls in the name of.
  struct Host {
    std::string name;                ///< "cart.0"
    std::set<std::string> callers;   ///< full names: "shop.Cart"; empty: nobody's, but of whom the gateway serves
  };
  /// One line of `allow:`.
  struct Rule {
    std::set<std::string> callers;
    std::set<std::string> methods;  ///< "GetCart"; empty: all
  };
  struct Callee {
    std::set<std::string> callers;  ///< who declares to call it
    std::optional<std::vector<Rule>> rules = {};  ///< if they are given, one has to hold
  };

  enum class Verdict {
    allowed,
    unsettled,  ///< it says in whose name it calls, but nobody knows the process: perhaps not yet
    refused,
  };
  struct Decision {
    Verdict verdict = Verdict::allowed;
    std::string why = {};  ///< of all but `allowed`: for people, with the remedy
  };

  std::map<int, Host> processes;                          ///< of this node, by their numbers
  std::map<std::string, Host, std::less<>> certificates;  ///< by the name in them
  std::map<std::string, Callee, std::less<>> callees;     ///< by full name; whatever else answers, all may call

  /// Of a call that came from another process.
  /// @param caller  in whose name: a service; empty for the gateway, and for whoever is none
  /// @param method  "shop.Cart/GetCart"
  Decision decide(const Proof& proof, std::string_view caller, std::string_view method) const;
  /// The last question alone: of a call within this process, the first two are answered.
  /// PERMISSION_DENIED with the remedy.
  Result<void> may_call(std::string_view caller, std::string_view method) const;
  /// Whether any call that is declared is refused.
  bool narrows() const;

 private:
  Decision of_host(const Host& host, std::string_view caller, std::string_view method) const;
};

}  // namespace holon::identity
