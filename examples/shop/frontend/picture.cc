#include "frontend/picture.h"

#include <algorithm>
#include <array>
#include <map>
#include <stdexcept>
#include <vector>

#include "embedded/frontend.h"
#include "table/table.h"

namespace shop {
namespace {

struct Palette {
  std::string_view name;
  std::string_view main, light, dark, accent;
  std::string_view wall, floor;  ///< what it stands before
};

constexpr std::array<Palette, 12> palettes{{
    {"sage", "#8fa68c", "#b3c4ae", "#647a63", "#f4efe1", "#eaf0e6", "#d5dfd0"},
    {"ocean", "#2f6f86", "#5b97ab", "#1d4c5e", "#f2e3c6", "#e2eef1", "#c6dce2"},
    {"terracotta", "#c8694a", "#de9075", "#97462c", "#f7e6d3", "#f8e9e1", "#ecd2c5"},
    {"mustard", "#d9a738", "#e9c56f", "#a67c1f", "#3f3a34", "#faf1da", "#efe0b6"},
    {"rose", "#d98c94", "#ebb2b7", "#a9606a", "#fdf3ee", "#fbecec", "#f0d5d5"},
    {"charcoal", "#474c55", "#6d737e", "#2b2f36", "#e3b95b", "#e9ebee", "#d2d6dc"},
    {"sand", "#d2bd96", "#e4d5b8", "#a28c63", "#6a5b45", "#f6f0e4", "#e8dcc6"},
    {"plum", "#76476f", "#9d7197", "#512d4c", "#f0d9b8", "#f0e6ef", "#decbdc"},
    {"forest", "#3f6b4a", "#6b9374", "#274932", "#ead9a8", "#e4eee6", "#c9dccd"},
    {"sky", "#7fb2d6", "#a9cde6", "#4f86ad", "#fff6df", "#e7f2fa", "#cde2f1"},
    {"brick", "#a4423c", "#c26e67", "#752a26", "#f3dcc4", "#f7e5e3", "#e8c9c6"},
    {"cream", "#efe4cb", "#f9f2e2", "#c5b48d", "#b4674a", "#e6e3da", "#d3cebf"},
}};

/// One tile of the surface, drawn over {main}.
struct Pattern {
  std::string_view name;
  std::string_view width, height;
  std::string_view tile;
};

constexpr std::array<Pattern, 7> patterns{{
    {"plain", "400", "400", ""},
    {"stripes", "400", "26", R"(<rect y="15" width="400" height="6" fill="{accent}"/>)"},
    {"dots", "30", "30", R"(
<g fill="{accent}"><circle cx="8" cy="8" r="4.2"/><circle cx="23" cy="23" r="4.2"/></g>)"},
    {"checks", "36", "36", R"(
<path d="M0 9h36M9 0v36" stroke="{accent}" stroke-width="3" opacity=".85"/>
<path d="M0 25h36M25 0v36" stroke="{light}" stroke-width="6" opacity=".55"/>)"},
    {"waves", "44", "22", R"(
<path d="M-11 14q11-12 22 0t22 0t22 0" fill="none" stroke="{accent}" stroke-width="3.4"/>)"},
    {"speckle", "46", "46", R"(
<g fill="{dark}"><circle cx="6" cy="9" r="1.8"/><circle cx="27" cy="5" r="1.2"/><circle cx="38" cy="21" r="2"/>
<circle cx="15" cy="29" r="1.4"/><circle cx="31" cy="39" r="1.6"/></g>
<g fill="{accent}"><circle cx="19" cy="15" r="1.5"/><circle cx="5" cy="40" r="1.7"/>
<circle cx="42" cy="34" r="1.2"/></g>)"},
    // One band in the middle of the picture, where the drawings have their bodies.
    {"band", "400", "400", R"(
<g fill="{accent}"><rect y="222" width="400" height="34"/><rect y="262" width="400" height="6"/></g>)"},
}};

/// What stands for each {name} of a drawing: mostly colours.
using Colours = std::map<std::string_view, std::string_view>;

// Puts `colours` in the places of their {names}; other braces stay.
std::string paint(std::string_view drawing, const Colours& colours) {
  std::string painted;
  for (;;) {
    const std::size_t open = drawing.find('{');
    painted += drawing.substr(0, open);
    if (open == std::string_view::npos) return painted;
    const std::size_t close = std::min(drawing.find('}', open), drawing.size() - 1);
    auto colour = colours.find(drawing.substr(open + 1, close - open - 1));
    painted += colour == colours.end() ? drawing.substr(open, close - open + 1) : colour->second;
    drawing.remove_prefix(close + 1);
  }
}

template <class Named, std::size_t Size>
const Named* find(const std::array<Named, Size>& all, std::string_view name) {
  auto found = std::ranges::find(all, name, &Named::name);
  return found == all.end() ? nullptr : &*found;
}

}  // namespace

holon::Result<std::string> draw_picture(std::string_view name) {
  const std::vector<std::string_view> parts = split(name, '.');
  const holon::Error unknown = holon::not_found("there is no picture \"" + std::string(name) + "\"");
  if (parts.size() != 3) return unknown;
  const Palette* palette = find(palettes, parts[1]);
  const Pattern* pattern = find(patterns, parts[2]);
  if (palette == nullptr || pattern == nullptr) return unknown;
  std::string_view drawing;
  try {
    drawing = embedded::frontend(std::string(parts[0]) + ".svg");
  } catch (const std::out_of_range&) {
    return unknown;
  }
  const Colours colours{{"main", palette->main},     {"light", palette->light}, {"dark", palette->dark},
                        {"accent", palette->accent}, {"wall", palette->wall},   {"floor", palette->floor},
                        {"surface", "url(#p)"}};
  const std::string tile = paint(pattern->tile, colours);
  const std::string thing = paint(drawing, colours);
  Colours all = colours;
  all.insert({{"tile width", pattern->width}, {"tile height", pattern->height}, {"tile", tile}, {"drawing", thing}});
  return paint(embedded::frontend("room.svg"), all);
}

}  // namespace shop
