#include "wire/http1_parser.h"

#include <algorithm>

#include "wire/http1_request.h"

namespace holon::wire {
namespace {

/// Spans come in one piece, because a head is parsed at once; but llhttp reserves the right to cut them.
void extend(std::string_view& text, const char* at, std::size_t size) {
  text = text.empty() ? std::string_view(at, size) : std::string_view(text.data(), text.size() + size);
}

bool same(const HeaderView& a, const HeaderView& b) {
  return a.name.data() == b.name.data() && a.name.size() == b.name.size() && a.value == b.value;
}

}  // namespace

const llhttp_settings_t& Http1Parser::settings() {
  static const llhttp_settings_t made = [] {
    llhttp_settings_t settings;
    llhttp_settings_init(&settings);
    settings.on_header_field = [](llhttp_t* parser, const char* at, std::size_t size) {
      Http1Parser& me = self(parser);
      if (me.head_complete_) {
        me.take_trailer_name({at, size});
        return 0;
      }
      if (!me.header_open_) me.headers_.emplace_back();
      me.header_open_ = true;
      extend(me.headers_.back().name, at, size);
      return 0;
    };
    settings.on_header_value = [](llhttp_t* parser, const char* at, std::size_t size) {
      Http1Parser& me = self(parser);
      if (!me.header_open_) return 0;
      if (me.head_complete_) {
        me.trailers_.back().second.append(at, size);
      } else {
        extend(me.headers_.back().value, at, size);
      }
      return 0;
    };
    settings.on_header_value_complete = [](llhttp_t* parser) {
      Http1Parser& me = self(parser);
      if (me.head_complete_ && me.header_open_) me.trailers_.back().second = trimmed(me.trailers_.back().second);
      me.header_open_ = false;
      return 0;
    };
    settings.on_headers_complete = [](llhttp_t* parser) {
      parser->upgrade = 0;  // no other protocol is offered, so Upgrade is ignored (RFC 9110, 7.8)
      self(parser).head_complete_ = true;
      return self(parser).bodiless_ ? 1 : 0;
    };
    settings.on_body = [](llhttp_t* parser, const char* at, std::size_t size) {
      self(parser).pieces_.emplace_back(at, size);
      return 0;
    };
    settings.on_message_complete = [](llhttp_t* parser) {
      self(parser).complete_ = true;
      return 0;
    };
    return settings;
  }();
  return made;
}

Http1Parser::Http1Parser(llhttp_type_t type) : type_(type) { llhttp_init(&parser_, type_, &settings()); }

void Http1Parser::take_trailer_name(std::string_view piece) {
  if (!header_open_) trailers_.emplace_back();
  header_open_ = true;
  trailers_.back().first.append(piece);
}

bool Http1Parser::parse_head(std::string_view head, Headers expected, bool bodiless) {
  llhttp_init(&parser_, type_, &settings());
  parser_.data = this;
  headers_.clear();
  trailers_.clear();
  head_complete_ = header_open_ = complete_ = false;
  bodiless_ = bodiless;
  if (llhttp_execute(&parser_, head.data(), head.size()) != HPE_OK || !head_complete_) return false;
  for (HeaderView& header : headers_) header.value = trimmed(header.value);
  return std::equal(headers_.begin(), headers_.end(), expected.begin(), expected.end(), same);
}

}  // namespace holon::wire
