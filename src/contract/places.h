// Where the elements of a contract stand in its file.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "contract/route.h"
#include "contract/source_text.h"

namespace google::protobuf {
class FieldDescriptor;
class FileDescriptor;
}  // namespace google::protobuf

namespace holon::contract {

/// A place in a descriptor, as SourceCodeInfo numbers it: field numbers and indices from the file down.
using Path = std::vector<int>;

class Places {
 public:
  /// @param text  of the file, for places inside of options; empty: those have their statement's
  Places(const google::protobuf::FileDescriptor& file, std::string_view text);

  /// Of an element; of one that protoc has not noted, that of the element around it. None without source information.
  std::optional<TextPlace> of(Path path) const;
  /// Inside the value of an option.
  ///
  /// @param options  of an element: its path, and the number of its `options`
  /// @param option   the extension
  std::optional<TextPlace> of_option(Path options, const google::protobuf::FieldDescriptor& option,
                                     const RulePlace& place) const;

 private:
  const google::protobuf::FileDescriptor& file_;
  std::optional<SourceText> text_;
};

}  // namespace holon::contract
