// llhttp's view of one request whose bytes have passed the gate: a second opinion on the head, and the body without its
// framing. Internal to http1.cc.
#pragma once

#include <llhttp.h>

#include <string_view>
#include <vector>

#include "wire/http1.h"

namespace holon::wire {

class Http1Parser {
 public:
  Http1Parser();
  Http1Parser(const Http1Parser&) = delete;
  Http1Parser& operator=(const Http1Parser&) = delete;

  /// Parses a whole head. False if llhttp refuses it, or reads other headers than `expected` from it.
  bool parse_head(std::string_view head, Headers expected);
  /// Parses a piece of the body; what it holds, without its framing, is handed to `body(bytes)`.
  template <class Body>
  bool parse_body(std::string_view bytes, Body&& body) {
    pieces_.clear();
    if (llhttp_execute(&parser_, bytes.data(), bytes.size()) != HPE_OK) return false;
    for (std::string_view piece : pieces_) body(piece);
    return true;
  }

  /// Whether llhttp has seen the end of the request.
  bool complete() const { return complete_; }

 private:
  static const llhttp_settings_t& settings();
  static Http1Parser& self(llhttp_t* parser) { return *static_cast<Http1Parser*>(parser->data); }

  llhttp_t parser_;
  std::vector<HeaderView> headers_;
  std::vector<std::string_view> pieces_;
  bool head_complete_ = false;
  bool header_open_ = false;  ///< the last of headers_ still grows
  bool complete_ = false;
};

}  // namespace holon::wire
