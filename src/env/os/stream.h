// Sockets: streams and listeners over descriptors, registered with an epoll instance.
#pragma once

#include "env/os/os.h"

namespace holon::env {

/// What an epoll event points to.
class Registered {
 public:
  virtual ~Registered() = default;
  virtual void dispatch(std::uint32_t events) = 0;
};

/// The part of a reactor that its sockets use. `forget` keeps an event of this turn from reaching a closed socket.
class EpollSet {
 public:
  virtual ~EpollSet() = default;
  virtual void add(int fd, std::uint32_t events, Registered& target) = 0;
  virtual void forget(int fd, Registered& target) = 0;
};

Result<std::unique_ptr<Stream>> open_stream(EpollSet& epoll, const Address& address);
std::unique_ptr<Stream> adopt_stream(EpollSet& epoll, Descriptor descriptor);
Result<std::unique_ptr<Listener>> open_listener(EpollSet& epoll, const Address& address);
Result<std::unique_ptr<Listener>> adopt_listener(EpollSet& epoll, Descriptor descriptor);

}  // namespace holon::env
