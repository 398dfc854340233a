// The contract that the gateway's tests route by: one method for each rule of google.api.http.
#pragma once

#include <google/protobuf/compiler/parser.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/wrappers.pb.h>

#include <set>
#include <string>
#include <string_view>

#include "google/api/annotations.pb.h"
#include "google/api/httpbody.pb.h"
#include "holon/node/v1/node.pb.h"

namespace holon::gateway::testing {

inline constexpr std::string_view library_contract = R"(
syntax = "proto3";
package library;
import "google/api/annotations.proto";
import "google/api/httpbody.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
enum Genre { GENRE_UNKNOWN = 0; NOVEL = 1; POEMS = 2; }
message Author { string name = 1; int64 born = 2; repeated string prizes = 3; }
message Book {
  string id = 1; int32 pages = 2; int64 isbn = 3; double weight = 4; bool lent = 5; bytes cover = 6; Genre genre = 7;
  repeated string tags = 8; Author author = 9; map<string, int32> copies = 10; google.protobuf.Timestamp printed = 11;
  google.protobuf.Duration loan = 12; google.protobuf.StringValue note = 13; string shelf_mark = 14;
  oneof place { string room = 15; int32 floor = 16; } optional int32 rank = 17; uint64 scans = 18; float rating = 19;
  repeated Genre genres = 20; repeated int32 years = 21; google.protobuf.FieldMask mask = 22; google.protobuf.Int64Value sold = 23;
  repeated google.protobuf.Timestamp reprints = 24; uint32 stock = 25;
}
message Upload { string id = 1; google.api.HttpBody file = 2; bool force = 3; }
message Page { string id = 1; google.api.HttpBody page = 2; }
service Library {
  rpc Get(Book) returns (Book) {
    option (google.api.http) = { get: "/v1/books/{id}" additional_bindings { get: "/v1/by/{author.name}/pages/{pages}" } };
  }
  rpc Shelf(Book) returns (Book) { option (google.api.http) = { get: "/v1/{id=shelves/*/books/*}" }; }
  rpc File(Book) returns (Book) { option (google.api.http) = { get: "/v1/files/{id=**}" }; }
  rpc Latest(Book) returns (Book) { option (google.api.http) = { get: "/v1/books/latest" }; }
  rpc Create(Book) returns (Book) { option (google.api.http) = { post: "/v1/books" body: "*" }; }
  rpc Archive(Book) returns (Book) { option (google.api.http) = { post: "/v1/books/{id}:archive" body: "*" }; }
  rpc SetAuthor(Book) returns (Book) { option (google.api.http) = { put: "/v1/books/{id}" body: "author" }; }
  rpc SetTags(Book) returns (Book) { option (google.api.http) = { put: "/v1/books/{id}/tags" body: "tags" response_body: "tags" }; }
  rpc Delete(Book) returns (Book) { option (google.api.http) = { delete: "/v1/books/{id}" }; }
  rpc Author(Book) returns (Book) { option (google.api.http) = { get: "/v1/books/{id}/author" response_body: "author" }; }
  rpc Rank(Book) returns (Book) { option (google.api.http) = { get: "/v1/rank/{rank}/{lent}/{genre}/{cover}" }; }
  rpc Locate(Book) returns (Book) { option (google.api.http) = { custom: { kind: "REPORT" path: "/v1/books/{id}" } }; }
  rpc Any(Book) returns (Book) { option (google.api.http) = { custom: { kind: "*" path: "/v1/any" } }; }
  rpc Touch(Book) returns (Book) { option (google.api.http) = { post: "/v1/books/{id}/touch" }; }
  rpc Put(Upload) returns (Page) { option (google.api.http) = { post: "/v1/uploads/{id}" body: "file" response_body: "page" }; }
  rpc Raw(google.api.HttpBody) returns (google.api.HttpBody) { option (google.api.http) = { post: "/raw" body: "*" }; }
  rpc Home(Book) returns (google.api.HttpBody) { option (google.api.http) = { get: "/" }; }
  rpc Watch(Book) returns (stream Book) { option (google.api.http) = { get: "/v1/watch" }; }
  rpc Inner(Book) returns (Book);
}
)";

/// Adds a file behind all that it imports.
inline void add_with_imports(const google::protobuf::FileDescriptor& file, std::set<std::string>& added,
                             google::protobuf::FileDescriptorSet& files) {
  if (!added.insert(file.name()).second) return;
  for (int i = 0; i < file.dependency_count(); ++i) add_with_imports(*file.dependency(i), added, files);
  file.CopyTo(files.add_file());
}

/// The manifest of a program that serves `service` of this contract.
inline holon::node::v1::Manifest manifest_of(std::string_view contract, const std::string& service) {
  holon::node::v1::Manifest manifest;
  std::set<std::string> added;
  for (const google::protobuf::Descriptor* import :
       {google::protobuf::Duration::descriptor(), google::protobuf::FieldMask::descriptor(),
        google::protobuf::Timestamp::descriptor(), google::protobuf::StringValue::descriptor(),
        google::api::HttpBody::descriptor(), google::api::HttpRule::descriptor()}) {
    add_with_imports(*import->file(), added, *manifest.mutable_contracts());
  }
  add_with_imports(*google::protobuf::DescriptorPool::generated_pool()->FindFileByName("google/api/annotations.proto"), added,
                   *manifest.mutable_contracts());
  google::protobuf::io::ArrayInputStream input(contract.data(), static_cast<int>(contract.size()));
  google::protobuf::io::Tokenizer tokens(&input, nullptr);
  google::protobuf::FileDescriptorProto& file = *manifest.mutable_contracts()->add_file();
  google::protobuf::compiler::Parser().Parse(&tokens, &file);
  file.set_name("test.proto");
  manifest.add_services()->set_contract(service);
  return manifest;
}

inline holon::node::v1::Manifest library_manifest() { return manifest_of(library_contract, "library.Library"); }

}  // namespace holon::gateway::testing
