#include "env/os/stream.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

namespace holon::env {
namespace {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
  int family() const { return storage.ss_family; }
};

SocketAddress socket_address(const Address& address) {
  SocketAddress out;
  if (address.kind == Address::Kind::unix_path) {
    auto& un = reinterpret_cast<sockaddr_un&>(out.storage);
    un.sun_family = AF_UNIX;
    std::memcpy(un.sun_path, address.host.data(), address.host.size());
    out.size = offsetof(sockaddr_un, sun_path) + address.host.size() + 1;
    return out;
  }
  auto& v4 = reinterpret_cast<sockaddr_in&>(out.storage);
  if (inet_pton(AF_INET, address.host.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(address.port);
    out.size = sizeof v4;
    return out;
  }
  auto& v6 = reinterpret_cast<sockaddr_in6&>(out.storage);
  inet_pton(AF_INET6, address.host.c_str(), &v6.sin6_addr);
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(address.port);
  out.size = sizeof v6;
  return out;
}

Address address_of(const SocketAddress& from) {
  Address address;
  char text[INET6_ADDRSTRLEN] = "";
  if (from.family() == AF_UNIX) {
    const auto& un = reinterpret_cast<const sockaddr_un&>(from.storage);
    address.kind = Address::Kind::unix_path;
    address.host = un.sun_path;
  } else if (from.family() == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(from.storage);
    address.host = inet_ntop(AF_INET, &v4.sin_addr, text, sizeof text);
    address.port = ntohs(v4.sin_port);
  } else {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(from.storage);
    address.host = inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof text);
    address.port = ntohs(v6.sin6_port);
  }
  return address;
}

void set_no_delay(int fd) {
  int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);  // fails on Unix sockets, where there is nothing to delay
}

Io outcome(ssize_t moved) {
  if (moved >= 0) return {static_cast<std::size_t>(moved), IoState::done, 0};
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return {0, IoState::blocked, 0};
  return {0, IoState::failed, errno};
}

class SocketStream final : public Stream, private Registered {
 public:
  SocketStream(EpollSet& epoll, Descriptor fd) : epoll_(epoll), fd_(std::move(fd)) {
    set_no_delay(fd_.get());
    epoll_.add(fd_.get(), EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, *this);
  }
  ~SocketStream() override { epoll_.forget(fd_.get(), *this); }

  Io read(std::span<std::byte> into) override {
    Io io = outcome(::recv(fd_.get(), into.data(), into.size(), 0));
    if (io.state == IoState::done && io.bytes == 0 && !into.empty()) io.state = IoState::ended;
    // A short read means that the socket is empty, and what comes later is a new edge. Not so once the peer has closed: that
    // edge may have come together with the last bytes.
    io.more = io.bytes == into.size() || closed_by_peer_;
    return io;
  }

  Io write(std::span<const Bytes> pieces) override {
    std::array<iovec, 16> vectors;
    std::size_t count = std::min(pieces.size(), vectors.size());
    for (std::size_t i = 0; i < count; ++i) {
      vectors[i] = {const_cast<std::byte*>(pieces[i].data()), pieces[i].size()};
    }
    msghdr message{};
    message.msg_iov = vectors.data();
    message.msg_iovlen = count;
    return outcome(::sendmsg(fd_.get(), &message, MSG_NOSIGNAL));
  }

  void end_writing() override { ::shutdown(fd_.get(), SHUT_WR); }
  void watch(Watcher& watcher) override { watcher_ = &watcher; }

  std::string peer() const override {
    SocketAddress address;
    address.size = sizeof address.storage;
    if (getpeername(fd_.get(), address.get(), &address.size) != 0) return "unconnected";
    if (address.family() != AF_UNIX) return address_of(address).to_string();
    const std::optional<ucred> credentials = peer_credentials();
    if (!credentials) return "unix:";
    return "unix:pid=" + std::to_string(credentials->pid) + ",uid=" + std::to_string(credentials->uid);
  }

  int peer_process() const override { return peer_credentials().value_or(ucred{}).pid; }

