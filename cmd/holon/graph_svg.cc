#include <algorithm>
#include <map>
#include <vector>

#include "cmd/holon/graph.h"
#include "cmd/holon/terminal.h"

namespace holon::cli {
namespace {

using node::v1::ServiceState;

// In pixels.
constexpr int box_width = 168, box_height = 48, between_columns = 88, between_boxes = 20, margin = 24;
constexpr std::size_t letters_max = 20;  // that a box has room for

constexpr const char* look = R"(<style>
text { font: 14px system-ui, sans-serif; fill: #1f2328; text-anchor: middle }
.owner { font-size: 12px; fill: #59636e }
rect { fill: #f6f8fa; stroke: #59636e }
.command { stroke-dasharray: 5 4 }
path { fill: none; stroke: #59636e; marker-end: url(#tip) }
#tip path { fill: #59636e; marker-end: none }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc } .owner { fill: #9198a1 } rect { fill: #151b23; stroke: #9198a1 }
  path { stroke: #9198a1 } #tip path { fill: #9198a1 }
}
</style>
<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0L8 4L0 8z"/></marker></defs>
)";

std::string xml_text(std::string_view text) {
  std::string safe;
  for (char c : text) safe += c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '&' ? "&amp;" : c == '"' ? "&quot;" : std::string{c};
  return safe;
}

/// Where each service stands: a column right of all that call it, and a row of that column.
class Layout {
 public:
  explicit Layout(const node::v1::DescribeReply& graph) {
    for (const ServiceState& service : graph.services()) services_[service.name()] = &service;
    for (const auto& [name, service] : services_) visit(name);
    for (const std::string& name : std::vector(order_.rbegin(), order_.rend())) place(name);
  }

  struct Place {
    int column = 0, row = 0;
    int x() const { return margin + column * (box_width + between_columns); }
    int y() const { return margin + row * (box_height + between_boxes); }
  };
  const std::map<std::string, Place>& places() const { return places_; }
  int width() const { return Place{columns(), 0}.x() - between_columns + margin; }
  int height() const { return Place{0, rows()}.y() - between_boxes + margin; }

 private:
  /// Depth first: `order_` has each service after all that it calls, but for circles.
  void visit(const std::string& name) {
    if (!services_.contains(name) || !places_.try_emplace(name).second) return;
    for (const std::string& callee : services_.at(name)->calls()) visit(callee);
    order_.push_back(name);
  }

  // Callers come first, so a service's column is known when its turn comes; a call back to an earlier one moves nothing.
  void place(const std::string& name) {
    Place& own = places_.at(name);
    own.row = taken_[own.column]++;
    placed_.push_back(name);
    for (const std::string& callee : services_.at(name)->calls()) {
      const auto found = places_.find(callee);
      const bool fixed = std::ranges::find(placed_, callee) != placed_.end();
      if (found != places_.end() && !fixed) found->second.column = std::max(found->second.column, own.column + 1);
    }
  }

  int columns() const { return taken_.empty() ? 1 : taken_.rbegin()->first + 1; }
  int rows() const {
    int most = 1;
    for (const auto& [column, count] : taken_) most = std::max(most, count);
    return most;
  }

  std::map<std::string, const ServiceState*> services_;
  std::map<std::string, Place> places_;
  std::map<int, int> taken_;  // rows, by column
  std::vector<std::string> order_;
  std::vector<std::string> placed_;
};

std::string label(const char* kind, int x, int y, const std::string& text) {
  return "<text class=\"" + std::string(kind) + "\" x=\"" + std::to_string(x) + "\" y=\"" + std::to_string(y) + "\">" +
         xml_text(shortened(text, letters_max)) + "</text>";
}

std::string box(const ServiceState& service, const Layout::Place& at) {
  const bool owned = !service.owner().empty();
  const int middle = at.x() + box_width / 2;
  return "<g><title>" + xml_text(service.contract()) + "</title><rect class=\"" + xml_text(service.kind()) + "\" rx=\"6\" x=\"" +
         std::to_string(at.x()) + "\" y=\"" + std::to_string(at.y()) + "\" width=\"" + std::to_string(box_width) +
         "\" height=\"" + std::to_string(box_height) + "\"/>" +
         label("name", middle, at.y() + (owned ? 21 : 29), service.name()) +
         (owned ? label("owner", middle, at.y() + 38, service.owner()) : "") + "</g>\n";
}

/// A curve from the right of one box to the left of another.
std::string arrow(const Layout::Place& from, const Layout::Place& to) {
  const int x = from.x() + box_width, y = from.y() + box_height / 2;
  const int until_x = to.x(), until_y = to.y() + box_height / 2;
  const int bend = between_columns / 2;
  const auto point = [](int at_x, int at_y) { return std::to_string(at_x) + " " + std::to_string(at_y); };
  return "<path d=\"M" + point(x, y) + "C" + point(x + bend, y) + " " + point(until_x - bend, until_y) + " " +
         point(until_x, until_y) + "\"/>\n";
}

}  // namespace

std::string svg_of(const node::v1::DescribeReply& graph) {
  const Layout layout(graph);
  const std::string width = std::to_string(layout.width()), height = std::to_string(layout.height());
  std::string text = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + width + "\" height=\"" + height +
                     "\" viewBox=\"0 0 " + width + " " + height + "\">\n<title>" + xml_text(graph.app()) + "</title>\n" + look;
  for (const ServiceState& service : graph.services()) {
    for (const std::string& callee : service.calls()) {
      const auto to = layout.places().find(callee);
      if (to != layout.places().end()) text += arrow(layout.places().at(service.name()), to->second);
    }
  }
  for (const ServiceState& service : graph.services()) text += box(service, layout.places().at(service.name()));
  return text + "</svg>\n";
}

}  // namespace holon::cli
