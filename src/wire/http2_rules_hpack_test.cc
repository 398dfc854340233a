// RFC 7541, as RFC 9113, 4.3 has it: a block that cannot be decoded ends the connection, since the table is out of step
// then.
#include "wire/http2_rules.h"

namespace holon::wire::rules {
namespace {

const Effect compression_error = connection_error(Http2Code::compression_error);
const std::string got = "headers 1 :method=POST :scheme=http :path=/ :authority=a";

Rule bad(const char* section, const char* says, const std::string& more) {
  return {section, says, "", request(1, more), compression_error};
}
Rule good(const char* section, const char* says, const std::string& more, const std::string& fields) {
  return {section, says, "", request(1, more), tells(got + fields + " end")};
}
/// A table size update stands at the beginning.
std::string behind(const std::string& prefix, const std::string& more = "") {
  return headers(1, prefix + request_block() + more, END_HEADERS | END_STREAM);
}

std::string huffman(const std::string& coded) { return integer(coded.size(), 7, 0x80) + coded; }
std::string field_of_coded(const std::string& coded) { return std::string(1, '\0') + text("x") + huffman(coded); }

/// A static table entry with its value (appendix A), and entries of the dynamic table from 62 on.
std::vector<Rule> blocks() {
  const std::string a_to_z_coded = "\x1f";  // 'a' is 00011, then ones (appendix B)
  return {
      good("RFC 7541, 6.1", "an entry of the static table", indexed(16), " accept-encoding=gzip, deflate"),
      good("RFC 7541, 6.1", "the last entry of the static table", indexed(61), " www-authenticate="),
      bad("RFC 7541, 6.1", "index 0 is an error", indexed(0)),
      bad("RFC 7541, 2.3.3", "an index behind the table is an error", indexed(62)),
      bad("RFC 7541, 2.3.3", "an index far behind the table is an error", indexed(1'000'000)),
      good("RFC 7541, 6.2.1", "a kept field has index 62", kept_field("x", "y") + indexed(62), " x=y x=y"),
      good("RFC 7541, 2.3.2", "the latest field has the lowest index",
           kept_field("x", "1") + kept_field("y", "2") + indexed(63) + indexed(62), " x=1 y=2 x=1 y=2"),
      bad("RFC 7541, 2.3.3", "an index one behind the table is an error", kept_field("x", "y") + indexed(63)),
      good("RFC 7541, 6.2.1", "a kept field may take its name from the table", integer(58, 6, 0x40) + text("me") + indexed(62),
           " user-agent=me user-agent=me"),
      good("RFC 7541, 6.2.2", "a field without indexing", integer(58, 4) + text("me"), " user-agent=me"),
      good("RFC 7541, 6.2.3", "a field never indexed", integer(58, 4, 0x10) + text("me"), " user-agent=me"),
      good("RFC 7541, 6.2.3", "a field never indexed with a new name", "\x10" + text("x") + text("y"), " x=y"),
      bad("RFC 7541, 6.2.2", "a field without indexing is not in the table", field("x", "y") + indexed(62)),
      bad("RFC 7541, 6.2.3", "a field never indexed is not in the table", "\x10" + text("x") + text("y") + indexed(62)),
      bad("RFC 7541, 6.2.1", "a name from behind the table is an error", integer(70, 6, 0x40) + text("v")),
      bad("RFC 7541, 5.1", "an integer of too many bytes is an error", "\xff" + std::string(12, '\xff') + "\x01"),
      bad("RFC 7541, 5.1", "an integer over 32 bits is an error", "\xff\x80\x80\x80\x80\x80\x80\x01"),
      bad("RFC 7541, 5.1", "an integer must be whole", "\xff"),
      bad("RFC 7541, 5.2", "a name must be whole", std::string("\0\x05" "ab", 4)),
      bad("RFC 7541, 5.2", "a value must be whole", std::string("\0\x01" "x" "\x05" "ab", 6)),
      bad("RFC 7541, 5.2", "a value must be there", std::string("\0\x01" "x", 3)),
      bad("RFC 7541, 5.2", "a length beyond the block is an error", std::string(1, '\0') + text("x") + integer(1 << 20, 7)),
      good("RFC 7541, 5.2", "a value in Huffman code", field_of_coded(a_to_z_coded), " x=a"),
      good("RFC 7541, 5.2", "an empty value in Huffman code", field_of_coded(""), " x="),
      bad("RFC 7541, 5.2", "padding of Huffman code is all ones", field_of_coded("\x1e")),
      bad("RFC 7541, 5.2", "padding of Huffman code is shorter than 8 bits", field_of_coded("\x1f\xff")),
      bad("RFC 7541, 5.2", "padding of a whole byte alone is an error", field_of_coded("\xff")),
      bad("RFC 7541, 5.2", "EOS in Huffman code is an error", field_of_coded("\xff\xff\xff\xff")),
      bad("RFC 7541, 5.2", "EOS behind text in Huffman code is an error", field_of_coded("\x1f\xff\xff\xff\xff")),

      {"RFC 7541, 6.3", "the table's size may be changed", "", behind(table_size(100)), tells(got + " end")},
      {"RFC 7541, 6.3", "the table's size may be changed to 0", "", behind(table_size(0)), tells(got + " end")},
      {"RFC 7541, 6.3", "the table's size may be changed twice", "", behind(table_size(0) + table_size(4'096)),
       tells(got + " end")},
      {"RFC 7541, 6.3", "a size over the setting is an error", "", behind(table_size(4'097)), compression_error},
      {"RFC 7541, 6.3", "a size far over the setting is an error", "", behind(table_size(0xffffffff)), compression_error},
      {"RFC 7541, 4.2", "a size update behind a field is an error", "", behind("", table_size(0)), compression_error},
      {"RFC 7541, 4.2", "a size update between fields is an error", "", behind(indexed(16) + table_size(0)),
       compression_error},
      {"RFC 7541, 4.3", "a smaller table forgets its oldest fields", request(1, kept_field("x", "y")),
       headers(3, table_size(0) + request_block(indexed(62)), END_HEADERS | END_STREAM), compression_error},
      {"RFC 7541, 4.3", "a table that still fits keeps its fields", request(1, kept_field("x", "y")),
       headers(3, table_size(34) + request_block(indexed(62)), END_HEADERS | END_STREAM),
       tells("headers 3 :method=POST :scheme=http :path=/ :authority=a x=y end")},
      {"RFC 7541, 4.3", "a table one byte too small does not", request(1, kept_field("x", "y")),
       headers(3, table_size(33) + request_block(indexed(62)), END_HEADERS | END_STREAM), compression_error},
      {"RFC 7541, 4.4", "a field larger than the table empties it", request(1, kept_field("x", "y")),
       request(3, kept_field("large", std::string(4'100, 'z')) + indexed(62)), compression_error},
      {"RFC 7541, 4.4", "a field larger than the table is handed on", "",
       request(1, kept_field("large", std::string(4'100, 'z'))), tells(got + " large=" + std::string(4'100, 'z') + " end")},
      {"RFC 7541, 4.4", "a field may take its name from one that it evicts",
       request(1, kept_field("name", std::string(4'000, 'z'))),
       request(3, integer(62, 6, 0x40) + text(std::string(50, 'w')) + indexed(62)),
       tells("headers 3 :method=POST :scheme=http :path=/ :authority=a name=" + std::string(50, 'w') + " name=" +
             std::string(50, 'w') + " end")},
      {"RFC 9113, 4.3", "the table goes on over streams", request(1, kept_field("x", "y")), request(3, indexed(62)),
       tells("headers 3 :method=POST :scheme=http :path=/ :authority=a x=y end")},
      {"RFC 9113, 4.3", "a block must be whole at its end", "", headers(1, request_block() + "\x40", END_HEADERS | END_STREAM),
       compression_error},
      {"RFC 9113, 4.3", "trailers are decoded as well", open_request(1), headers(1, indexed(0), END_HEADERS | END_STREAM),
       compression_error},
      {"RFC 9113, 4.3", "a block of a closed stream is decoded as well", open_request(1) + rst_stream(1, 8),
       headers(1, indexed(0), END_HEADERS | END_STREAM),
       testing::AnyOf(compression_error, connection_error(Http2Code::stream_closed))},
  };
}

HOLON_HTTP2_RULES(HeaderCompression, Role::server, blocks());

TEST(Http2HeaderCompression, s4_2_a_smaller_table_of_the_peer_is_kept_to) {
  Subject subject(Role::server);
  subject.hear(settings({{HEADER_TABLE_SIZE, 0}}) + request(1) + request(3));
  std::vector<std::string> blocks;
  for (StreamId id : {1, 3}) {
    subject.session.respond_and_end(id, response_headers);
    blocks.push_back(subject.say().at(0).payload);
  }
  EXPECT_EQ(blocks[0].front(), '\x20') << "the first block says that the table is gone (RFC 7541, 4.2)";
  EXPECT_EQ(blocks[0].substr(1), blocks[1]) << "nothing is kept";
}

TEST(Http2HeaderCompression, s4_2_the_lowest_of_several_sizes_is_said) {
  Subject subject(Role::server);
  subject.hear(settings({{HEADER_TABLE_SIZE, 0}}) + settings({{HEADER_TABLE_SIZE, 4'096}}) + request(1));
  subject.session.respond_and_end(1, response_headers);
  std::string block = subject.say().at(0).payload;
  EXPECT_EQ(block.front(), '\x20') << "the smallest size comes first, so that the peer's table is emptied";
}

TEST(Http2HeaderCompression, s7_1_what_hardly_recurs_is_kept_out_of_the_table) {
  Subject subject(Role::server);
  subject.hear(request(1) + request(3));
  const std::vector<HeaderView> once = {{":status", "200"}, {"x-trace", "0123456789abcdef", true}};
  std::vector<std::size_t> sizes;
  for (StreamId id : {1, 3}) {
    subject.session.respond_and_end(id, once);
    sizes.push_back(subject.say().at(0).payload.size());
  }
  EXPECT_EQ(sizes[0], sizes[1]);
}

}  // namespace
}  // namespace holon::wire::rules
