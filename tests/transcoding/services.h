// The services behind the gateway in the tests of transcoding.
#pragma once

#include <atomic>
#include <map>
#include <string>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "holon/task.h"
#include "rules.holon.h"
#include "transcoding.holon.h"

namespace transcoding {

/// As the comments of transcoding.proto say.
class Echo final : public conformance::transcoding::v1::Echo::Service {
  using Msg = conformance::transcoding::v1::Msg;

 public:
  holon::Result<Msg> Get(holon::Call&, const Msg& request) override { return request; }
  holon::Result<Msg> GetPath(holon::Call&, const Msg& request) override { return request; }
  holon::Result<Msg> GetDeep(holon::Call&, const Msg& request) override { return request; }
  holon::Result<Msg> Post(holon::Call&, const Msg& request) override { return request; }
  holon::Result<Msg> Undelete(holon::Call&, const Msg& request) override { return request; }
  holon::Result<Msg> Put(holon::Call&, const Msg& request) override { return request; }
  holon::Result<Msg> Delete(holon::Call&, const Msg& request) override { return request; }
  holon::Result<Msg> Resp(holon::Call&, const Msg& request) override { return request; }

  holon::Result<Msg> Fail(holon::Call&, const Msg& request) override {
    if (request.n() == 0) return request;
    if (request.n() < 0 || request.n() > 16) return holon::invalid_argument("n is no status code; those are 0 to 16");
    return holon::Error(static_cast<holon::Code>(request.n()), request.id());
  }

  holon::Result<void> Stream(holon::Call&, const Msg& request, holon::Writer<Msg>& out) override {
    for (int n = 0; n < request.n(); ++n) {
      Msg message;
      message.set_n(n);
      HOLON_TRY(out.write(message));
    }
    return {};
  }
};

/// As the comments of rules.proto say.
class Rules final : public rules::Rules::Service {
  using Thing = rules::Thing;
  using HttpBody = google::api::HttpBody;

 public:
  std::atomic<int> waiting = 0;   ///< calls that go on until somebody ends them
  std::atomic<int> left = 0;      ///< calls that ended because their client had gone
  std::atomic<int> received = 0;  ///< requests of client streams, so far

  holon::Result<Thing> Get(holon::Call&, const Thing& request) override { return request; }
  holon::Result<Thing> Latest(holon::Call&, const Thing& request) override { return request; }
  holon::Result<Thing> All(holon::Call&, const Thing& request) override { return request; }
  holon::Result<Thing> Kinds(holon::Call&, const Thing& request) override { return request; }
  holon::Result<Thing> Create(holon::Call&, const Thing& request) override { return request; }
  holon::Result<Thing> Replace(holon::Call&, const Thing& request) override { return request; }
  holon::Result<Thing> SetPart(holon::Call&, const Thing& request) override { return request; }
  holon::Result<Thing> SetPartName(holon::Call&, const Thing& request) override { return request; }
  holon::Result<Thing> SetTags(holon::Call&, const Thing& request) override { return request; }
  holon::Result<Thing> SetParts(holon::Call&, const Thing& request) override { return request; }
  holon::Result<Thing> SetNamed(holon::Call&, const Thing& request) override { return request; }
  holon::Result<Thing> SetCount(holon::Call&, const Thing& request) override { return request; }
  holon::Result<Thing> SetAt(holon::Call&, const Thing& request) override { return request; }
  holon::Result<Thing> SetValue(holon::Call&, const Thing& request) override { return request; }
  holon::Result<Thing> Cancel(holon::Call&, const Thing& request) override { return request; }
  holon::Result<Thing> CancelAll(holon::Call&, const Thing& request) override { return request; }
  holon::Result<Thing> Find(holon::Call&, const Thing& request) override { return request; }
  holon::Result<Thing> Any(holon::Call&, const Thing& request) override { return request; }
  holon::Result<Thing> Options(holon::Call&, const Thing& request) override { return request; }
  holon::Result<Thing> Escaped(holon::Call&, const Thing& request) override { return request; }
  holon::Result<HttpBody> Head(holon::Call& call, const Thing& request) override {
    call.response_metadata().set("etag", "\"" + request.id() + "\"");
    return page("text/plain", "");
  }

  holon::Result<Thing> Fail(holon::Call&, const rules::Failure& failure) override {
    return error_of(failure);
  }
  holon::Result<void> FailLater(holon::Call&, const rules::Failure& failure, holon::Writer<Thing>& out) override {
    HOLON_TRY(count(failure.after(), out));
    return error_of(failure);
  }
  holon::Result<void> FailPages(holon::Call&, const rules::Failure& failure, holon::Writer<HttpBody>& out) override {
    for (int i = 0; i < failure.after(); ++i) HOLON_TRY(out.write(page("text/plain", "piece")));
    return error_of(failure);
  }
  holon::Result<rules::Asked> Metadata(holon::Call& call, const rules::Asked& request) override {
    rules::Asked asked = request;
    for (const auto& [name, value] : call.metadata()) (*asked.mutable_metadata())[name] = value;
    call.response_metadata().add("set-cookie", "a=1");
    call.response_metadata().add("set-cookie", "b=2");
    call.response_metadata().add("x-internal", "secret");
    return asked;
  }
  holon::Result<Thing> Wait(holon::Call& call, const Thing& request) override {
    HOLON_TRY(until_it_ends(call));
    return request;
  }

  holon::Result<Thing> Claimed(holon::Call& call, const Thing& request) override {
    Thing reply = request;
    reply.set_text(std::string(call.claims().json()));
    return reply;
  }
  holon::Result<Thing> Compressed(holon::Call& call, const Thing& request) override {
    Thing reply = request;
    reply.set_done(call.request_compressed());
    call.compress();
    return reply;
  }

