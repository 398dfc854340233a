#include "frontend/form.h"

#include <gtest/gtest.h>

namespace shop {
namespace {

holon::Result<Form> parse(std::string data, std::string type = "application/x-www-form-urlencoded") {
  google::api::HttpBody body;
  body.set_content_type(std::move(type));
  body.set_data(std::move(data));
  return Form::parse(body);
}

TEST(Form, decodes_fields) {
  Form form = parse("name=Ada+Lovelace&city=Z%C3%BCrich&note=a%26b%3Dc&empty=&bare&name=second&pad=++x++").value();
  EXPECT_EQ(form.text("name"), "Ada Lovelace");
  EXPECT_EQ(form.text("city"), "Z\xc3\xbcrich");
  EXPECT_EQ(form.text("note"), "a&b=c");
  EXPECT_EQ(form.text("empty"), "");
  EXPECT_EQ(form.text("pad"), "x");
  EXPECT_EQ(form.text("absent"), "");
}

TEST(Form, reads_numbers_in_their_range_only) {
  Form form = parse("a=7&b=7x&c=&d=100&e=-1&f=99999999999").value();
  EXPECT_EQ(form.number("a", 1, 99).value(), 7);
  for (const char* field : {"b", "c", "d", "e", "f", "g"}) {
    EXPECT_EQ(form.number(field, 1, 99).code(), holon::Code::invalid_argument) << field;
  }
}

TEST(Form, refuses_what_is_no_form) {
  EXPECT_EQ(parse("a=%", "application/x-www-form-urlencoded; charset=UTF-8").code(), holon::Code::invalid_argument);
  EXPECT_EQ(parse("a=%4").code(), holon::Code::invalid_argument);
  EXPECT_EQ(parse("a=%zz").code(), holon::Code::invalid_argument);
  EXPECT_EQ(parse("{}", "application/json").code(), holon::Code::invalid_argument);
  EXPECT_EQ(parse(std::string(70'000, 'a')).code(), holon::Code::resource_exhausted);
}

TEST(Cookie, is_found_by_its_whole_name) {
  EXPECT_EQ(cookie("a=1; shop_user=abc; b=2", "shop_user"), "abc");
  EXPECT_EQ(cookie("xshop_user=abc", "shop_user"), "");
  EXPECT_EQ(cookie("shop_user2=abc;shop_user=", "shop_user"), "");
  EXPECT_EQ(cookie("", "shop_user"), "");
}

TEST(PercentEncode, leaves_only_what_is_safe_in_a_query) {
  EXPECT_EQ(percent_encode("a b&c=\xc3\xbc"), "a%20b%26c%3D%C3%BC");
}

}  // namespace
}  // namespace shop
