// Spare: descriptors that nobody uses, for what must not fail when there are no others left.
//
//   const Spare::Loan loan(spare);   // from here to the end of the scope two can be opened
#pragma once

#include <fcntl.h>

#include <array>
#include <mutex>

#include "env/os/os.h"

namespace holon::env {

/// Any thread; one loan at a time. Another thread that opens something in the meantime may be faster: then there is one less.
class Spare {
 public:
  class Loan {
   public:
    explicit Loan(Spare& spare) : spare_(spare), alone_(spare.lent_) { spare_.kept_ = {}; }
    ~Loan() { spare_.keep(); }
    Loan(const Loan&) = delete;
    Loan& operator=(const Loan&) = delete;

   private:
    Spare& spare_;
    std::scoped_lock<std::mutex> alone_;
  };

 private:
  void keep() {
    for (Descriptor& kept : kept_) kept = Descriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  }

  std::mutex lent_;
  std::array<Descriptor, 2> kept_;  ///< none before the first loan
};

}  // namespace holon::env
