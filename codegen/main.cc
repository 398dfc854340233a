// protoc-gen-holon: for each contract foo.proto it writes foo.holon.h and foo.holon.cc beside protoc's foo.pb.*:
//
//   protoc --plugin=protoc-gen-holon --cpp_out=DIR --holon_out=DIR shop/cart.proto
//
// A file without services gets both too, all but empty, so that a build knows its outputs without reading contracts.
#include <memory>
#include <string>
#include <vector>

#include "codegen/emit.h"
#include "contract/check.h"
#include "google/protobuf/compiler/code_generator.h"
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

class Generator final : public google::protobuf::compiler::CodeGenerator {
 public:
  // All mistakes of all files at once: who mends one wants to see the next without another build.
  bool GenerateAll(const std::vector<const FileDescriptor*>& files, const std::string& parameter,
                   GeneratorContext* context, std::string* error) const override {
    if (!parameter.empty()) {
      *error = "protoc-gen-holon takes no options, but was given " + parameter + "; remove them from --holon_out";
      return false;
    }
    for (const FileDescriptor* file : files) {
      for (const contract::Mistake& mistake : contract::check(*file)) *error += '\n' + mistake.to_string();
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
