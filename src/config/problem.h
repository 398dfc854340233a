// Problem: what is wrong in a file that people wrote, where, and the remedy. All of a file's problems are named at once.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace holon::config {

/// Where something stands in the file, from 1.
struct Place {
  int line = 1;
  int column = 1;
  int file = 0;  ///< which one, of several that are read together
  bool operator==(const Place&) const = default;
};

struct Problem {
  Place place;
  std::string what;  ///< and the remedy
};
using Problems = std::vector<Problem>;

/// A text, and where it stands.
struct Named {
  std::string text;
  Place place;
};

/// "FILE:3:5: what is wrong, and the remedy", a line each, in order of place.
std::string to_text(Problems problems, std::string_view file);
/// The same, of several files: Place::file says which.
std::string to_text(Problems problems, const std::vector<std::string>& files);

}  // namespace holon::config