  holon::Result<HttpBody> Show(holon::Call& call, const Thing& request) override {
    holon::Metadata& headers = call.response_metadata();
    if (request.id() == "moved") {
      headers.set("holon-http-status", "303");
      headers.set("location", "/r/pages/new");
    } else if (request.id() == "absurd") {
      headers.set("holon-http-status", "99");
    } else if (request.id() == "untyped") {
      return page("", request.text());
    }
    headers.set("cache-control", "max-age=60");
    return page("text/html; charset=utf-8", request.text());
  }
  holon::Result<rules::Page> ShowInside(holon::Call&, const Thing& request) override {
    rules::Page shown;
    shown.set_id(request.id());
    *shown.mutable_page() = page("text/css", request.text());
    return shown;
  }
  holon::Result<HttpBody> Post(holon::Call&, const HttpBody& request) override { return request; }
  holon::Result<rules::Upload> Store(holon::Call&, const rules::Upload& request) override { return request; }

  holon::Result<void> Count(holon::Call&, const Thing& request, holon::Writer<Thing>& out) override {
    return count(request.count(), out);
  }
  holon::Result<void> CountParts(holon::Call&, const Thing& request, holon::Writer<Thing>& out) override {
    return count(request.count(), out);
  }
  holon::Result<void> Silence(holon::Call& call, const Thing&, holon::Writer<Thing>&) override { return until_it_ends(call); }

  holon::Result<rules::Sum> Collect(holon::Call&, holon::Reader<Thing>& in) override {
    rules::Sum sum;
    while (std::optional<Thing> thing = HOLON_TRY(in.next())) {
      ++received;
      sum.set_count(sum.count() + 1);
      sum.set_ids(sum.ids() + thing->id() + thing->part().name());
    }
    return sum;
  }
  holon::Result<Thing> First(holon::Call&, holon::Reader<Thing>& in) override {
    std::optional<Thing> thing = HOLON_TRY(in.next());
    if (!thing) return holon::invalid_argument("there is no first");
    return *thing;
  }
  holon::Result<void> Chat(holon::Call& call, holon::Reader<Thing>& in, holon::Writer<Thing>& out) override {
    for (;;) {
      holon::Result<std::optional<Thing>> thing = in.next();
      if (!thing.ok() && call.cancelled()) ++left;
      if (!thing.ok()) return thing.error();
      if (!*thing) return {};
      if ((*thing)->text() == "fail") return holon::failed_precondition("as asked");
      HOLON_TRY(out.write(**thing));
    }
  }
  holon::Result<rules::Sum> Receive(holon::Call&, holon::Reader<rules::Upload>& in) override {
    rules::Sum sum;
    while (std::optional<rules::Upload> upload = HOLON_TRY(in.next())) {
      sum.set_count(sum.count() + 1);
      sum.set_bytes(sum.bytes() + static_cast<std::int64_t>(upload->file().data().size()));
      sum.set_ids(upload->id());
      sum.set_content_type(upload->file().content_type());
    }
    return sum;
  }
  holon::Result<void> Download(holon::Call& call, const Thing& request, holon::Writer<HttpBody>& out) override {
    call.response_metadata().set("content-disposition", "attachment");
    for (int i = 0; i < request.count(); ++i) HOLON_TRY(out.write(page(i == 0 ? "image/png" : "ignored/later", "0123456789")));
    return {};
  }
  holon::Result<void> Mirror(holon::Call&, holon::Reader<HttpBody>& in, holon::Writer<HttpBody>& out) override {
    while (std::optional<HttpBody> piece = HOLON_TRY(in.next())) HOLON_TRY(out.write(*piece));
    return {};
  }

 private:
  static HttpBody page(std::string type, std::string data) {
    HttpBody body;
    body.set_content_type(std::move(type));
    body.set_data(std::move(data));
    return body;
  }

  static holon::Result<void> count(int count, holon::Writer<Thing>& out) {
    for (int i = 0; i < count; ++i) {
      Thing thing;
      thing.set_count(i);
      thing.mutable_part()->set_weight(i);
      HOLON_TRY(out.write(thing));
    }
    return {};
  }

  static holon::Error error_of(const rules::Failure& failure) {
    google::rpc::Status status;
    status.set_code(failure.code());
    status.set_message(failure.message());
    if (failure.retry_ms() > 0) {
      google::rpc::RetryInfo retry;
      retry.mutable_retry_delay()->set_seconds(failure.retry_ms() / 1000);
      retry.mutable_retry_delay()->set_nanos(failure.retry_ms() % 1000 * 1'000'000);
      status.add_details()->PackFrom(retry);
    }
    if (!failure.reason().empty()) {
      google::rpc::ErrorInfo info;
      info.set_reason(failure.reason());
      status.add_details()->PackFrom(info);
    }
    if (failure.unknown_detail()) {
      google::protobuf::Any& detail = *status.add_details();
      detail.set_type_url("type.googleapis.com/nobody.Knows");
      detail.set_value("\x01\x02");
    }
    const std::string details = status.details_size() > 0 ? status.SerializeAsString() : std::string();
    return holon::Error(static_cast<holon::Code>(failure.code()), failure.message(), details);
  }

  holon::Result<void> until_it_ends(holon::Call& call) {
    ++waiting;
    holon::Result<void> slept = holon::sleep(call, std::chrono::hours(1));
    --waiting;
    if (!slept.ok() && slept.code() == holon::Code::cancelled) ++left;
    return slept;
  }
};

}  // namespace transcoding
