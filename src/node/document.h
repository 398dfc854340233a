// Document: holon.yaml and what is laid over it, as one tree without variables.
//
//   config::Problems problems;
//   Document document = TRY(load_document(world, {"holon.yaml", {"production"}}, problems));   // and holon.production.yaml
//   std::optional<Manifest> manifest = read_manifest(document.root, …, problems);
//   if (!problems.empty()) std::cerr << config::to_text(problems, document.files);
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "config/yaml.h"
#include "holon/result.h"

namespace holon::env {
class Environment;
}

namespace holon::node {

struct DocumentFiles {
  std::filesystem::path file = "holon.yaml";
  std::vector<std::string> overlays;  ///< "production": holon.production.yaml beside it; the later over the earlier
};

struct Document {
  std::vector<std::string> files;  ///< by config::Place::file
  config::YamlNode root;           ///< null if one of the files is no YAML
};

/// Reads the files and puts values in the place of variables: from the environment of this process, else from the files that
/// `variables:` names. NOT_FOUND if one of the files themselves is not there.
Result<Document> load_document(env::Environment& world, const DocumentFiles& files, config::Problems& problems);

/// The folder of the file, to which all paths in it are relative.
std::filesystem::path folder_of_file(const std::filesystem::path& file);

/// The document as one file that says the same, with everything filled in that holds although it is not said. Secrets are left
/// out: there `${file:…}` stands as it was written, and for those that only their key tells, `${secret:KEY}`.
std::string resolved_yaml(const Document& document);

/// Puts a section of `other` in the place of the one that `document` has.
void take_section(Document& document, const Document& other, const std::string& key);

/// One section of it as a file of its own, secrets included.
std::string section_yaml(const Document& document, const std::string& key);

}  // namespace holon::node
