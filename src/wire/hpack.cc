#include "wire/hpack.h"

#include <algorithm>
#include <optional>

namespace holon::wire {
namespace {

constexpr std::size_t table_bytes = 4096;       ///< SETTINGS_HEADER_TABLE_SIZE where nothing was said (RFC 9113, 6.5.2)
constexpr std::size_t field_overhead = 32;      ///< as SETTINGS_MAX_HEADER_LIST_SIZE counts (6.5.2)
constexpr std::size_t bomb_factor = 4;          ///< a block this many times over its bound is no mistake but an attack
constexpr std::size_t kept_max = 1024;          ///< templates whose bytes are kept
constexpr std::size_t known_max = 512;          ///< beginnings
constexpr std::size_t lengths_max = 16;         ///< … of so many lengths: each costs a search
constexpr std::size_t seen_max = 128;
constexpr std::size_t patience = 512;           ///< blocks compared in vain, until but one of 32 is
constexpr std::size_t seen_bytes_max = 512;     ///< longer blocks are not compared with others
constexpr std::size_t idle_text_bytes = 4 << 10;

/// An integer with an n-bit prefix (RFC 7541, 5.1); nothing if it is not whole, or larger than any that is of use here.
struct Integer {
  std::size_t value;
  std::size_t size;  ///< bytes that it takes
};
std::optional<Integer> read_integer(std::string_view bytes, int prefix_bits) {
  if (bytes.empty()) return {};
  std::size_t mask = (std::size_t{1} << prefix_bits) - 1;
  std::size_t value = static_cast<unsigned char>(bytes[0]) & mask;
  if (value < mask) return Integer{value, 1};
  for (std::size_t i = 1, shift = 0; i < bytes.size() && i <= 4; ++i, shift += 7) {
    auto byte = static_cast<unsigned char>(bytes[i]);
    value += static_cast<std::size_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return Integer{value, i + 1};
  }
  return {};
}

/// Bytes that a string literal takes (5.2), 0 if it is not whole.
std::size_t string_size(std::string_view bytes) {
  auto length = read_integer(bytes, 7);
  if (!length || length->value > bytes.size() - length->size) return 0;
  return length->size + length->value;
}

/// A string literal that stands there as it is: not by Huffman's code.
std::optional<std::string_view> take_plain_string(std::string_view& bytes) {
  if (bytes.empty() || (bytes[0] & 0x80) != 0) return {};
  auto length = read_integer(bytes, 7);
  if (!length || length->value > bytes.size() - length->size) return {};
  std::string_view text = bytes.substr(length->size, length->value);
  bytes.remove_prefix(length->size + length->value);
  return text;
}

void append_plain_string(std::string& out, std::string_view text) {
  std::size_t left = text.size();
  if (left < 127) {
    out += static_cast<char>(left);
  } else {
    out += '\x7f';
    for (left -= 127; left >= 128; left >>= 7) out += static_cast<char>((left & 0x7f) | 0x80);
    out += static_cast<char>(left);
  }
  out.append(text);
}

/// Literal Header Field without Indexing, with its name (RFC 7541, 6.2.2): what hardly recurs.
void append_literal(std::string& out, const HeaderView& field) {
  out += '\0';
  append_plain_string(out, field.name);
  append_plain_string(out, field.value);
}

std::uint8_t* mutable_bytes(std::string_view text) {  // for nghttp2, which does not write through it
  return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
}

std::string_view view(const std::uint8_t* text, std::size_t size) {
  return {reinterpret_cast<const char*>(text), size};
}

bool changes_table(std::string_view block) {
  while (!block.empty()) {
    Representation field = first_representation(block);
    if (field.size == 0 || field.changes_table) return true;
    block.remove_prefix(field.size);
  }
  return false;
}

}  // namespace

Representation first_representation(std::string_view block) {
  if (block.empty()) return {};
  auto first = static_cast<unsigned char>(block[0]);
  if (first >= 0x80) {  // 6.1, indexed
    auto index = read_integer(block, 7);
    return {index ? index->size : 0};
  }
  if (first >= 0x20 && first < 0x40) {  // 6.3, the table's size
    auto size = read_integer(block, 5);
    return {size ? size->size : 0, true, true};
  }
  bool indexing = first >= 0x40;  // 6.2.1; below it 6.2.2 and 6.2.3
  auto name = read_integer(block, indexing ? 6 : 4);
  if (!name) return {};
  std::size_t size = name->size;
  for (int strings = name->value == 0 ? 2 : 1; strings > 0; --strings) {
    std::size_t taken = string_size(block.substr(size));
    if (taken == 0) return {};
    size += taken;
  }
  return {size, indexing, false};
}

// ---- encoding -------------------------------------------------------------------------------------------------------

HeaderEncoder::HeaderEncoder() {
  nghttp2_hd_deflater* made = nullptr;
  nghttp2_hd_deflate_new(&made, table_bytes);
  deflater_.reset(made);
}

void HeaderEncoder::resize_table(std::uint32_t bytes) {
  nghttp2_hd_deflate_change_table_size(deflater_.get(), std::min<std::size_t>(bytes, table_bytes));
  ++generation_;
  resized_ = true;
}

void HeaderEncoder::encode(const OutgoingHeaders& headers, std::string& out) {
  if (resized_) deflate({}, out);  // the new size, at the block's beginning: RFC 7541, 4.2
  resized_ = false;
  if (headers.recurring != nullptr) append(*headers.recurring, out);
  append(headers.rest, out);
}

void HeaderEncoder::append(const HeaderTemplate& recurring, std::string& out) {
  if (kept_.size() > kept_max) kept_.clear();
  Kept& kept = kept_[recurring.id()];
  if (kept.generation == generation_) {
    out.append(kept.bytes);
    return;
  }
  std::size_t start = out.size();
  std::uint64_t before = generation_;
  append(recurring.fields(), out);
  if (generation_ != before) return;  // the next time its fields are in the table
  kept.generation = generation_;
  kept.bytes.assign(out, start);
}

void HeaderEncoder::append(Headers fields, std::string& out) {
  while (!fields.empty()) {
    auto once = std::find_if(fields.begin(), fields.end(), [](const HeaderView& field) { return field.once; });
    auto count = static_cast<std::size_t>(once - fields.begin());
    if (count > 0) deflate(fields.first(count), out);
    fields = fields.subspan(count);
    if (fields.empty()) return;
    append_literal(out, fields.front());
    fields = fields.subspan(1);
  }
}

void HeaderEncoder::deflate(Headers fields, std::string& out) {
  nv_.clear();
  for (const HeaderView& field : fields) {
    nv_.push_back({mutable_bytes(field.name), mutable_bytes(field.value), field.name.size(), field.value.size(),
                   NGHTTP2_NV_FLAG_NONE});
  }
  std::size_t start = out.size();
  out.resize(start + nghttp2_hd_deflate_bound(deflater_.get(), nv_.data(), nv_.size()));
  auto* into = reinterpret_cast<std::uint8_t*>(out.data() + start);
  auto written = nghttp2_hd_deflate_hd(deflater_.get(), into, out.size() - start, nv_.data(), nv_.size());
  out.resize(start + static_cast<std::size_t>(std::max<decltype(written)>(written, 0)));
  if (changes_table(std::string_view(out).substr(start))) ++generation_;
}

// ---- decoding -------------------------------------------------------------------------------------------------------

HeaderDecoder::Outcome HeaderDecoder::decode(std::string_view block, HeaderCheck& check) {
  retired_.reset();
  text_.clear();
  if (text_.capacity() > idle_text_bytes) text_.shrink_to_fit();
  views_.clear();
  list_bytes_ = cost_ = 0;
  HeaderCheck::Block kind = check.block();
  recognised_ = find(block, kind);
  std::string_view rest = block;
  if (recognised_ != nullptr) {
    views_ = recognised_->fields;
    list_bytes_ = recognised_->list_bytes;
    check = recognised_->check;
    rest.remove_prefix(recognised_->bytes.size());
  }
  Outcome outcome = decode_rest(rest, recognised_ == nullptr, check);
  if (outcome == Outcome::whole && cost_ > 0) learn(block, kind);
  return outcome;
}

// The longest beginning that is known. Blocks of one peer have few lengths.
HeaderDecoder::Known* HeaderDecoder::find(std::string_view block, HeaderCheck::Block kind) {
  for (auto& [size, beginnings] : known_) {
    if (size > block.size()) continue;
    auto found = beginnings.find(block.substr(0, size));
    if (found != beginnings.end() && found->second->check.block() == kind) return found->second.get();
  }
  return nullptr;
}

HeaderDecoder::Outcome HeaderDecoder::decode_rest(std::string_view rest, bool first, HeaderCheck& check) {
  while (!rest.empty() && take_literal(rest, check)) first = false;
  if (rest.empty()) return list_bytes_ > bytes_max_ ? Outcome::too_large : Outcome::whole;
  // RFC 7541, 4.2: a change of size stands at a block's beginning. nghttp2 has not seen that this is the midst of one.
  if (!first && first_representation(rest).resizes_table) return Outcome::broken;
  return inflate(rest, check);
}

// What holon's own encoder writes for fields that do not recur needs no tables.
bool HeaderDecoder::take_literal(std::string_view& block, HeaderCheck& check) {
  if (block[0] != '\x00' && block[0] != '\x10') return false;
  std::string_view rest = block.substr(1);
  auto name = take_plain_string(rest);
  if (!name) return false;
  auto value = take_plain_string(rest);
  if (!value) return false;
  block = rest;
  list_bytes_ += name->size() + value->size() + field_overhead;
  if (list_bytes_ > bytes_max_) return true;
  views_.push_back({*name, *value});
  check.add(*name, *value);
  return true;
}

HeaderDecoder::Outcome HeaderDecoder::inflate(std::string_view block, HeaderCheck& check) {
  if (inflater_ == nullptr) {
    nghttp2_hd_inflater* made = nullptr;
    nghttp2_hd_inflate_new(&made);
    inflater_.reset(made);
  }
  note_changes(block);
  for (bool more = true; more;) {
    nghttp2_nv field;
    int flags = 0;
    auto taken = nghttp2_hd_inflate_hd2(inflater_.get(), &field, &flags, mutable_bytes(block), block.size(), 1);
    if (taken < 0) return Outcome::broken;
    block.remove_prefix(static_cast<std::size_t>(taken));
    if ((flags & NGHTTP2_HD_INFLATE_EMIT) != 0) {
      add(view(field.name, field.namelen), view(field.value, field.valuelen), check);
      if (list_bytes_ > bytes_max_ * bomb_factor) return Outcome::bomb;
    }
    more = (flags & NGHTTP2_HD_INFLATE_FINAL) == 0;
    if (more && taken == 0 && (flags & NGHTTP2_HD_INFLATE_EMIT) == 0) return Outcome::broken;
  }
  nghttp2_hd_inflate_end_headers(inflater_.get());
  return list_bytes_ > bytes_max_ ? Outcome::too_large : Outcome::whole;
}

void HeaderDecoder::add(std::string_view name, std::string_view value, HeaderCheck& check) {
  std::size_t size = name.size() + value.size() + field_overhead;
  list_bytes_ += size;
  cost_ += size;
  if (list_bytes_ > bytes_max_) return;  // not kept, but decoded: the table must stay what the peer thinks it is
  std::string_view kept_name = keep(name);
  views_.push_back({kept_name, {}});
  views_.back().value = keep(value);
  check.add(views_.back().name, views_.back().value);
}

// Copies into text_; when that moves, what views it moves along.
std::string_view HeaderDecoder::keep(std::string_view text) {
  if (text_.size() + text.size() > text_.capacity()) {
    std::string larger;
    larger.reserve(std::max<std::size_t>(2 * text_.capacity() + text.size(), 256));
    larger.append(text_);
    auto move = [&](std::string_view& view) {
      bool inside = view.data() >= text_.data() && view.data() < text_.data() + text_.size();
      if (inside) view = {larger.data() + (view.data() - text_.data()), view.size()};
    };
    for (HeaderView& field : views_) {
      move(field.name);
      move(field.value);
    }
    text_.swap(larger);
  }
  std::size_t start = text_.size();
  text_.append(text);
  return std::string_view(text_).substr(start);
}

// What is known was encoded with the table as it was. What this block begins with lives on until the next, for views_.
void HeaderDecoder::note_changes(std::string_view block) {
  if (!changes_table(block)) return;
  if (recognised_ != nullptr) retired_ = std::move(known_[recognised_->bytes.size()][recognised_->bytes]);
  known_.clear();
  known_count_ = 0;
  seen_.clear();
  seen_next_ = 0;
}

// Two blocks that share at least half of their fields will share them again: that is how calls of one method look.
void HeaderDecoder::learn(std::string_view block, HeaderCheck::Block kind) {
  if (block.size() > seen_bytes_max || changes_table(block)) return;
  if (learnt_nothing_ > patience && ++learnt_nothing_ % 32 != 0) return;  // blocks of this peer have nothing in common
  Extent shared = shared_with_seen(block, kind);
  std::size_t known = recognised_ == nullptr ? 0 : recognised_->bytes.size();
  if (shared.bytes > known && shared.fields * 2 >= views_.size()) {
    learnt_nothing_ = 0;
    return remember(block, shared, kind);
  }
  ++learnt_nothing_;
  if (seen_.size() < seen_max) {
    seen_.push_back({std::string(block), kind});
    return;
  }
  seen_[seen_next_] = {std::string(block), kind};
  seen_next_ = (seen_next_ + 1) % seen_max;
}

HeaderDecoder::Extent HeaderDecoder::shared_with_seen(std::string_view block, HeaderCheck::Block kind) const {
  std::size_t longest = 0;
  for (const Seen& seen : seen_) {
    if (seen.kind != kind) continue;
    std::size_t most = std::min(seen.bytes.size(), block.size());
    std::size_t same = 0;
    while (same < most && seen.bytes[same] == block[same]) ++same;
    longest = std::max(longest, same);
  }
  Extent shared;
  for (;;) {  // back to where a field ends
    Representation next = first_representation(block.substr(shared.bytes));
    if (next.size == 0 || shared.bytes + next.size > longest) return shared;
    shared.bytes += next.size;
    ++shared.fields;
  }
}

void HeaderDecoder::remember(std::string_view block, Extent beginning, HeaderCheck::Block kind) {
  auto known = std::make_unique<Known>(HeaderCheck(kind));
  known->bytes = block.substr(0, beginning.bytes);
  std::size_t text_bytes = 0;
  Headers shared = Headers(views_).first(beginning.fields);
  for (const HeaderView& field : shared) text_bytes += field.name.size() + field.value.size();
  known->text.reserve(text_bytes);
  auto keep = [&](std::string_view text) {
    std::size_t start = known->text.size();
    known->text.append(text);
    return std::string_view(known->text).substr(start);
  };
  for (const HeaderView& field : shared) {
    known->fields.push_back({keep(field.name), keep(field.value)});
    known->check.add(field.name, field.value);
    known->list_bytes += field.name.size() + field.value.size() + field_overhead;
  }
  known->memo.fields = beginning.fields;
  std::string_view key = known->bytes;
  bool full = known_count_ == known_max || (known_.size() == lengths_max && !known_.contains(key.size()));
  if (full) return;  // until the table changes
  known_count_ += known_[key.size()].emplace(key, std::move(known)).second;
}

}  // namespace holon::wire
