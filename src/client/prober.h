// Prober: asks endpoints how busy they are, beside the calls that go there: holon.node.v1.Host/Load.
//
// An endpoint is asked once at a time, by what connection there is, and not sooner again than it makes sense. Whoever does not know the
// question, as a server that knows nothing of holon, is left alone for a while.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "client/connection.h"
#include "client/prequal.h"
#include "fiber/loop.h"
#include "wire/grpc.h"

namespace holon::client {

class Prober {
 public:
  /// @param writer  see Pool::writer; it and the loop outlive the prober
  /// @param service  whose calls it is about
  /// @param told  is called with each answer
  Prober(fiber::Loop& loop, wire::RequestWriter& writer, std::string service,
         std::function<void(const Candidate&, const Load&)> told);
  ~Prober();

  /// Asks `who`, unless that is too soon.
  void ask(const Candidate& who, std::shared_ptr<Connection> connection);
  /// Those who are not in `all` are gone.
  void know(Candidates all);

 private:
  class Probe;

  fiber::Loop& loop_;
  wire::RequestWriter& writer_;
  const std::string service_;
  const std::function<void(const Candidate&, const Load&)> told_;
  std::map<const Candidate*, std::unique_ptr<Probe>> probes_;
};

}  // namespace holon::client