  int connect_error() override {
    int error = 0;
    socklen_t size = sizeof error;
    if (getsockopt(fd_.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) return errno;
    return error;
  }

 private:
  /// Of who connected, or listens, at the other side of a Unix socket (unix(7)); a TCP socket has none.
  std::optional<ucred> peer_credentials() const {
    ucred credentials{};
    socklen_t size = sizeof credentials;
    if (getsockopt(fd_.get(), SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0 || credentials.pid <= 0) return {};
    return credentials;
  }
  void dispatch(std::uint32_t events) override {
    if ((events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) closed_by_peer_ = true;
    bool readable = (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
    bool writable = (events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0;
    if (watcher_ != nullptr) watcher_->ready(readable, writable);
  }

  EpollSet& epoll_;
  Descriptor fd_;
  Watcher* watcher_ = nullptr;
  bool closed_by_peer_ = false;
};

class SocketListener final : public Listener, private Registered {
 public:
  SocketListener(EpollSet& epoll, Descriptor fd) : epoll_(epoll), fd_(std::move(fd)) {}
  ~SocketListener() override { unwatch(); }

  Result<std::unique_ptr<Stream>> accept() override {
    int fd = ::accept4(fd_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) return adopt_stream(epoll_, Descriptor(fd));
    if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
      return resource_exhausted(std::string("cannot accept a connection: ") + std::strerror(errno));
    }
    return std::unique_ptr<Stream>();  // none just now, or one that was gone before we came
  }

  void watch(Watcher& watcher) override {
    if (watcher_ == nullptr) epoll_.add(fd_.get(), EPOLLIN | EPOLLEXCLUSIVE, *this);
    watcher_ = &watcher;
  }

  void unwatch() override {
    if (watcher_ != nullptr) epoll_.forget(fd_.get(), *this);
    watcher_ = nullptr;
  }

  Address address() const override {
    SocketAddress address;
    address.size = sizeof address.storage;
    getsockname(fd_.get(), address.get(), &address.size);
    return address_of(address);
  }

  int descriptor() const override { return fd_.get(); }

 private:
  void dispatch(std::uint32_t) override { watcher_->ready(true, false); }

  EpollSet& epoll_;
  Descriptor fd_;
  Watcher* watcher_ = nullptr;
};

Result<Descriptor> make_socket(int family) {
  Descriptor fd(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return os_error("cannot make a socket", errno);
  return fd;
}

bool somebody_answers(const SocketAddress& address) {
  Descriptor probe(::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  return probe && (::connect(probe.get(), address.get(), address.size) == 0 || errno == EAGAIN);
}

// A Unix socket's file stays when its process dies; bind() would then fail for ever.
Result<void> clear_stale_socket(const Address& address, const SocketAddress& where) {
  if (address.kind != Address::Kind::unix_path) return {};
  if (somebody_answers(where)) {
    return already_exists(address.to_string() + " is in use by another process; stop it or choose another path");
  }
  ::unlink(address.host.c_str());
  return {};
}

Error bind_error(const Address& address, int error_number) {
  if (error_number != EADDRINUSE) return os_error("cannot listen on " + address.to_string(), error_number);
  std::optional<std::string> owner = os().processes().port_owner(address.port);
  return already_exists("port " + std::to_string(address.port) + " is taken" + (owner ? " by " + *owner : std::string()));
}

}  // namespace

Result<std::unique_ptr<Stream>> open_stream(EpollSet& epoll, const Address& address) {
  if (address.kind == Address::Kind::descriptor) return adopt_stream(epoll, Descriptor(::dup(address.port)));
  SocketAddress where = socket_address(address);
  Descriptor fd = HOLON_TRY(make_socket(where.family()));
  if (::connect(fd.get(), where.get(), where.size) != 0 && errno != EINPROGRESS) {
    return os_error("cannot connect to " + address.to_string(), errno);
  }
  return adopt_stream(epoll, std::move(fd));
}

std::unique_ptr<Stream> adopt_stream(EpollSet& epoll, Descriptor descriptor) {
  return std::make_unique<SocketStream>(epoll, std::move(descriptor));
}

Result<std::unique_ptr<Listener>> open_listener(EpollSet& epoll, const Address& address) {
  if (address.kind == Address::Kind::descriptor) {
    return adopt_listener(epoll, Descriptor(::fcntl(address.port, F_DUPFD_CLOEXEC, 0)));
  }
  SocketAddress where = socket_address(address);
  Descriptor fd = HOLON_TRY(make_socket(where.family()));
  int on = 1;
  setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  HOLON_TRY(clear_stale_socket(address, where));
  if (::bind(fd.get(), where.get(), where.size) != 0) return bind_error(address, errno);
  if (::listen(fd.get(), 4096) != 0) return bind_error(address, errno);
  return std::unique_ptr<Listener>(std::make_unique<SocketListener>(epoll, std::move(fd)));
}

Result<std::unique_ptr<Listener>> adopt_listener(EpollSet& epoll, Descriptor descriptor) {
  int listening = 0;
  socklen_t size = sizeof listening;
  if (!descriptor || getsockopt(descriptor.get(), SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) != 0 || listening == 0) {
    return invalid_argument("the descriptor is no listening socket");
  }
  ::fcntl(descriptor.get(), F_SETFL, ::fcntl(descriptor.get(), F_GETFL) | O_NONBLOCK);
  return std::unique_ptr<Listener>(std::make_unique<SocketListener>(epoll, std::move(descriptor)));
}

}  // namespace holon::env
