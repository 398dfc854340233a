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

struct Pattern {
  std::string_view name;
  std::string_view tile;  ///< the inside of an SVG <pattern> with its attributes, drawn over {main}
};

constexpr std::array<Pattern, 7> patterns{{
    {"plain", R"(width="400" height="400">)"},
    {"stripes", R"(width="400" height="26"><rect y="15" width="400" height="6" fill="{accent}"/>)"},
    {"dots",
     R"(width="30" height="30"><circle cx="8" cy="8" r="4.2" fill="{accent}"/><circle cx="23" cy="23" r="4.2" fill="{accent}"/>)"},
    {"checks",
     R"(width="36" height="36"><path d="M0 9h36M9 0v36" stroke="{accent}" stroke-width="3" opacity=".85"/>)"
     R"(<path d="M0 25h36M25 0v36" stroke="{light}" stroke-width="6" opacity=".55"/>)"},
    {"waves",
     R"(width="44" height="22"><path d="M-11 14q11-12 22 0t22 0t22 0" fill="none" stroke="{accent}" stroke-width="3.4"/>)"},
    {"speckle",
     R"(width="46" height="46"><g fill="{dark}"><circle cx="6" cy="9" r="1.8"/><circle cx="27" cy="5" r="1.2"/>)"
     R"(<circle cx="38" cy="21" r="2"/><circle cx="15" cy="29" r="1.4"/><circle cx="31" cy="39" r="1.6"/></g>)"
     R"(<g fill="{accent}"><circle cx="19" cy="15" r="1.5"/><circle cx="5" cy="40" r="1.7"/><circle cx="42" cy="34" r="1.2"/></g>)"},
    // One band in the middle of the picture, where the drawings have their bodies.
    {"band", R"(width="400" height="400"><rect y="222" width="400" height="34" fill="{accent}"/>)"
             R"(<rect y="262" width="400" height="6" fill="{accent}"/>)"},
}};

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

constexpr std::string_view opening =
    R"svg(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400"><defs>)svg"
    R"svg(<radialGradient id="w" cx=".5" cy=".38" r=".75"><stop offset="0" stop-color="#fff"/><stop offset="1" stop-color="{wall}"/></radialGradient>)svg"
    R"svg(<radialGradient id="s"><stop offset=".3" stop-color="{dark}" stop-opacity=".38"/><stop offset="1" stop-color="{dark}" stop-opacity="0"/></radialGradient>)svg"
    R"svg(<linearGradient id="h"><stop offset="0" stop-color="#fff" stop-opacity=".38"/><stop offset=".4" stop-color="#fff" stop-opacity="0"/><stop offset=".62" stop-color="#000" stop-opacity="0"/><stop offset="1" stop-color="#000" stop-opacity=".24"/></linearGradient>)svg"
    R"svg(<linearGradient id="o" y2="1" x2="0"><stop offset="0" stop-color="#d9b384"/><stop offset="1" stop-color="#a87b4c"/></linearGradient>)svg"
    R"svg(<linearGradient id="m"><stop offset="0" stop-color="#f4f1ea"/><stop offset=".5" stop-color="#b9b5ab"/><stop offset="1" stop-color="#7f7b73"/></linearGradient>)svg"
    R"svg(<pattern id="p" patternUnits="userSpaceOnUse" )svg";

constexpr std::string_view room =
    R"svg(</pattern></defs><rect width="400" height="400" fill="{wall}"/><rect width="400" height="400" fill="url(#w)"/>)svg"
    R"svg(<path d="M0 318h400v82H0z" fill="{floor}"/><path d="M0 318h400v14H0z" fill="#fff" opacity=".28"/>)svg";

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
  std::string picture(opening);
  picture.append(pattern->tile);
  picture.insert(picture.find('>', opening.size()) + 1, R"(<rect width="400" height="400" fill="{main}"/>)");
  picture.append(room).append(drawing).append("</svg>");
  return paint(picture, colours);
}

}  // namespace shop
