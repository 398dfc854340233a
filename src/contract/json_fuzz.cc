// JSON of all kinds, good and bad: what is read is printed, and what is printed is read as the same, exactly.
#include <google/protobuf/any.pb.h>
#include <google/protobuf/compiler/parser.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/timestamp.pb.h>

#include <algorithm>
#include <cctype>

#include "contract/json.h"
#include "contract/json_sequence.h"
#include "tests/fuzz/fuzz.h"

namespace holon::contract {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptorProto;
using google::protobuf::Message;
namespace io = google::protobuf::io;

constexpr std::string_view modern = R"(syntax = "proto3"; package f;
import "google/protobuf/any.proto"; import "google/protobuf/duration.proto"; import "google/protobuf/field_mask.proto";
import "google/protobuf/struct.proto"; import "google/protobuf/timestamp.proto"; import "google/protobuf/wrappers.proto";
import "old.proto";
enum E { A = 0; B = 1; C = -1; }
message M {
  int32 i = 1; int64 l = 2; uint32 u = 3; uint64 ul = 4; float f = 5; double d = 6; bool b = 7; string s = 8; bytes y = 9; E e = 10;
  M m = 11; repeated int32 is = 12; repeated M ms = 13; repeated E es = 14; repeated double ds = 15; repeated bytes ys = 16;
  map<string, string> ss = 20; map<int32, M> im = 21; map<bool, E> be = 22; map<uint64, double> ud = 23; map<int64, bytes> ly = 24;
  oneof o { int32 oi = 30; M om = 31; google.protobuf.NullValue on = 32; google.protobuf.Value ov = 33; }
  optional string p_q = 34; Old old = 35;
  google.protobuf.Timestamp t = 40; google.protobuf.Duration du = 41; google.protobuf.FieldMask fm = 42;
  google.protobuf.Struct st = 43; google.protobuf.Value v = 44; google.protobuf.ListValue lv = 45; google.protobuf.Any any = 46;
  google.protobuf.NullValue nv = 47; repeated google.protobuf.Value vs = 48; repeated google.protobuf.NullValue nvs = 49;
  google.protobuf.Int32Value wi = 50; google.protobuf.UInt64Value wu = 51; google.protobuf.DoubleValue wd = 52;
  google.protobuf.BoolValue wb = 53; google.protobuf.StringValue ws = 54; google.protobuf.BytesValue wy = 55;
})";
constexpr std::string_view old = R"(syntax = "proto2"; import "google/protobuf/any.proto";
enum Closed { ONE = 1; TWO = 2; }
message Old { required int32 r = 1; optional Closed c = 2; optional group G = 3 { optional int32 g = 1; } extensions 9 to 11; }
extend Old { optional int32 x = 9; repeated string xs = 10; })";

/// The contracts above, known only while running.
class Contracts {
 public:
  Contracts() {
    const auto& any = *google::protobuf::Any::descriptor();
    const auto& own = *any.file()->pool();
    for (const char* name : {"any", "duration", "field_mask", "struct", "timestamp", "wrappers"}) {
      FileDescriptorProto file;
      own.FindFileByName("google/protobuf/" + std::string(name) + ".proto")->CopyTo(&file);
      pool_.BuildFile(file);
    }
    add("old.proto", old);
    add("modern.proto", modern);
  }
  std::unique_ptr<Message> make() {
    return std::unique_ptr<Message>(factory_.GetPrototype(pool_.FindMessageTypeByName("f.M"))->New());
  }
  const Json& json() const { return json_; }

 private:
  void add(const char* name, std::string_view text) {
    io::ArrayInputStream input(text.data(), static_cast<int>(text.size()));
    io::Tokenizer tokens(&input, nullptr);
    FileDescriptorProto file;
    google::protobuf::compiler::Parser().Parse(&tokens, &file);
    file.set_name(name);
    fuzz_require(pool_.BuildFile(file) != nullptr, "the contract is good");
  }

  DescriptorPool pool_;
  google::protobuf::DynamicMessageFactory factory_{&pool_};
  Json json_{pool_};
};

Contracts& contracts() {
  static Contracts contracts;
  return contracts;
}

std::string bytes_of(const Message& message) {
  std::string bytes;
  io::StringOutputStream stream(&bytes);
  io::CodedOutputStream out(&stream);
  out.SetSerializationDeterministic(true);
  message.SerializePartialToCodedStream(&out);
  out.Trim();
  return bytes;
}

void has_place(const Error& error) {
  const std::string& text = error.message();
  fuzz_require(error.code() == Code::invalid_argument && std::isdigit(static_cast<unsigned char>(text[0])) != 0 &&
                   text.find(": ") != text.npos,
               "an error begins with its place");
}

