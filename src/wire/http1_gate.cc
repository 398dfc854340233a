#include "wire/http1_gate.h"

#include <algorithm>
#include <array>

namespace holon::wire {
namespace {

constexpr std::size_t method_bytes_max = 32;
constexpr std::size_t version_bytes = 9;  ///< " HTTP/1.1"
constexpr std::size_t chunk_digits_max = 8;

constexpr std::array<bool, 256> make_token_characters() {
  std::array<bool, 256> allowed{};
  for (unsigned char c = '0'; c <= '9'; ++c) allowed[c] = true;
  for (unsigned char c = 'a'; c <= 'z'; ++c) allowed[c] = allowed[c - 'a' + 'A'] = true;
  for (char c : std::string_view("!#$%&'*+-.^_`|~")) allowed[static_cast<unsigned char>(c)] = true;
  return allowed;
}
constexpr std::array<bool, 256> token_characters = make_token_characters();  // RFC 9110, 5.6.2

bool is_token_character(char c) { return token_characters[static_cast<unsigned char>(c)]; }

bool is_control(char c) {
  auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

}  // namespace

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_character);
}

bool is_field_value(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return is_control(c) && c != '\t'; });
}

void Http1Gate::begin_head() {
  head_bytes_ = lines_ = 0;
  refusal_ = nullptr;
  next_line(Part::start_line);
}

void Http1Gate::begin_chunks() {
  head_bytes_ = lines_ = 0;
  body_bytes_ = chunk_bytes_ = 0;
  next_line(Part::chunk_size);
}

void Http1Gate::next_line(Part part) {
  part_ = part;
  where_ = Where::start;
  line_bytes_ = 0;
  after_cr_ = false;
}

std::size_t Http1Gate::pass(std::string_view bytes) {
  std::size_t at = 0;
  while (at < bytes.size() && refusal_ == nullptr && part_ != Part::complete) {
    if (part_ == Part::chunk_data) {
      auto skipped = static_cast<std::size_t>(std::min<std::uint64_t>(chunk_bytes_, bytes.size() - at));
      at += skipped;
      chunk_bytes_ -= skipped;
      if (chunk_bytes_ == 0) next_line(Part::chunk_end);
      continue;
    }
    at += pass_value(bytes.substr(at));
    if (at < bytes.size()) take(bytes[at++]);
  }
  return at;
}

/// Most of a head is plain characters of values: they are passed at once, up to where `take` has something to say.
std::size_t Http1Gate::pass_value(std::string_view bytes) {
  if (where_ != Where::value || after_cr_ || (part_ != Part::header && part_ != Part::trailer)) return 0;
  const std::size_t most = std::min(bytes.size(), limits_.head_bytes_max - head_bytes_);
  std::size_t size = 0;
  while (size < most && !is_control(bytes[size])) ++size;
  line_bytes_ += size;
  head_bytes_ += size;
  return size;
}

void Http1Gate::take(char c) {
  ++line_bytes_;
  bool counted = part_ == Part::start_line || part_ == Part::header || part_ == Part::trailer;
  if (counted && ++head_bytes_ > limits_.head_bytes_max) return refuse(http_rule::headers_long);
  if (after_cr_ != (c == '\n')) return refuse(http1_rule::line_end);
  if (c == '\n') return take_line_end();
  if (c == '\r') {
    after_cr_ = true;
  } else if (part_ == Part::start_line) {
    take_start_line(c);
  } else if (part_ == Part::chunk_size) {
    take_chunk_size(c);
  } else if (part_ == Part::chunk_end) {
    refuse(http1_rule::chunk_end);
  } else {
    take_header(c);
  }
}

void Http1Gate::take_start_line(char c) {
  if (is_control(c)) return refuse(http1_rule::first_line);
  if (start_ == Start::request_line && line_bytes_ > limits_.target_bytes_max + method_bytes_max + version_bytes) {
    refuse(http_rule::target_long);
  }
}

void Http1Gate::take_header(char c) {
  switch (where_) {
    case Where::start:
      if (c == ' ' || c == '\t') return refuse(http1_rule::folded);
      [[fallthrough]];
    case Where::name:
      if (c == ':' && where_ == Where::name) {
        where_ = Where::value;
      } else if (is_token_character(c)) {
        where_ = Where::name;
      } else {
        refuse(http1_rule::field_name);
      }
      break;
    case Where::value:
      if (is_control(c) && c != '\t') refuse(http1_rule::field_value);
      break;
  }
}

void Http1Gate::take_chunk_size(char c) {
  if (c == ';') return refuse(http1_rule::chunk_extension);
  int digit = hex_value(c);
  if (digit < 0) return refuse(http1_rule::chunk_size);
  if (line_bytes_ > chunk_digits_max) return refuse(http1_rule::chunk_digits);
  chunk_bytes_ = chunk_bytes_ << 4 | static_cast<std::uint64_t>(digit);
}

void Http1Gate::take_line_end() {
  std::size_t length = line_bytes_ - 2;
  switch (part_) {
    case Part::start_line:
      return next_line(Part::header);
    case Part::header:
    case Part::trailer:
      if (length == 0) return next_line(Part::complete);
      if (where_ != Where::value) return refuse(http1_rule::no_colon);
      if (++lines_ > limits_.headers_max) return refuse(http_rule::headers_many);
      return next_line(part_);
    case Part::chunk_size:
      if (length == 0) return refuse(http1_rule::chunk_size);
      body_bytes_ += chunk_bytes_;
      if (body_bytes_ > limits_.body_bytes_max) return refuse(http_rule::body_long);
      return next_line(chunk_bytes_ == 0 ? Part::trailer : Part::chunk_data);
    case Part::chunk_end:
      if (length != 0) return refuse(http1_rule::chunk_end);
      chunk_bytes_ = 0;
      return next_line(Part::chunk_size);
    case Part::chunk_data:
    case Part::complete:
      return;
  }
}

}  // namespace holon::wire
