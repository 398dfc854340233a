#include "gateway/exchange_visit.h"

#include <algorithm>

#include "gateway/problem.h"

namespace holon::gateway {
namespace {

std::vector<wire::HeaderView> views_of(const HeaderList& headers) {
  std::vector<wire::HeaderView> views;
  views.reserve(headers.size());
  for (const auto& [name, value] : headers) views.push_back({name, value});
  return views;
}

bool has(const HeaderList& headers, std::string_view name) {
  return std::ranges::any_of(headers, [&](const auto& header) { return header.first == name; });
}

}  // namespace

void ExchangeVisit::extend(nanoseconds longest) {
  internal::CallAccess::set_deadline(call_, exchange_.arrived() + longest);
}

// ---- the body -------------------------------------------------------------------------------------------------------

Result<std::string> ExchangeVisit::read_all() {
  std::string body;
  for (;;) {
    std::optional<std::string> piece = HOLON_TRY(read());
    if (!piece) return body;
    if (!setting_.bodies.take(piece->size())) {
      return unavailable("the bodies of all requests together are too many bytes; try again");
    }
    held_ += piece->size();
    if (body.empty()) {
      body = *std::move(piece);
    } else {
      body += *piece;
    }
  }
}

// ---- the answer -----------------------------------------------------------------------------------------------------

void ExchangeVisit::inform(int status, const HeaderList& headers) { exchange_.inform(status, views_of(headers)); }

void ExchangeVisit::add_header(std::string name, std::string value) {
  added_.emplace_back(std::move(name), std::move(value));
}

std::vector<wire::HeaderView> ExchangeVisit::with_added(const HeaderList& headers) const {
  std::vector<wire::HeaderView> all = views_of(headers);
  for (const auto& [name, value] : added_) all.push_back({name, value});
  return all;
}

/// How the body goes; changes the headers accordingly.
Coding ExchangeVisit::negotiate(int status, HeaderList& headers, std::optional<std::uint64_t> length) const {
  const std::optional<Coding> coding = setting_.compression.choose(request(), status, headers, length);
  if (coding) announce(*coding, headers);
  return coding.value_or(Coding::identity);
}

void ExchangeVisit::respond(int status, const HeaderList& headers, std::string body) {
  const std::size_t bytes = body.size();
  HeaderList changed = headers;
  if (const Coding coding = negotiate(status, changed, bytes); coding != Coding::identity) {
    const std::unique_ptr<Encoder> encoder = make_encoder(coding, Encoder::For::whole);
    std::string coded = encoder->feed(body, false);
    body = std::move(coded) + encoder->finish();
  }
  if (Result<void> sent = exchange_.respond(status, with_added(changed), std::move(body)); !sent.ok()) {
    return answer_instead(sent.error());
  }
  outcome_.status = status;
  outcome_.bytes = bytes;
}

void ExchangeVisit::begin(int status, const HeaderList& headers, std::optional<std::uint64_t> length) {
  HeaderList changed = headers;
  const Coding coding = negotiate(status, changed, length);
  const std::optional<std::uint64_t> sent_length = coding == Coding::identity ? length : std::nullopt;
  if (Result<void> sent = exchange_.begin(status, with_added(changed), sent_length); !sent.ok()) {
    return answer_instead(sent.error());
  }
  outcome_.status = status;
  // Of an answer to HEAD there is only the head.
  if (coding == Coding::identity || request().method == "HEAD") return;
  encoder_ = make_encoder(coding, Encoder::For::pieces);
  flush_ = !length;
}

/// What was to be answered can't be: a header of it would break the framing, or nobody is there.
void ExchangeVisit::answer_instead(const Error& refused) {
  outcome_.cut_off = true;
  if (refused.code() == Code::cancelled) return;
  added_.clear();  // the bad header may be among them
  outcome_.status = 500;
  const std::string body = problem_body(500, refused.within("the answer"), setting_.json);
  const wire::HeaderView type[] = {{"content-type", problem_type}};
  outcome_.bytes = body.size();
  if (!exchange_.respond(500, type, body).ok()) exchange_.abort();
}

Result<void> ExchangeVisit::write(std::string bytes) {
  if (outcome_.cut_off) return cancelled("nobody reads the answer");
  const std::size_t size = bytes.size();
  HOLON_TRY(encoder_ ? send_encoded(encoder_->feed(bytes, flush_)) : exchange_.write(call_, std::move(bytes)));
  outcome_.bytes += size;
  return {};
}

/// Sends what the encoder gave; it may have kept all for later.
Result<void> ExchangeVisit::send_encoded(std::string coded) {
  return coded.empty() ? call_.check() : exchange_.write(call_, std::move(coded));
}

void ExchangeVisit::end(const HeaderList& trailers) {
  if (outcome_.cut_off) return;
  if (encoder_ && !send_encoded(encoder_->finish()).ok()) return abort();
  exchange_.end(views_of(trailers));
}

void ExchangeVisit::abort() {
  outcome_.cut_off = true;
  exchange_.abort();
}

Result<void> ExchangeVisit::switch_protocols(const HeaderList& headers) {
  HOLON_TRY(exchange_.switch_protocols(with_added(headers)));
  outcome_.status = 101;
  return {};
}

void ExchangeVisit::problem(const Error& error) { problem(http_status(error.code()), error); }

void ExchangeVisit::problem(int status, const Error& error) {
  if (begun()) return abort();
  HeaderList headers = {{"content-type", std::string(problem_type)}};
  if (status == 503 && !has(added_, "retry-after")) headers.emplace_back("retry-after", "1");
  respond(status, headers, problem_body(status, error, setting_.json));
}

}  // namespace holon::gateway
