// What is wrong with a contract, where, and how to mend it. protoc has checked the language before; this checks what
// holon makes of it: options, routes, and the names of generated code.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace google::protobuf {
class FileDescriptor;
}

namespace holon::contract {

struct Mistake {
  std::string file;  ///< as protoc knows it, relative to its import root
  int line;          ///< from 1; 0 where the descriptor came without source information
  int column;        ///< from 1
  std::string what;  ///< and how to mend it

  /// "shop/cart.proto:12:5: …"
  std::string to_string() const;
};

/// In the order of their places. None: code can be generated.
///
/// @param text  the file's, for exact places inside of options; without it these are the statements'
std::vector<Mistake> check(const google::protobuf::FileDescriptor& file, std::string_view text = {});

}  // namespace holon::contract
