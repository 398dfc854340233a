// RFC 9113, sections 8.1.1, 8.2, 8.3 and 8.5: which messages are malformed. Each is an error of its stream, reaches no
// handler, and leaves the connection and its header table as they should be.
#include "wire/http2_rules.h"

namespace holon::wire::rules {
namespace {

using testing::AnyOf;

/// What a request says that has `more` behind the usual fields.
std::string got(const std::string& more) {
  return "headers 1 :method=POST :scheme=http :path=/ :authority=a" + more + " end";
}

/// A malformed body: what came of it before may have reached the handler.
Effect reset() { return says("RST_STREAM 1 PROTOCOL_ERROR"); }

std::string whole(std::uint32_t stream, const std::string& block) {
  return headers(stream, block, END_HEADERS | END_STREAM);
}

Rule request_is(const char* section, std::string says, const std::string& more, Effect effect) {
  return {section, std::move(says), "", request(1, more), std::move(effect)};
}
Rule bad_request(const char* section, std::string says, const std::string& more) {
  return request_is(section, std::move(says), more, malformed(1));
}
/// Of a request that consists of `block` alone.
Rule bad_block(const char* section, std::string says, const std::string& block) {
  return {section, std::move(says), "", whole(1, block), malformed(1)};
}

const std::string method = field(":method", "GET");
const std::string scheme = field(":scheme", "http");
const std::string path = field(":path", "/");
const std::string authority = field(":authority", "a");

// ---- 8.2.1: names and values ----------------------------------------------------------------------------------------

std::string in_hex(int c) {
  constexpr const char* digits = "0123456789abcdef";
  return {'0', 'x', digits[c >> 4], digits[c & 15]};
}

/// A name must not hold these (8.2.1), and is a token (RFC 9110, 5.1): the rest of the visible ones it may refuse.
bool may_not_be_in_a_name(int c) { return c <= 0x20 || (c >= 'A' && c <= 'Z') || c >= 0x7f || c == ':'; }
bool is_token(int c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(c)) !=
                                                                 std::string_view::npos;
}

std::vector<Rule> names_and_values() {
  std::vector<Rule> rules;
  for (int c = 0; c < 256; ++c) {
    std::string name = std::string("x") + static_cast<char>(c) + "y";
    if (may_not_be_in_a_name(c)) {
      rules.push_back(bad_request("8.2.1", "a name must not hold " + in_hex(c), field(name, "v")));
    } else if (is_token(c)) {
      rules.push_back(request_is("8.2.1", "a name may hold " + in_hex(c), field(name, "v"), tells(got(" " + name + "=v"))));
    }
  }
  for (int c : {0x00, 0x0a, 0x0d}) {
    for (const char* where : {"inside", "first", "last"}) {
      std::string value(3, 'v');
      value[*where == 'i' ? 1 : *where == 'f' ? 0 : 2] = static_cast<char>(c);
      rules.push_back(bad_request("8.2.1", "a value must not hold " + in_hex(c) + " " + where, field("x", value)));
    }
  }
  for (int c : {0x09, 0x20}) {
    std::string space(1, static_cast<char>(c));
    rules.push_back(bad_request("8.2.1", "a value must not begin with " + in_hex(c), field("x", space + "v")));
    rules.push_back(bad_request("8.2.1", "a value must not end with " + in_hex(c), field("x", "v" + space)));
    rules.push_back(bad_request("8.2.1", "a value must not be just " + in_hex(c), field("x", space)));
    rules.push_back(request_is("8.2.1", "a value may hold inside " + in_hex(c), field("x", "v" + space + "v"), accepted()));
  }
  rules.push_back(request_is("8.2.1", "a value may be obs text", field("x", "\xc3\xa4\xff\x80"), accepted()));
  rules.push_back(request_is("8.2.1", "a value may be empty", field("x", ""), tells(got(" x="))));
  rules.push_back(bad_request("8.2.1", "a name must not be empty", field("", "v")));
  rules.push_back(bad_request("8.2.1", "a name must not begin with a colon", field(":x", "v")));
  rules.push_back(bad_block("8.2.1", "a pseudo header value must not hold a line end",
                            method + scheme + field(":path", "/a\r\nb: c") + authority));
  rules.push_back({"8.2.1", "the rule holds in trailers", open_request(1), whole(1, field("Upper", "v")), malformed(1)});
  rules.push_back({"8.2.1", "the rule holds for values of trailers", open_request(1), whole(1, field("x", "a\nb")),
                   malformed(1)});
  return rules;
}

// ---- 8.2.2, 8.2.3: what belongs to a connection; cookies ------------------------------------------------------------

std::vector<Rule> connection_fields() {
  std::vector<Rule> rules = {
      request_is("8.2.2", "te may be trailers", field("te", "trailers"), tells(got(" te=trailers"))),
      bad_request("8.2.2", "te must not be anything else", field("te", "gzip")),
      bad_request("8.2.2", "te must not be more than trailers", field("te", "trailers, deflate;q=0.5")),
      bad_request("8.2.2", "te must not be empty", field("te", "")),
      request_is("8.2.3", "cookies may come in crumbs", field("cookie", "a=b") + field("cookie", "c=d"),
                 tells(got(" cookie=a=b cookie=c=d"))),
  };
  for (const char* name : {"connection", "proxy-connection", "keep-alive", "transfer-encoding", "upgrade"}) {
    rules.push_back(bad_request("8.2.2", std::string(name) + " is malformed", field(name, "x")));
    rules.push_back({"8.2.2", std::string(name) + " is malformed in trailers", open_request(1),
                     whole(1, field(name, "x")), malformed(1)});
  }
  return rules;
}

// ---- 8.3.1: pseudo-header fields of a request -----------------------------------------------------------------------

std::vector<Rule> request_fields() {
  const std::string usual = method + scheme + path + authority;
  std::vector<Rule> rules = {
      bad_request("8.3", "pseudo headers come first", field("x", "y") + field(":path", "/")),
      bad_block("8.3", "a pseudo header must not follow a field", method + scheme + authority + field("x", "y") + path),
      bad_request("8.3", "a pseudo header that is not defined is malformed", field(":unknown", "x")),
      bad_request("8.3", "a pseudo header of responses is malformed", field(":status", "200")),
      bad_request("8.3", "pseudo headers must not be repeated, method", method),
      bad_request("8.3", "pseudo headers must not be repeated, scheme", scheme),
      bad_request("8.3", "pseudo headers must not be repeated, path", path),
      bad_request("8.3", "pseudo headers must not be repeated, authority", authority),
      bad_block("8.3.1", "a request has a method", scheme + path + authority),
      bad_block("8.3.1", "a request has a scheme", method + path + authority),
      bad_block("8.3.1", "a request has a path", method + scheme + authority),
      bad_block("8.3.1", "a path must not be empty", method + scheme + field(":path", "") + authority),
      bad_block("8.3.1", "a path begins with a slash", method + scheme + field(":path", "x") + authority),
      bad_block("8.3.1", "a path may be an asterisk for OPTIONS only", method + scheme + field(":path", "*") + authority),
      bad_block("8.3.1", "a method is a token", field(":method", "P OST") + scheme + path + authority),
      bad_block("8.3.1", "a method is not empty", field(":method", "") + scheme + path + authority),
      bad_block("8.3.1", "a scheme is ASCII", method + field(":scheme", "h\xe6tp") + path + authority),
      bad_block("8.3.1", "a scheme has no space", method + field(":scheme", "ht tp") + path + authority),
      bad_block("8.3.1", "a scheme is not empty", method + field(":scheme", "") + path + authority),
      bad_block("8.3.1", "a path has no space", method + scheme + field(":path", "/a b") + authority),
      bad_block("8.3.1", "a path has no control", method + scheme + field(":path", "/a\x7f") + authority),
      bad_block("8.3.1", "an authority has no space", method + scheme + path + field(":authority", "a b")),
      bad_block("8.3.1", "an authority has RFC 3986's characters", method + scheme + path + field(":authority", "a`")),
      bad_block("8.3.1", "an authority is ASCII", method + scheme + path + field(":authority", "\xc3\xa4")),
      bad_block("8.3.1", "an authority has no user", method + scheme + path + field(":authority", "a@b")),
      bad_block("8.3.1", "a host has RFC 3986's characters", method + scheme + path + field("host", "a/b")),
      bad_block("8.3.1", "a host has no user", method + scheme + path + field("host", "a@b")),
      {"8.3.1", "a path of OPTIONS may be an asterisk", "",
       whole(1, field(":method", "OPTIONS") + scheme + field(":path", "*") + authority), accepted()},
      {"8.3.1", "host may stand for authority", "", whole(1, method + scheme + path + field("host", "a")), accepted()},
      {"8.3.1", "pseudo headers may come in any order", "", whole(1, authority + path + method + scheme),
       tells("headers 1 :authority=a :path=/ :method=GET :scheme=http end")},
      {"8.1", "an empty block is malformed", "", whole(1, ""), malformed(1)},
      {"8.1", "trailers must not have pseudo headers", open_request(1), whole(1, field(":path", "/")), malformed(1)},
      {"8.1", "trailers must not have pseudo headers, status", open_request(1), whole(1, field(":status", "200")),
       malformed(1)},
      {"8.1", "trailers may be empty", open_request(1), whole(1, ""), tells("headers 1 end")},
      {"8.5", "CONNECT has neither scheme nor path", "", whole(1, field(":method", "CONNECT") + scheme + path + authority),
       malformed(1)},
      {"8.5", "CONNECT has no path", "", whole(1, field(":method", "CONNECT") + path + authority), malformed(1)},
      {"8.5", "CONNECT has no scheme", "", whole(1, field(":method", "CONNECT") + scheme + authority), malformed(1)},
      {"8.5", "CONNECT has an authority", "", whole(1, field(":method", "CONNECT")), malformed(1)},
      {"8.5", "CONNECT is handed on, or refused", "", headers(1, field(":method", "CONNECT") + authority),
       AnyOf(tells("headers 1 :method=CONNECT :authority=a"), malformed(1))},
      {"8.5 and RFC 8441, 4", "protocol needs a setting that we do not send", "",
       headers(1, field(":method", "CONNECT") + field(":protocol", "websocket") + usual.substr(method.size())),
       malformed(1)},
      {"8.3.1", "a good request is handed on", "", whole(1, usual),
       tells("headers 1 :method=GET :scheme=http :path=/ :authority=a end")},
  };
  return rules;
}

// ---- 8.3.2: pseudo-header fields of a response ----------------------------------------------------------------------

std::vector<Rule> response_fields() {
  auto bad = [](const char* section, const char* says, const std::string& block) {
    return Rule{section, says, "", headers(1, block), malformed(1)};
  };
  std::vector<Rule> rules = {
      bad("8.3.2", "a response has a status", field("x", "y")),
      bad("8.3.2", "a response is not empty", ""),
      bad("8.3", "status must not be repeated", response_block() + field(":status", "200")),
      bad("8.3", "status comes first", field("x", "y") + field(":status", "200")),
      bad("8.3", "a pseudo header of requests is malformed", response_block(field(":path", "/"))),
      bad("8.3", "a pseudo header that is not defined is malformed", response_block(field(":unknown", "/"))),
      bad("8.3.2", "a status has three digits, not two", field(":status", "20")),
      bad("8.3.2", "a status has three digits, not four", field(":status", "2000")),
      bad("8.3.2", "a status is a number", field(":status", "abc")),
      bad("8.3.2", "a status is not empty", field(":status", "")),
      bad("8.1.1", "an informational response has no length", field(":status", "100") + field("content-length", "5")),
      bad("8.1.1", "a response without content has no length", field(":status", "204") + field("content-length", "5")),
      bad("8.2.1", "a name must not hold upper case", response_block(field("Upper", "x"))),
      bad("8.2.1", "a value must not hold a line end", response_block(field("x", "a\nb"))),
      bad("8.2.2", "connection is malformed", response_block(field("connection", "close"))),
      bad("8.2.2", "transfer-encoding is malformed", response_block(field("transfer-encoding", "chunked"))),
      {"8.1", "trailers must not have pseudo headers", headers(1, response_block()), whole(1, field(":status", "200")),
       malformed(1)},
      {"8.3.2", "any class of status is handed on", "", headers(1, response_block("", "599")),
       tells("headers 1 :status=599")},
      {"8.4", "a malformed response of one stream leaves the others", headers(1, field(":status", "x")),
       headers(3, response_block()), tells("headers 3 :status=200")},
  };
  return rules;
}

// ---- 8.1.1: the length of a body ------------------------------------------------------------------------------------

std::vector<Rule> lengths_of_requests() {
  auto with = [](const char* length) { return open_request(1, field("content-length", length)); };
  return {
      {"8.1.1", "a body as long as promised is good", with("3"), data(1, "abc", END_STREAM), tells("data 1 abc end")},
      {"8.1.1", "a body may come in pieces", with("3") + data(1, "a"), data(1, "bc", END_STREAM), tells("data 1 bc end")},
      {"8.1.1", "padding is not of the body", with("3"), data(1, padded("abc", 9), PADDED | END_STREAM),
       tells("data 1 abc end")},
      {"8.1.1", "a body shorter than promised is malformed", with("3"), data(1, "ab", END_STREAM), reset()},
      {"8.1.1", "a body longer than promised is malformed", with("3"), data(1, "abcd"), reset()},
      {"8.1.1", "a body longer in pieces is malformed", with("3") + data(1, "abc"), data(1, "d", END_STREAM), reset()},
      {"8.1.1", "trailers before the promised length are malformed", with("3") + data(1, "a"),
       whole(1, field("x-end", "1")), reset()},
      {"8.1.1", "headers that end and promise a body are malformed", "", request(1, field("content-length", "3")),
       malformed(1)},
      {"8.1.1", "a body of 0 is good", "", request(1, field("content-length", "0")), accepted()},
      {"8.1.1", "lengths that differ are malformed", "",
       open_request(1, field("content-length", "3") + field("content-length", "4")), malformed(1)},
      {"8.1.1", "a length is a number", "", open_request(1, field("content-length", "x")), malformed(1)},
      {"8.1.1", "a length is not negative", "", open_request(1, field("content-length", "-1")), malformed(1)},
      {"8.1.1", "a length is not empty", "", open_request(1, field("content-length", "")), malformed(1)},
      {"8.1.1", "a length fits 63 bits", "", open_request(1, field("content-length", "99999999999999999999")), malformed(1)},
  };
}

std::vector<Rule> lengths_of_responses() {
  auto with = [](const char* length, const char* status = "200") {
    return response_block(field("content-length", length), status);
  };
  return {
      {"8.1.1", "a body as long as promised is good", headers(1, with("3")), data(1, "abc", END_STREAM),
       tells("data 1 abc end")},
      {"8.1.1", "a body shorter than promised is malformed", headers(1, with("3")), data(1, "ab", END_STREAM),
       reset()},
      {"8.1.1", "a body longer than promised is malformed", headers(1, with("3")), data(1, "abcd"), reset()},
      {"8.1.1", "headers that end and promise a body are malformed", "", whole(1, with("3")), malformed(1)},
      {"8.1.1", "304 may tell a length without a body", "", whole(1, with("3", "304")), tells("closed 1")},
      {"8.1.1", "a length is a number", "", headers(1, with("x")), malformed(1)},
      {"8.1.1 and RFC 9110, 6.4.1", "204 has no content", headers(1, response_block("", "204")), data(1, "abc"), reset()},
      {"8.1.1 and RFC 9110, 6.4.1", "304 has no content", headers(1, response_block("", "304")), data(1, "abc"), reset()},
  };
}

HOLON_HTTP2_RULES(NamesAndValues, Role::server, names_and_values());
HOLON_HTTP2_RULES(ConnectionFields, Role::server, connection_fields());
HOLON_HTTP2_RULES(RequestFields, Role::server, request_fields());
HOLON_HTTP2_RULES(ResponseFields, Role::client, response_fields());
HOLON_HTTP2_RULES(RequestLengths, Role::server, lengths_of_requests());
HOLON_HTTP2_RULES(ResponseLengths, Role::client, lengths_of_responses());

TEST(Http2Messages, s8_1_1_a_response_to_HEAD_may_tell_a_length_without_a_body) {
  Subject subject(Role::client);
  const std::vector<HeaderView> head = {{":method", "HEAD"}, {":scheme", "http"}, {":path", "/"}, {":authority", "a"}};
  ASSERT_EQ(subject.session.open(head, true, nullptr), 5);
  subject.say();
  EXPECT_THAT(subject.hear(whole(5, response_block(field("content-length", "100")))), tells("closed 5"));
}

TEST(Http2Messages, s8_1_1_a_malformed_message_ends_its_handler) {
  Subject subject(Role::server);
  subject.hear(open_request(1));
  Outcome outcome = subject.hear(whole(1, field("Upper", "x")));
  EXPECT_TRUE(contains(outcome.told, "reset 1 1"));
  EXPECT_EQ(subject.session.streams(), 0u);
}

TEST(Http2Messages, s8_1_1_a_body_that_breaks_its_length_ends_its_handler) {
  Subject subject(Role::server);
  subject.hear(open_request(1, field("content-length", "3")));
  Outcome outcome = subject.hear(data(1, "four", END_STREAM));
  EXPECT_TRUE(contains(outcome.told, "reset 1 1"));
  EXPECT_FALSE(contains(outcome.told, "data 1 four end")) << "as if it were whole";
  EXPECT_EQ(subject.session.streams(), 0u);
}

}  // namespace
}  // namespace holon::wire::rules
