#include "frontend/picture.h"

#include <gtest/gtest.h>

#include <set>

namespace shop {
namespace {

TEST(Picture, is_an_svg_without_a_place_left_to_paint) {
  const std::string mug = draw_picture("mug.sage.stripes").value();
  EXPECT_TRUE(mug.starts_with("<svg xmlns="));
  EXPECT_TRUE(mug.ends_with("</svg>\n"));
  for (const char* name :
       {"{main}", "{light}", "{dark}", "{accent}", "{surface}", "{wall}", "{floor}", "{tile}", "{drawing}"}) {
    EXPECT_EQ(mug.find(name), std::string::npos) << name;
  }
}

TEST(Picture, each_kind_colour_and_pattern_differs) {
  std::set<std::string> pictures;
  for (const char* kind : {"mug", "lamp", "chair", "shirt", "plant", "book"}) {
    for (const char* colour : {"sage", "ocean", "cream"}) {
      for (const char* pattern : {"plain", "stripes", "dots", "checks", "waves", "speckle", "band"}) {
        EXPECT_TRUE(pictures.insert(draw_picture(std::string(kind) + "." + colour + "." + pattern).value()).second);
      }
    }
  }
}

TEST(Picture, there_is_none_of_another_name) {
  for (const char* name : {"", "mug", "mug.sage", "mug.sage.plain.x", "mug.blue.plain", "mug.sage.stars",
                           "zebra.sage.plain", "../shop.css.plain", "shop.css.plain", "mug.sage.<script>"}) {
    EXPECT_EQ(draw_picture(name).code(), holon::Code::not_found) << name;
  }
}

}  // namespace
}  // namespace shop
