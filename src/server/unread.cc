#include "server/unread.h"

#include "server/inbound.h"

namespace holon::server {

// Two for each reply that is taken: not all at once, whose replies together may be much, but soon as many as there were.
void Unread::go_on() {
  for (int i = 0; i < 2 && !waiting_.empty(); ++i) waiting_.pop_front().inbound.go_on();
}

}  // namespace holon::server
