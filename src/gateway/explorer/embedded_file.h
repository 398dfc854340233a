// A file that was linked into the program: cmake/HolonEmbed.cmake.
#pragma once

#include <span>
#include <string_view>

namespace holon {

struct EmbeddedFile {
  std::string_view name;  ///< without folders
  std::string_view bytes;
};

}  // namespace holon
