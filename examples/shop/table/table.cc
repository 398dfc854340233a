#include "table/table.h"

#include <algorithm>
#include <stdexcept>

namespace shop {

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

Table::Table(std::string_view text) : text_(text) {
  int number = 0;
  for (std::string_view line : split(text, '\n')) {
    ++number;
    if (line.empty() || line.starts_with('#')) continue;
    std::vector<std::string_view> cells = split(line, '\t');
    if (columns_.empty()) {
      columns_ = std::move(cells);
    } else if (cells.size() == columns_.size()) {
      rows_.emplace_back(*this, std::move(cells));
    } else {
      throw std::invalid_argument("line " + std::to_string(number) + " has " + std::to_string(cells.size()) +
                                  " cells, the table has " + std::to_string(columns_.size()) + " columns");
    }
  }
}

std::string_view Table::note(std::string_view name) const {
  const std::string start = "# " + std::string(name) + ": ";
  for (std::string_view line : split(text_, '\n')) {
    if (line.starts_with(start)) return line.substr(start.size());
  }
  return {};
}

std::string_view Table::Row::operator[](std::string_view column) const {
  auto found = std::ranges::find(table_->columns_, column);
  if (found == table_->columns_.end()) throw std::invalid_argument("the table has no column " + std::string(column));
  return cells_[static_cast<std::size_t>(found - table_->columns_.begin())];
}

}  // namespace shop
