#include "table/table.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace shop {
namespace {

TEST(Table, gives_cells_by_the_names_of_their_columns) {
  Table table("# source: somewhere\nname\tprice\n\nlamp\t12\nchair\t\n");
  ASSERT_EQ(table.size(), 2u);
  EXPECT_EQ((*table.begin())["price"], "12");
  EXPECT_EQ((*table.begin())["name"], "lamp");
  EXPECT_EQ((*(table.begin() + 1))["price"], "");
  EXPECT_EQ(table.note("source"), "somewhere");
  EXPECT_EQ(table.note("date"), "");
}

TEST(Table, names_the_line_that_is_wrong) {
  try {
    Table table("name\tprice\nlamp\n");
    FAIL() << "a line without a price was taken";
  } catch (const std::invalid_argument& error) {
    EXPECT_STREQ(error.what(), "line 2 has 1 cells, the table has 2 columns");
  }
}

TEST(Table, has_no_column_that_nobody_named) {
  Table table("name\nlamp\n");
  EXPECT_THROW((*table.begin())["price"], std::invalid_argument);
}

}  // namespace
}  // namespace shop
