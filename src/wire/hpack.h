// Header blocks as bytes (HPACK, RFC 7541). The coding is nghttp2's. What is holon's own is to do it seldom: a block
// that came or went before, or the beginning of one, is recognised byte for byte, if it leaves the dynamic table as it is.
#pragma once

#include <nghttp2/nghttp2.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "wire/header_check.h"
#include "wire/http2.h"

namespace holon::wire {

/// The field representation that a block begins with (RFC 7541, section 6).
struct Representation {
  std::size_t size = 0;        ///< 0: it is not whole
  bool changes_table = false;  ///< it adds an entry, or changes the table's size
  bool resizes_table = false;
};
Representation first_representation(std::string_view block);

class HeaderEncoder {
 public:
  HeaderEncoder();

  /// Appends a block. Fields marked `once` go out as plain literals.
  void encode(const OutgoingHeaders& headers, std::string& out);
  /// The peer's SETTINGS_HEADER_TABLE_SIZE. More than 4 KiB are not used.
  void resize_table(std::uint32_t bytes);

 private:
  struct Kept {
    std::uint64_t generation = 0;  ///< of the table when it was encoded
    std::string bytes;
  };

  void append(const HeaderTemplate& recurring, std::string& out);
  void append(Headers fields, std::string& out);
  /// Lets nghttp2 encode fields[begin, end).
  void deflate(Headers fields, std::string& out);

  struct Delete {
    void operator()(nghttp2_hd_deflater* deflater) const { nghttp2_hd_deflate_del(deflater); }
  };
  std::unique_ptr<nghttp2_hd_deflater, Delete> deflater_;
  std::vector<nghttp2_nv> nv_;
  std::unordered_map<std::uint64_t, Kept> kept_;  ///< by template
  std::uint64_t generation_ = 1;  ///< changes with the dynamic table
  bool resized_ = false;          ///< the next block begins with the new size
};

/// What blocks decode to. Views live until the next `decode`.
class HeaderDecoder {
 public:
  enum class Outcome { whole, too_large, bomb, broken };

  explicit HeaderDecoder(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  /// Decodes a whole block, which `check` then has seen. After `too_large` (over the bound that the peer was told as
  /// SETTINGS_MAX_HEADER_LIST_SIZE) the connection may go on; after the other two it must end.
  Outcome decode(std::string_view block, HeaderCheck& check);
  Headers fields() const { return views_; }
  /// The beginning that was recognised in the block decoded last, or null.
  HeaderMemo* recognised() const { return recognised_ == nullptr ? nullptr : &recognised_->memo; }
  /// Bytes of fields in the block decoded last, as SETTINGS_MAX_HEADER_LIST_SIZE counts.
  std::size_t list_bytes() const { return list_bytes_; }
  /// … and of those that had to be decoded; what was recognised counts a sixteenth, for it is only copied.
  std::size_t cost() const { return cost_ + (recognised_ == nullptr ? 0 : recognised_->list_bytes / 16); }

 private:
  /// A block's beginning that recurs, decoded and checked.
  struct Known {
    explicit Known(HeaderCheck state) : check(state) {}
    std::string bytes;
    std::string text;  ///< what `fields` view
    std::vector<HeaderView> fields;
    std::size_t list_bytes = 0;
    HeaderCheck check;  ///< as it was after the last field
    HeaderMemo memo;
  };
  /// A block that was decoded in full, to find out what later ones share with it.
  struct Seen {
    std::string bytes;
    HeaderCheck::Block kind{};
  };
  /// Where a beginning ends, in bytes and in fields.
  struct Extent {
    std::size_t bytes = 0;
    std::size_t fields = 0;
  };

  Known* find(std::string_view block, HeaderCheck::Block kind);
  Outcome decode_rest(std::string_view rest, bool first, HeaderCheck& check);
  bool take_literal(std::string_view& block, HeaderCheck& check);
  Outcome inflate(std::string_view block, HeaderCheck& check);
  void add(std::string_view name, std::string_view value, HeaderCheck& check);
  std::string_view keep(std::string_view text);
  void learn(std::string_view block, HeaderCheck::Block kind);
  void note_changes(std::string_view block);
  Extent shared_with_seen(std::string_view block, HeaderCheck::Block kind) const;
  void remember(std::string_view block, Extent beginning, HeaderCheck::Block kind);

  struct Delete {
    void operator()(nghttp2_hd_inflater* inflater) const { nghttp2_hd_inflate_del(inflater); }
  };
  std::unique_ptr<nghttp2_hd_inflater, Delete> inflater_;
  std::size_t bytes_max_;
  /// What is known, by its bytes, under each length there is of them. All of it, and of seen_, was decoded with the table as
  /// it is now.
  std::map<std::size_t, std::unordered_map<std::string_view, std::unique_ptr<Known>>, std::greater<>> known_;
  std::size_t known_count_ = 0;
  std::vector<Seen> seen_;                     ///< a ring
  std::size_t seen_next_ = 0;
  std::size_t learnt_nothing_ = 0;             ///< blocks compared in vain since the last that taught something
  Known* recognised_ = nullptr;
  std::unique_ptr<Known> retired_;             ///< recognised in the latest block, which changed the table
  std::string text_;                           ///< of fields that nghttp2 decoded
  std::vector<HeaderView> views_;              ///< into text_, the block, or what is known
  std::size_t list_bytes_ = 0;
  std::size_t cost_ = 0;
};

}  // namespace holon::wire
