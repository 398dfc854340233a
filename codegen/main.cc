// protoc-gen-holon: for each contract foo.proto it writes foo.holon.h and foo.holon.cc beside protoc's foo.pb.*:
//
//   protoc --plugin=protoc-gen-holon --cpp_out=DIR --holon_out=DIR shop/cart.proto
//
// A file without services gets both too, all but empty, so that a build knows its outputs without reading contracts.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "codegen/emit.h"
#include "contract/check.h"
#include "google/protobuf/compiler/code_generator.h"
#include "google/protobuf/compiler/importer.h"
#include "google/protobuf/compiler/plugin.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/io/printer.h"
#include "google/protobuf/io/zero_copy_stream.h"

namespace holon::codegen {

namespace {

using google::protobuf::FileDescriptor;
using google::protobuf::compiler::GeneratorContext;
using google::protobuf::io::Printer;

void write(GeneratorContext& context, const FileDescriptor& file, const std::string& suffix,
           void (*emit)(const FileDescriptor&, Printer&)) {
  const std::unique_ptr<google::protobuf::io::ZeroCopyOutputStream> output(context.Open(stem_of(file) + suffix));
  Printer printer(output.get(), '$');
  emit(file, printer);
}

/// What follows `--holon_opt=`: `import=DIR`, repeated, says where contracts lie, as protoc's -I does, which it does not pass on.
/// With them the places of mistakes are exact inside of options, too.
class Imports {
 public:
  /// False, and `error`, if there is another word in it.
  bool read(const std::string& parameter, std::string& error) {
    std::vector<std::pair<std::string, std::string>> words;
    google::protobuf::compiler::ParseGeneratorParameter(parameter, &words);
    for (const auto& [name, value] : words) {
      if (name != "import") {
        error = "protoc-gen-holon knows no option " + name + "; it takes import=DIR alone";
        return false;
      }
      folders_.MapPath("", value);
    }
    return true;
  }

  /// The text of a contract, or nothing.
  std::string text_of(const FileDescriptor& file) {
    const std::unique_ptr<google::protobuf::io::ZeroCopyInputStream> stream(folders_.Open(file.name()));
    std::string text;
    const void* piece;
    for (int size; stream != nullptr && stream->Next(&piece, &size);) text.append(static_cast<const char*>(piece), size);
    return text;
  }

 private:
  google::protobuf::compiler::DiskSourceTree folders_;
};

class Generator final : public google::protobuf::compiler::CodeGenerator {
 public:
  // All mistakes of all files at once: who mends one wants to see the next without another build.
  bool GenerateAll(const std::vector<const FileDescriptor*>& files, const std::string& parameter,
                   GeneratorContext* context, std::string* error) const override {
    Imports imports;
    if (!imports.read(parameter, *error)) return false;
    for (const FileDescriptor* file : files) {
      for (const contract::Mistake& mistake : contract::check(*file, imports.text_of(*file))) {
        *error += '\n' + mistake.to_string();
      }
    }
    if (!error->empty()) return false;
    for (const FileDescriptor* file : files) {
      write(*context, *file, ".holon.h", emit_header);
      write(*context, *file, ".holon.cc", emit_source);
    }
    return true;
  }

  bool Generate(const FileDescriptor* file, const std::string& parameter, GeneratorContext* context,
                std::string* error) const override {
    return GenerateAll({file}, parameter, context, error);
  }

  std::uint64_t GetSupportedFeatures() const override { return FEATURE_PROTO3_OPTIONAL; }
};

}  // namespace

}  // namespace holon::codegen

int main(int argc, char** argv) {
  const holon::codegen::Generator generator;
  return google::protobuf::compiler::PluginMain(argc, argv, &generator);
}
