// llhttp's view of one message whose bytes have passed the gate: a second opinion on the head, and the body without its
// framing. Internal to http1.cc and http1_client.cc.
#pragma once

#include <llhttp.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wire/http1.h"

namespace holon::wire {

class Http1Parser {
 public:
  /// @param type  HTTP_REQUEST or HTTP_RESPONSE
  explicit Http1Parser(llhttp_type_t type = HTTP_REQUEST);
  Http1Parser(const Http1Parser&) = delete;
  Http1Parser& operator=(const Http1Parser&) = delete;

  /// Parses a whole head. False if llhttp refuses it, or reads other headers than `expected` from it.
  /// @param bodiless  of a response: no body follows, whatever its headers say (RFC 9112, 6.3)
  bool parse_head(std::string_view head, Headers expected, bool bodiless = false);
  /// Parses a piece of the body; what it holds, without its framing, is handed to `body(bytes)`.
  template <class Body>
  bool parse_body(std::string_view bytes, Body&& body) {
    pieces_.clear();
    if (llhttp_execute(&parser_, bytes.data(), bytes.size()) != HPE_OK) return false;
    for (std::string_view piece : pieces_) body(piece);
    return true;
  }

  /// Whether llhttp has seen the end of the message.
  bool complete() const { return complete_; }
  /// Whether the connection may end here, after a response whose body lasts until then.
  bool may_end_here() { return llhttp_finish(&parser_) == HPE_OK; }
  int status() const { return parser_.status_code; }
  /// What followed a chunked body: names as they came, values trimmed.
  const std::vector<std::pair<std::string, std::string>>& trailers() const { return trailers_; }

 private:
  static const llhttp_settings_t& settings();
  static Http1Parser& self(llhttp_t* parser) { return *static_cast<Http1Parser*>(parser->data); }

  void take_trailer_name(std::string_view piece);

  const llhttp_type_t type_;
  llhttp_t parser_;
  std::vector<HeaderView> headers_;
  std::vector<std::pair<std::string, std::string>> trailers_;
  std::vector<std::string_view> pieces_;
  bool head_complete_ = false;
  bool header_open_ = false;  ///< the last of headers_, or of trailers_, still grows
  bool bodiless_ = false;
  bool complete_ = false;
};

}  // namespace holon::wire
