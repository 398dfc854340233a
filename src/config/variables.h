// Variables in the values of a file: what `${NAME}` stands for comes from the environment or from a file.
//
//   ${NAME}              its value; a problem if there is none
//   ${NAME:-otherwise}   the text, if it is not set or empty
//   ${NAME:?what to do}  a problem with these words, if it is not set or empty
//   ${secret:NAME}       its value, as a secret, which is never shown; so with :?
//   ${file:secrets/key}  a file's content, without its last line's end: a secret
//   $$                   a dollar
//
// A value stays the one text that it is, whatever comes in: nothing of it is read as YAML. Keys have no variables.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "config/yaml.h"
#include "holon/result.h"

namespace holon::config {

/// Where values come from.
struct VariableSources {
  std::function<std::optional<std::string>(const std::string& name)> value;
  std::function<Result<std::string>(const std::string& path)> file;
  /// What is set, for "did you mean".
  std::function<std::vector<std::string>()> names = [] { return std::vector<std::string>(); };
};

/// Puts values in the place of the variables in all scalars below `root`. Scalars with a secret are marked as such.
void resolve(YamlNode& root, const VariableSources& sources, Problems& problems);

/// A file of lines `NAME=VALUE`: blank lines and `#` lines are nothing, quotes around a value are taken off, and that is all
/// that is done to it.
/// @param file  which one it is, for the places of problems
std::map<std::string, std::string> parse_variables(std::string_view text, int file, Problems& problems);

/// What `resolve` makes this text of.
std::string escaped(std::string_view text);

}  // namespace holon::config
