#include "cmd/holon/table.h"

#include <algorithm>
#include <numeric>

namespace holon::cli {
namespace {

constexpr std::size_t gap = 2;             // columns of the terminal between two of the table
constexpr std::size_t shortened_least = 8;  // "catalog…": less tells nothing

/// What it takes with the gaps between; a column of width 0 is left out.
std::size_t total(const std::vector<std::size_t>& widths) {
  const auto shown = static_cast<std::size_t>(std::ranges::count_if(widths, [](std::size_t width) { return width > 0; }));
  return std::accumulate(widths.begin(), widths.end(), std::size_t{0}) + gap * (shown == 0 ? 0 : shown - 1);
}

/// Columns by their use, the least useful first; of equals the last one.
std::vector<std::size_t> by_use(const std::vector<Column>& columns) {
  std::vector<std::size_t> order(columns.size());
  std::iota(order.rbegin(), order.rend(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return columns[i].use; });
  return order;
}

}  // namespace

void Table::add(std::vector<Cell> row) {
  for (Cell& cell : row) {
    std::ranges::replace_if(cell.text, [](unsigned char byte) { return byte < 0x20 || byte == 0x7f; }, '?');
  }
  rows_.push_back(std::move(row));
}

std::vector<std::size_t> Table::natural_widths() const {
  std::vector<std::size_t> widths;
  for (const Column& column : columns_) widths.push_back(text_width(column.title));
  for (const std::vector<Cell>& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], text_width(row[i].text));
  }
  return widths;
}

/// Columns in which nothing stands are of no use at all.
void Table::leave_out_empty(std::vector<std::size_t>& widths) const {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (std::ranges::all_of(rows_, [i](const std::vector<Cell>& row) { return row[i].text.empty(); })) widths[i] = 0;
  }
}

// Columns are left out, the least useful first, until those that stay can be shortened enough.
std::vector<std::size_t> Table::fitting_widths() const {
  const std::size_t most = terminal_width();
  const std::vector<std::size_t> order = by_use(columns_);
  std::vector<std::size_t> natural = natural_widths();
  if (most != 0 && total(natural) > most) leave_out_empty(natural);
  for (auto leave_out = order.begin();; ++leave_out) {
    std::vector<std::size_t> widths = natural;
    for (std::size_t i : order) {
      if (most == 0 || total(widths) <= most) return widths;
      if (columns_[i].side == Column::right || columns_[i].use == Column::key) continue;
      const std::size_t excess = total(widths) - most;
      const std::size_t least = std::min(widths[i], shortened_least);
      widths[i] = widths[i] > least + excess ? widths[i] - excess : least;
    }
    if (total(widths) <= most || leave_out == order.end() || columns_[*leave_out].use == Column::key) return widths;
    natural[*leave_out] = 0;
  }
}

void Table::print_row(const std::vector<Cell>& row, const std::vector<std::size_t>& widths, const Paint& paint) const {
  std::string line;
  std::size_t pending = 0;  // spaces that are written only if something follows
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (widths[i] == 0) continue;
    const std::string text = shortened(row[i].text, widths[i]);
    const std::size_t padding = widths[i] - std::min(widths[i], text_width(text));
    if (columns_[i].side == Column::right) pending += padding;
    if (!text.empty()) {
      line += std::string(pending, ' ') + paint.tinted(row[i].tone, text);
      pending = 0;
    }
    pending += (columns_[i].side == Column::left ? padding : 0) + gap;
  }
  std::printf("%s\n", line.c_str());
}

void Table::print() const {
  const Paint paint(stdout);
  const std::vector<std::size_t> widths = fitting_widths();
  std::vector<Cell> heading;
  for (const Column& column : columns_) heading.emplace_back(column.title);
  print_row(heading, widths, paint);
  for (const std::vector<Cell>& row : rows_) print_row(row, widths, paint);
}

}  // namespace holon::cli
