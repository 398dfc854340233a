// Pictures of products, drawn from their name: "mug.sage.stripes" is pictures/mug.svg in sage, with stripes.
//
// A drawing is the inside of room.svg, 400 by 400. It says {main}, {light}, {dark}, {accent} for the colours of the
// palette, and {surface} for the fill that carries the pattern.
#pragma once

#include <string>
#include <string_view>

#include "holon/result.h"

namespace shop {

/// NOT_FOUND if there is no such kind, colour or pattern.
holon::Result<std::string> draw_picture(std::string_view name);

}  // namespace shop
