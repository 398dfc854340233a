#include "gateway/transcode/transcode.h"

#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include "gateway/contracts.h"
#include "gateway/test_contract.h"
#include "gateway/transcode/url.h"

namespace holon::gateway {
namespace {

const Contracts& library() {
  static const Contracts contracts = Contracts::load(testing::library_manifest()).value();
  return contracts;
}

Router::Match route(std::string_view http_method, std::string_view path) {
  return std::get<Router::Match>(library().router().find(http_method, path));
}

/// The request message as JSON, or the error.
std::string request(std::string_view http_method, std::string_view target, std::string_view body = {},
                    std::string_view content_type = "application/json") {
  const auto [path, query] = split_target(target);
  const Router::Match match = route(http_method, path);
  const auto message = library().make(*match.entry->method->input_type());
  Result<void> read = read_url(match, query, library().json(), *message);
  if (read.ok()) read = read_body(match, {content_type, body}, library().json(), *message);
  return read.ok() ? library().json().print(*message).value() : read.error().message();
}

std::string query(std::string_view text) { return request("GET", "/v1/books/latest?" + std::string(text)); }

TEST(Transcode, PathVariables) {
  EXPECT_EQ(request("GET", "/v1/books/7"), R"({"id":"7"})");
  EXPECT_EQ(request("GET", "/v1/by/Ann/pages/12"), R"({"pages":12,"author":{"name":"Ann"}})");
  EXPECT_EQ(request("GET", "/v1/rank/-3/true/NOVEL/_-8="), R"({"lent":true,"cover":"/+8=","genre":"NOVEL","rank":-3})");
  EXPECT_EQ(request("GET", "/v1/by/Ann/pages/x"), R"({pages} of the path: library.Book.pages is written as a whole number from -2147483648 to 2147483647, not "x")");
  EXPECT_EQ(request("GET", "/v1/rank/1/yes/NOVEL/AA=="), R"({lent} of the path: library.Book.lent is written as true or false, not "yes")");
}

TEST(Transcode, QueryFillsTheRest) {
  const std::pair<std::string_view, std::string_view> table[] = {
      {"", "{}"},
      {"pages=5&isbn=9007199254740993&scans=18446744073709551615", R"({"pages":5,"isbn":"9007199254740993","scans":"18446744073709551615"})"},
      {"weight=1.5&rating=-2e3&stock=3", R"({"weight":1.5,"rating":-2000,"stock":3})"},
      {"weight=NaN&rating=-Infinity", R"({"weight":"NaN","rating":"-Infinity"})"},
      {"lent=true", R"({"lent":true})"},
      {"cover=AQI%3D", R"({"cover":"AQI="})"},
      {"cover=-_8", R"({"cover":"+/8="})"},
      {"genre=POEMS", R"({"genre":"POEMS"})"},
      {"genre=2", R"({"genre":"POEMS"})"},
      {"genre=9", R"({"genre":9})"},
      {"tags=a&tags=b&tags=", R"({"tags":["a","b",""]})"},
      {"years=1&years=2&genres=NOVEL&genres=2", R"({"genres":["NOVEL","POEMS"],"years":[1,2]})"},
      {"author.name=Ann&author.born=1900&author.prizes=x&author.prizes=y", R"({"author":{"name":"Ann","born":"1900","prizes":["x","y"]}})"},
      {"shelf_mark=A", R"({"shelfMark":"A"})"},
      {"shelfMark=A", R"({"shelfMark":"A"})"},
      {"printed=2026-01-31T12:00:00Z&loan=1.5s", R"({"printed":"2026-01-31T12:00:00Z","loan":"1.500s"})"},
      {"reprints=2026-01-31T12:00:00Z&reprints=2027-01-31T12:00:00Z", R"({"reprints":["2026-01-31T12:00:00Z","2027-01-31T12:00:00Z"]})"},
      {"note=&sold=0", R"({"note":"","sold":"0"})"},
      {"mask=a,b.c", R"({"mask":"a,b.c"})"},
      {"room=x", R"({"room":"x"})"},
      {"rank=0", R"({"rank":0})"},
      {"id=a+b%2B%26&&", R"({"id":"a b+&"})"},
      {"id", "{}"},
  };
  for (const auto& [text, json] : table) EXPECT_EQ(query(text), json) << text;
}

TEST(Transcode, QueryIsRefusedByName) {
  const std::pair<std::string_view, std::string_view> table[] = {
      {"colour=red", R"(the query parameter "colour": library.Book has no field "colour")"},
      {"author.age=1", R"(the query parameter "author.age": library.Author has no field "age"; there is name, born and prizes)"},
      {"author=x", "the query parameter \"author\": library.Book.author is a message, which text can't fill; name a field inside it"},
      {"copies=1", R"(the query parameter "copies": copies is a map, which a query can't fill; a route with a body can)"},
      {"copies.a=1", R"(the query parameter "copies.a": library.Book.copies is no single message, so no field inside it can be named)"},
      {"pages.x=1", R"(the query parameter "pages.x": library.Book.pages is no single message, so no field inside it can be named)"},
      {"pages=1&pages=2", R"(the query parameter "pages": pages is given twice; leave one out)"},
      {"shelf_mark=1&shelfMark=2", R"(the query parameter "shelfMark": shelf_mark is given twice; leave one out)"},
      {"room=x&floor=1", R"(the query parameter "floor": only one of library.Book.place may be given; leave out floor or room)"},
      {"pages=2147483648", R"(the query parameter "pages": library.Book.pages is written as a whole number from -2147483648 to 2147483647, not "2147483648")"},
      {"pages=1.0", R"(the query parameter "pages": library.Book.pages is written as a whole number from -2147483648 to 2147483647, not "1.0")"},
      {"pages=", R"(the query parameter "pages": library.Book.pages is written as a whole number from -2147483648 to 2147483647, not "")"},
      {"stock=-1", R"(the query parameter "stock": library.Book.stock is written as a whole number from 0 to 4294967295, not "-1")"},
      {"weight=inf", R"(the query parameter "weight": library.Book.weight is written as a number within ±1.7976931348623157e+308, not "inf")"},
      {"rating=1e99", R"(the query parameter "rating": library.Book.rating is written as a number within ±3.4028235e+38, not "1e99")"},
      {"lent=1", R"(the query parameter "lent": library.Book.lent is written as true or false, not "1")"},
      {"cover=!!", R"(the query parameter "cover": library.Book.cover is written as a string of base64, not "!!")"},
      {"genre=novel", R"(the query parameter "genre": library.Genre has no value "novel"; there is GENRE_UNKNOWN, NOVEL and POEMS)"},
      {"id=%FF", R"(the query parameter "id" is not percent-encoded UTF-8)"},
      {"%=1", R"(the query parameter "%" is not percent-encoded UTF-8)"},
      {"=1", R"(the query parameter "": library.Book has no field "")"},
  };
  for (const auto& [text, problem] : table) EXPECT_EQ(query(text), problem) << text;
  EXPECT_EQ(request("GET", "/v1/books/7?id=8"), R"(the query parameter "id": id is given twice; leave one out)");
  EXPECT_NE(query("printed=yesterday").find("the query parameter \"printed\": "), std::string::npos);
}

TEST(Transcode, BodyIsTheRequest) {
  EXPECT_EQ(request("POST", "/v1/books", R"({"id":"7","pages":3})"), R"({"id":"7","pages":3})");
  EXPECT_EQ(request("POST", "/v1/books", ""), "{}");
  EXPECT_EQ(request("POST", "/v1/books/9:archive", R"({"id":"7","pages":3})"), R"({"id":"9","pages":3})");
  EXPECT_EQ(request("POST", "/v1/books/9:archive", R"({"id":null})"), R"({"id":"9"})");
  EXPECT_EQ(request("POST", "/v1/books?pages=3", "{}"),
            R"(the query parameter "pages" has no place: the body is the whole request; put it there)");
  EXPECT_EQ(request("POST", "/v1/books", "{\n'id':1}"),
            "the body: 2:1: a single quote where a name in double quotes is expected; strings take double quotes");
}

TEST(Transcode, BodyIsOneField) {
  EXPECT_EQ(request("PUT", "/v1/books/7?pages=3", R"({"name":"Ann"})"), R"({"id":"7","pages":3,"author":{"name":"Ann"}})");
  EXPECT_EQ(request("PUT", "/v1/books/7/tags", R"(["a","b"])"), R"({"id":"7","tags":["a","b"]})");
  EXPECT_EQ(request("PUT", "/v1/books/7?author.name=Bob", "{}"), R"(the query parameter "author.name": the body fills author)");
  EXPECT_EQ(request("PUT", "/v1/books/7", R"({"nam":1})"), R"(the body: 1:2: library.Author has no field "nam"; did you mean name?)");
}

TEST(Transcode, NoBody) {
  EXPECT_EQ(request("POST", "/v1/books/7/touch?pages=1"), R"({"id":"7","pages":1})");
  EXPECT_EQ(request("POST", "/v1/books/7/touch", "{}"), "POST /v1/books/{id}/touch takes no body; leave it out");
}

TEST(Transcode, RawBody) {
  EXPECT_EQ(request("POST", "/v1/uploads/7?force=true", "\xFF\x01", "image/png"),
            R"({"id":"7","file":{"contentType":"image/png","data":"/wE="},"force":true})");
  EXPECT_EQ(request("POST", "/raw", "a=1&b=2", "application/x-www-form-urlencoded"),
            R"({"contentType":"application/x-www-form-urlencoded","data":"YT0xJmI9Mg=="})");
}

TEST(Transcode, RawIsWhatTheRouteSays) {
  EXPECT_FALSE(takes_raw_body(*route("POST", "/v1/books").entry));
  EXPECT_TRUE(takes_raw_body(*route("POST", "/raw").entry));
  EXPECT_TRUE(takes_raw_body(*route("POST", "/v1/uploads/7").entry));
  EXPECT_TRUE(gives_raw_body(*route("POST", "/v1/uploads/7").entry));
  EXPECT_TRUE(gives_raw_body(*route("GET", "/").entry));
  EXPECT_FALSE(gives_raw_body(*route("GET", "/v1/books/7/author").entry));
}

/// The answer for a reply of the method's output type, given as JSON.
Outgoing reply(std::string_view http_method, std::string_view path, std::string_view json) {
  const Router::Match match = route(http_method, path);
  const auto message = library().make(*match.entry->method->output_type());
  EXPECT_TRUE(library().json().parse(json, *message).ok());
  return write_reply(*match.entry, *message, library().json()).value();
}

TEST(Transcode, Replies) {
  EXPECT_EQ(reply("GET", "/v1/books/7", R"({"shelf_mark":"A","isbn":5})").body, R"({"isbn":"5","shelfMark":"A"})");
  EXPECT_EQ(reply("GET", "/v1/books/7/author", R"({"author":{"name":"Ann"}})").body, R"({"name":"Ann"})");
  EXPECT_EQ(reply("GET", "/v1/books/7/author", "{}").body, "{}");
  EXPECT_EQ(reply("PUT", "/v1/books/7/tags", R"({"tags":["a"]})").body, R"(["a"])");
  EXPECT_EQ(reply("PUT", "/v1/books/7/tags", "{}").body, "[]");
  EXPECT_EQ(reply("GET", "/v1/books/7", "{}").content_type, "application/json");
}

TEST(Transcode, RawReplies) {
  const Outgoing home = reply("GET", "/", R"({"contentType":"text/html","data":"PGI+"})");
  EXPECT_TRUE(home.raw);
  EXPECT_EQ(home.content_type, "text/html");
  EXPECT_EQ(home.body, "<b>");
  EXPECT_EQ(reply("POST", "/v1/uploads/7", R"({"page":{"contentType":"text/css","data":"YQ=="}})").body, "a");
}

}  // namespace
}  // namespace holon::gateway
