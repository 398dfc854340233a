#include "cmd/holon/new_project.h"

#include <algorithm>

#include "contract/cpp_names.h"
#include "embedded/new_project.h"

namespace holon::cli {
namespace {

constexpr std::string_view marker = "# holon new service adds lines above this one\n";
constexpr std::size_t name_bytes_max = 40;

// Namespaces and targets that are there already.
constexpr std::string_view taken[] = {"all",  "app",     "clean",  "google", "help",  "holon", "install", "linux",
                                      "main", "package", "rebuild_cache", "std", "test", "tests", "testing", "unix"};

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// "order_book", and no word that begins with a digit: it would be lost when words become CamelCase.
bool is_snake_case(const std::string& name) {
  bool begins = true;
  for (const char c : name) {
    if (c == '_' ? begins : !is_lower(c) && (begins || !is_digit(c))) return false;
    begins = c == '_';
  }
  return !begins;
}

/// "order_book" is "OrderBook".
std::string camel_case(const std::string& name) {
  std::string camel;
  bool begins = true;
  for (const char c : name) {
    if (c != '_') camel += begins ? static_cast<char>(c - 'a' + 'A') : c;
    begins = c == '_';
  }
  return camel;
}

void replace_all(std::string& text, std::string_view word, std::string_view by) {
  for (std::size_t at = text.find(word); at != text.npos; at = text.find(word, at + by.size())) {
    text.replace(at, word.size(), by);
  }
}

class Templates {
 public:
  Templates(const std::string& app, const std::string& service) : app_(app), service_(service) {}

  std::string fill(std::string_view name) const {
    std::string text(embedded::new_project(name));
    replace_all(text, "@app@", app_);
    replace_all(text, "@service@", service_);
    replace_all(text, "@Class@", camel_case(service_));
    return text;
  }

  void add_service(ProjectFiles& files) const {
    const std::filesystem::path folder = service_;
    files[folder / (service_ + ".proto")] = fill("service.proto.in");
    files[folder / (service_ + ".h")] = fill("service.h.in");
    files[folder / (service_ + ".cc")] = fill("service.cc.in");
    files[folder / (service_ + "_test.cc")] = fill("service_test.cc.in");
  }

 private:
  std::string app_, service_;
};

Error missing(const std::string& file, const std::string& line, const std::string& wanted) {
  return failed_precondition(file + " has no " + line + ", so it is not known where to add " + wanted +
                             "; write it there, or add the service by hand as docs/getting-started.md shows");
}

/// The name that `app:` gives.
Result<std::string> app_of(const std::string& yaml) {
  std::size_t at = yaml.starts_with("app: ") ? 0 : yaml.find("\napp: ");
  if (at == yaml.npos) return missing("holon.yaml", "line `app: NAME`", "the service");
  at = yaml.find(": ", at) + 2;
  std::string name = yaml.substr(at, yaml.find_first_of(" #\r\n", at) - at);
  HOLON_TRY(check_name("app", name));
  return name;
}

Result<void> add_line(std::string& text, const std::string& file, const std::string& line) {
  const std::size_t at = text.find(marker);
  if (at == text.npos) return missing(file, "line `" + std::string(marker.substr(0, marker.size() - 1)) + "`", line);
  const std::size_t begin = text.rfind('\n', at) + 1;
  text.insert(begin, text.substr(begin, at - begin) + line + "\n");
  return {};
}

/// Adds a name before the `end` of the list that begins with `begin`.
Result<void> add_to_list(std::string& text, const std::string& file, const std::string& begin, char end,
                         const std::string& name) {
  const std::size_t at = text.find(begin);
  const std::size_t close = at == text.npos ? text.npos : text.find(end, at);
  if (close == text.npos) return missing(file, "list `" + begin + "…" + end + "`", name);
  text.insert(close, name);
  return {};
}

}  // namespace

Result<void> check_name(const std::string& what, const std::string& name) {
  const std::string where = "the " + what + " can't be called \"" + name + "\": ";
  if (!is_snake_case(name)) {
    return invalid_argument(where + "it becomes a folder, a namespace and a target of CMake; use lower-case words of letters and "
                                    "digits, joined by _, as in order_book");
  }
  if (name.size() > name_bytes_max) {
    return invalid_argument(where + "it is longer than " + std::to_string(name_bytes_max) + " characters; shorten it");
  }
  if (contract::is_cpp_keyword(name) || std::ranges::find(taken, name) != std::end(taken)) {
    return invalid_argument(where + "C++, CMake or holon has that word already; use another one, as in " + name + "_desk");
  }
  return {};
}

Result<ProjectFiles> new_app(const std::string& app, const std::string& service) {
  HOLON_TRY(check_name("app", app));
  HOLON_TRY(check_name("service", service));
  if (app == service) {
    return invalid_argument("the app and its service are both called " + app +
                            ", and each has a program of its name; call the service otherwise by --service NAME");
  }
  const Templates templates(app, service);
  ProjectFiles files;
  files["CMakeLists.txt"] = templates.fill("CMakeLists.txt.in");
  files["holon.yaml"] = templates.fill("holon.yaml.in");
  files["README.md"] = templates.fill("README.md.in");
  files[".gitignore"] = templates.fill("gitignore.in");
  templates.add_service(files);
  return files;
}

Result<ProjectFiles> new_service(const std::string& service, const std::string& yaml, const std::string& cmake) {
  HOLON_TRY(check_name("service", service));
  const std::string app = HOLON_TRY(app_of(yaml));
  if (app == service) return invalid_argument("the app is called " + app + " already; call the service otherwise");
  ProjectFiles files;
  std::string& new_yaml = files["holon.yaml"] = yaml;
  HOLON_TRY(add_line(new_yaml, "holon.yaml", service + ": {program: bin/" + service + "}"));
  HOLON_TRY(add_to_list(new_yaml, "holon.yaml", "services: [", ']', ", " + service));
  std::string& new_cmake = files["CMakeLists.txt"] = cmake;
  HOLON_TRY(add_line(new_cmake, "CMakeLists.txt", "app_service(" + service + " " + camel_case(service) + "Service)"));
  HOLON_TRY(add_to_list(new_cmake, "CMakeLists.txt", "holon_program(" + app + " SERVICES", ')', " " + service));
  Templates(app, service).add_service(files);
  return files;
}

}  // namespace holon::cli
