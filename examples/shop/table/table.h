// Tables of data: tab-separated text, `#` comments, the first other line names the columns.
//
//   shop::Table rates(embedded::currency("rates.tsv"));
//   for (const shop::Table::Row& row : rates) use(row["code"], row["rate"]);
//
// Data files are linked into the programs (holon_embed in CMakeLists.txt), so a wrong one is a bug:
// std::invalid_argument names the line.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace shop {

class Table {
 public:
  class Row {
   public:
    Row(const Table& table, std::vector<std::string_view> cells) : table_(&table), cells_(std::move(cells)) {}
    /// The cell below the column of this name; throws std::invalid_argument if there is no such column.
    std::string_view operator[](std::string_view column) const;

   private:
    const Table* table_;
    std::vector<std::string_view> cells_;
  };

  /// `text` outlives the table.
  explicit Table(std::string_view text);
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  auto begin() const { return rows_.begin(); }
  auto end() const { return rows_.end(); }
  std::size_t size() const { return rows_.size(); }

  /// What a comment `# name: value` says, or empty.
  std::string_view note(std::string_view name) const;

 private:
  std::string_view text_;
  std::vector<std::string_view> columns_;
  std::vector<Row> rows_;
};

/// The parts of `text` between `separator`s, empty ones included.
std::vector<std::string_view> split(std::string_view text, char separator);

}  // namespace shop
