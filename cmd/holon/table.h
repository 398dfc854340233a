// Table: rows of cells in aligned columns on standard output, as wide as the terminal at most.
//
//   Table table({{"HOST", Column::key}, {"PID", 5, Column::right}, {"OWNER", 2}});
//   table.add({"cart.0", "4711", "team-basket"});
//   table.print();
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "cmd/holon/terminal.h"

namespace holon::cli {

struct Column {
  enum Side { left, right };
  static constexpr int key = 10;

  std::string title;
  /// Where the terminal is too narrow, what is of less use is shortened, and then left out, before what is of more. Numbers, which
  /// stand to the right, are never shortened; what is `key` stays.
  int use = 5;
  Side side = left;
};

struct Cell {
  Cell(std::string what, Tone how = Tone::plain) : text(std::move(what)), tone(how) {}
  Cell(const char* what) : text(what) {}

  std::string text;  ///< UTF-8; control characters are shown as "?"
  Tone tone = Tone::plain;
};

class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
  /// @param row  a cell for each column
  void add(std::vector<Cell> row);
  bool empty() const { return rows_.empty(); }
  void print() const;

 private:
  std::vector<std::size_t> natural_widths() const;
  void leave_out_empty(std::vector<std::size_t>& widths) const;
  std::vector<std::size_t> fitting_widths() const;
  void print_row(const std::vector<Cell>& row, const std::vector<std::size_t>& widths, const Paint& paint) const;

  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace holon::cli
