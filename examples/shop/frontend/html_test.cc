#include "frontend/html.h"

#include <gtest/gtest.h>

namespace shop {
namespace {

TEST(Html, escapes_what_is_put_in) {
  const std::string evil = "<script>alert('x' & \"y\")</script>";
  EXPECT_EQ(html("<p title=\"{}\">{}</p>", evil, 7).text(),
            "<p title=\"&lt;script&gt;alert(&#39;x&#39; &amp; &quot;y&quot;)&lt;/script&gt;\">7</p>");
}

TEST(Html, takes_html_as_it_is) {
  Html list = html("<b>{}</b>", "a<b");
  list += html("<i></i>");
  EXPECT_EQ(html("<div>{}</div>", list).text(), "<div><b>a&lt;b</b><i></i></div>");
}

TEST(Html, braces_in_arguments_are_text) { EXPECT_EQ(html("{}{}", "{}", "b").text(), "{}b"); }

}  // namespace
}  // namespace shop
