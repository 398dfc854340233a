// The gate before llhttp: passes the bytes of a head, or of a chunked body, only if there is one way to read them. A byte
// machine: how the bytes were cut when they arrived makes no difference. Internal to http1.cc and http1_client.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "wire/http1.h"

namespace holon::wire {

/// Of a hexadecimal digit, either case; -1 if it is none.
int hex_value(char c);
bool is_token(std::string_view text);
/// What may stand in a header's value: no control characters but tab.
bool is_field_value(std::string_view text);

class Http1Gate {
 public:
  enum class Start { request_line, status_line };

  /// @param start  what the heads begin with
  explicit Http1Gate(const Http1Limits& limits, Start start = Start::request_line) : limits_(limits), start_(start) {}

  /// Awaits the next head.
  void begin_head();
  /// Awaits a chunked body.
  void begin_chunks();
  /// Takes bytes until the head or the body is complete or wrong, and says how many.
  std::size_t pass(std::string_view bytes);
  bool complete() const { return part_ == Part::complete; }
  /// What is wrong, from where on nothing is taken.
  HttpVerdict refusal() const { return refusal_; }

 private:
  enum class Part { start_line, header, chunk_size, chunk_data, chunk_end, trailer, complete };
  enum class Where { start, name, value };  ///< in a header line

  std::size_t pass_value(std::string_view bytes);
  void take(char c);
  void take_line_end();
  void take_start_line(char c);
  void take_header(char c);
  void take_chunk_size(char c);
  void next_line(Part part);
  void refuse(const HttpRule& rule) { refusal_ = &rule; }

  const Http1Limits limits_;
  const Start start_;
  Part part_ = Part::start_line;
  Where where_ = Where::start;
  std::size_t line_bytes_ = 0;
  std::size_t head_bytes_ = 0;  ///< of the head, or of the trailers
  std::size_t lines_ = 0;
  bool after_cr_ = false;
  std::uint64_t chunk_bytes_ = 0;  ///< left of the chunk
  std::uint64_t body_bytes_ = 0;   ///< of all chunks
  HttpVerdict refusal_ = nullptr;
};

}  // namespace holon::wire