void print_and_read_again(const Message& message) {
  const Json& json = contracts().json();
  for (const JsonStyle style : {JsonStyle{}, JsonStyle{.lines = true, .defaults = true}}) {
    const Result<std::string> text = json.print(message, style);
    fuzz_require(text.ok(), "what was read is printed");
    const std::unique_ptr<Message> again = contracts().make();
    fuzz_require(json.parse(*text, *again).ok(), "what is printed is read");
    if (style.defaults) continue;  // what proto2 has by default is set then
    fuzz_require(bytes_of(*again) == bytes_of(message), "what is printed is read as the same");
  }
}

void read_message(std::string_view text) {
  const std::unique_ptr<Message> message = contracts().make();
  const Result<void> read = contracts().json().parse(text, *message);
  const Result<void> checked = check_json(text);
  fuzz_require(!read.ok() || checked.ok(), "what is read is JSON");
  if (!checked.ok()) has_place(checked.error());
  if (!read.ok()) return has_place(read.error());
  print_and_read_again(*message);
}

void read_field(std::string_view text, const FieldDescriptor& field, bool bare) {
  const Json& json = contracts().json();
  const std::unique_ptr<Message> message = contracts().make();
  const Result<void> read = bare ? json.parse_bare(text, field, *message) : json.parse_field(text, field, *message);
  if (!read.ok() && !bare) return has_place(read.error());
  if (!read.ok()) return;
  const Result<std::string> printed = json.print_field(*message, field);
  fuzz_require(printed.ok() && check_json(*printed).ok(), "a field that was read is printed");
  print_and_read_again(*message);
}

/// The values that a text is a sequence of, and how it ended.
std::string values_of(std::string_view text, std::size_t piece) {
  constexpr std::size_t bytes_max = 200;
  JsonSequence sequence(bytes_max);
  std::string seen;
  for (std::size_t at = 0; at <= text.size(); at += piece) {
    if (at + piece > text.size()) sequence.end();
    sequence.feed(text.substr(at, piece));
    for (;;) {
      auto value = sequence.next();
      if (!value.ok()) return seen + value.error().message();
      if (!*value) break;
      seen += std::to_string((*value)->line) + ":" + std::to_string((*value)->column) + (*value)->text + '\n';
    }
  }
  return seen;
}

}  // namespace
}  // namespace holon::contract

namespace holon {

std::vector<std::string> fuzz_seeds() {
  constexpr const char* texts[] = {
      R"({"i":-1,"l":"2","u":3e0,"ul":18446744073709551615,"f":0.1,"d":"NaN","b":true,"s":"a\u00e9\ud83d\ude00\n","y":"AQI="})",
      R"({"e":"B","es":[1,"C",7],"is":["1",2.0],"ds":[1e308,"-Infinity",5e-324],"ys":["-_","+/+/"],"pQ":"","p_q":null})",
      R"({"m":{"m":{"ms":[{},{"i":1}]}},"ss":{"b":"1","a":"2"},"im":{"-1":{}},"be":{"true":"A","false":-1},"ud":{"0":0.5},"ly":{"9":""}})",
      R"({"t":"2026-01-31T12:00:00.5+01:00","du":"-1.5s","fm":"a,bC.dE","st":{"x":[null,{"y":1}]},"v":null,"lv":[1,"a",false]})",
      R"({"any":{"@type":"t/f.M","i":1,"any":{"value":"1s","@type":"t/google.protobuf.Duration"}},"nv":null,"nvs":[null,0],"vs":[null,[]]})",
      R"({"wi":1,"wu":"2","wd":0.5,"wb":false,"ws":"","wy":"AA==","on":null})",
      R"({"old":{"r":1,"c":"TWO","g":{"g":2},"[x]":5,"[xs]":["a"]},"oi":1})",
      R"({"any":{"@type":"t/google.protobuf.Any","value":{"@type":"t/google.protobuf.Value","value":[1]}},"ov":{"a":1}})",
      "{\"i\":1}\n{\"s\":\"}{\"} [1] 2 \"x\"",
      "{'i':01,\"s\":\"\\x\",,} // no",
      "2026-01-31T12:00:00Z", "1.5s", "a,bC", "true", "-12", "1e5", "AQI", "Infinity", "B",
  };
  std::vector<std::string> seeds;
  for (std::size_t i = 0; i < std::size(texts); ++i) {
    for (char first : {'\0', static_cast<char>(i + 1), static_cast<char>(0x80 + 40 + i)}) seeds.push_back(first + std::string(texts[i]));
  }
  return seeds;
}

}  // namespace holon

/// The first byte says what the rest is: a message, a field's value, or a bare text.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace holon;
  using namespace holon::contract;
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto& type = *contracts().make()->GetDescriptor();
  if (data[0] == 0) {
    read_message(text);
    fuzz_require(values_of(text, text.size() + 1) == values_of(text, 3), "cuts make no difference");
  } else {
    read_field(text, *type.field((data[0] & 0x7F) % type.field_count()), (data[0] & 0x80) != 0);
  }
  return 0;
}
