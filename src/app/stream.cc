// What the streams of a generated client do, whatever carries them.

#include <google/protobuf/message_lite.h>

#include "app/failed_stream.h"
#include "app/neighbour.h"
#include "holon/generated.h"

namespace holon::internal {

using google::protobuf::MessageLite;

std::unique_ptr<Duplex> open_stream(const Binding& binding, Call& call, unsigned method) {
  if (binding.local == nullptr) return binding.channel->open(call, method);
  return app::open_neighbour(binding, *binding.local, call, method, app::Carriage());
}

std::unique_ptr<Source> open_server_stream(const Binding& binding, Call& call, unsigned method,
                                           const MessageLite& request) {
  std::unique_ptr<Duplex> stream = open_stream(binding, call, method);
  Result<void> sent = stream->write(request);
  if (sent.ok()) sent = stream->end_writing();
  if (!sent.ok()) return std::make_unique<app::FailedStream>(sent.error());
  return stream;
}

Result<void> finish(Duplex& stream, MessageLite& reply) {
  // An error here is why no reply can come, or that the handler did not wait for the end: reading tells which.
  (void)stream.end_writing();
  if (!HOLON_TRY(stream.read(reply))) return unimplemented("the call ended well, but without an answer");
  std::unique_ptr<MessageLite> another(reply.New());
  if (HOLON_TRY(stream.read(*another))) return unimplemented("the call has more than one answer");
  return {};
}

Result<void> read_request(Source& source, MessageLite& request) {
  if (HOLON_TRY(source.read(request))) return {};
  return unimplemented("the request is missing");
}

}  // namespace holon::internal
