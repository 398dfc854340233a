// Projects that begin: files made of the templates beside this, in templates/, and lines added to those of a project.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "holon/result.h"

namespace holon::cli {

/// Files to be written, by their paths; nothing is written before all of them are known.
using ProjectFiles = std::map<std::filesystem::path, std::string>;

/// INVALID_ARGUMENT, with the remedy, if the name can't be at once a folder, a namespace, a package of a contract, a target of
/// CMake and a service: lower-case words, with digits, joined by "_".
///
/// @param what  that has the name: "app"
Result<void> check_name(const std::string& what, const std::string& name);

/// A new application with one service.
Result<ProjectFiles> new_app(const std::string& app, const std::string& service);

/// Another service: its own files, and those of the project with its lines added.
///
/// @param yaml   the text of the project's holon.yaml
/// @param cmake  of its CMakeLists.txt
/// FAILED_PRECONDITION names the line that is missing there.
Result<ProjectFiles> new_service(const std::string& service, const std::string& yaml, const std::string& cmake);

}  // namespace holon::cli
