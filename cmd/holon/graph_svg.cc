#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "cmd/holon/graph.h"
#include "cmd/holon/terminal.h"

namespace holon::cli {
namespace {

using node::v1::ServiceState;

// In pixels.
constexpr int box_width = 168, box_height = 48, between_columns = 88, between_boxes = 20, between_lanes = 14, margin = 24;
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

struct Point {
  int x = 0, y = 0;
};

/// Where each service stands: a column right of all that call it, and a row of that column. Whom a call passes on its way to a
/// column further on, it passes below, in a lane that all calls of its callee share.
class Layout {
 public:
  explicit Layout(const node::v1::DescribeReply& graph) {
    for (const ServiceState& service : graph.services()) services_[service.name()] = &service;
    for (const auto& [name, service] : services_) visit(name);
    for (const std::string& name : std::vector(order_.rbegin(), order_.rend())) place(name);
    for (const auto& [name, service] : services_) {
      for (const std::string& callee : service->calls()) open_lanes(name, callee);
    }
    for (const auto& [column, rows] : columns_) height_ = std::max(height_, height_of(column));
  }

  bool has(const std::string& name) const { return places_.contains(name); }
  /// The upper left corner of a service's box.
  Point corner(const std::string& name) const {
    const Place& place = places_.at(name);
    return {x_of(place.column), top_of(place.column) + place.row * (box_height + between_boxes)};
  }
  /// Where a call goes: from the right of the caller's box, into and out of each lane, to the left of the callee's.
  std::vector<Point> way(const std::string& caller, const std::string& callee) const {
    const Point from = corner(caller), to = corner(callee);
    std::vector<Point> points = {{from.x + box_width, from.y + box_height / 2}};
    for (int column = places_.at(caller).column + 1; column < places_.at(callee).column; ++column) {
      const int below = columns_.at(column).boxes * (box_height + between_boxes);
      const int y = top_of(column) + below + columns_.at(column).lanes.at(callee) * between_lanes;
      points.push_back({x_of(column), y});
      points.push_back({x_of(column) + box_width, y});
    }
    points.push_back({to.x, to.y + box_height / 2});
    return points;
  }
  int width() const { return x_of(columns_.empty() ? 1 : columns_.rbegin()->first + 1) - between_columns + margin; }
  int height() const { return height_ + 2 * margin; }

 private:
  struct Place {
    int column = 0, row = 0;
  };
  struct Column {
    int boxes = 0;
    std::map<std::string, int> lanes;  // by callee
  };

  /// Depth first: `order_` has each service after all that it calls, but for circles.
  void visit(const std::string& name) {
    if (!services_.contains(name) || !places_.try_emplace(name).second) return;
    for (const std::string& callee : services_.at(name)->calls()) visit(callee);
    order_.push_back(name);
  }

  // Callers come first, so a service's column is known when its turn comes; a call back to an earlier one moves nothing.
  void place(const std::string& name) {
    Place& own = places_.at(name);
    own.row = columns_[own.column].boxes++;
    placed_.insert(name);
    for (const std::string& callee : services_.at(name)->calls()) {
      if (!has(callee) || placed_.contains(callee)) continue;
      places_.at(callee).column = std::max(places_.at(callee).column, own.column + 1);
    }
  }

  void open_lanes(const std::string& caller, const std::string& callee) {
    if (!has(callee)) return;
    for (int column = places_.at(caller).column + 1; column < places_.at(callee).column; ++column) {
      std::map<std::string, int>& lanes = columns_[column].lanes;
      lanes.try_emplace(callee, static_cast<int>(lanes.size()));
    }
  }

  static int x_of(int column) { return margin + column * (box_width + between_columns); }
  int height_of(int column) const {
    const Column& of = columns_.at(column);
    return of.boxes * (box_height + between_boxes) - between_boxes + static_cast<int>(of.lanes.size()) * between_lanes;
  }
  int top_of(int column) const { return margin + (height_ - height_of(column)) / 2; }

  std::map<std::string, const ServiceState*> services_;
  std::map<std::string, Place> places_;
  std::map<int, Column> columns_;
  std::vector<std::string> order_;
  std::set<std::string> placed_;
  int height_ = 0;
};

std::string label(const char* kind, int x, int y, const std::string& text) {
  return "<text class=\"" + std::string(kind) + "\" x=\"" + std::to_string(x) + "\" y=\"" + std::to_string(y) + "\">" +
         xml_text(shortened(text, letters_max)) + "</text>";
}

std::string box(const ServiceState& service, Point at) {
  const bool owned = !service.owner().empty();
  const int middle = at.x + box_width / 2;
  return "<g><title>" + xml_text(service.contract()) + "</title><rect class=\"" + xml_text(service.kind()) + "\" rx=\"6\" x=\"" +
         std::to_string(at.x) + "\" y=\"" + std::to_string(at.y) + "\" width=\"" + std::to_string(box_width) +
         "\" height=\"" + std::to_string(box_height) + "\"/>" +
         label("name", middle, at.y + (owned ? 21 : 29), service.name()) +
         (owned ? label("owner", middle, at.y + 38, service.owner()) : "") + "</g>\n";
}

std::string point(int x, int y) { return std::to_string(x) + " " + std::to_string(y); }

/// Curves between columns, and straight lines within lanes.
std::string arrow(const std::vector<Point>& way) {
  constexpr int bend = between_columns / 2;
  std::string path = "M" + point(way[0].x, way[0].y);
  for (std::size_t i = 1; i < way.size(); ++i) {
    const Point from = way[i - 1], to = way[i];
    path += i % 2 == 0 ? "L" : "C" + point(from.x + bend, from.y) + " " + point(to.x - bend, to.y) + " ";
    path += point(to.x, to.y);
  }
  return "<path d=\"" + path + "\"/>\n";
}

}  // namespace

std::string svg_of(const node::v1::DescribeReply& graph) {
  const Layout layout(graph);
  const std::string width = std::to_string(layout.width()), height = std::to_string(layout.height());
  std::string text = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + width + "\" height=\"" + height +
                     "\" viewBox=\"0 0 " + width + " " + height + "\">\n<title>" + xml_text(graph.app()) + "</title>\n" + look;
  for (const ServiceState& service : graph.services()) {
    for (const std::string& callee : service.calls()) {
      if (layout.has(callee)) text += arrow(layout.way(service.name(), callee));
    }
  }
  for (const ServiceState& service : graph.services()) text += box(service, layout.corner(service.name()));
  return text + "</svg>\n";
}

}  // namespace holon::cli
