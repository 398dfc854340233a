// The comments of a contract: read from descriptors, and given back to descriptors that came without them, as those do which
// are compiled into a program.
#pragma once

#include <google/protobuf/descriptor.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace google::protobuf {
class FileDescriptorProto;
}

namespace holon::contract {

/// The comment before an element, or else the one behind it; without markers, indentation and empty lines around it.
std::string comment_text(const google::protobuf::SourceLocation& location);

/// The comment on a service, method, message, field, oneof, enum or value of one; empty if there is none.
template <class Element>
std::string comment_of(const Element& element) {
  google::protobuf::SourceLocation location;
  return element.GetSourceLocation(&location) ? comment_text(location) : "";
}

struct NamedComment {
  std::string name;  ///< the element's full name: "shop.Cart", "shop.Cart.GetCart", "shop.Contents.items"
  std::string text;
};

/// The comments on a service, on its methods, and on every message and enum that their requests and replies lead to, but not
/// on protobuf's own types and google.api's. Each name once.
std::vector<NamedComment> comments_for(const google::protobuf::ServiceDescriptor& service);

/// The comment on the element of this full name, or empty.
using CommentSource = std::function<std::string_view(const std::string& full_name)>;

/// Gives `file`, which has no source information, that of its comments. Lines and columns are 0.
void add_comments(google::protobuf::FileDescriptorProto& file, const CommentSource& comments);

/// Gives `into` the comments of another copy of the same file, where it has none itself.
void merge_comments(const google::protobuf::FileDescriptorProto& from, google::protobuf::FileDescriptorProto& into);

}  // namespace holon::contract
