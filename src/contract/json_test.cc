#include "contract/json.h"

#include <google/protobuf/compiler/parser.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/util/message_differencer.h>
#include <google/protobuf/wrappers.pb.h>
#include <gtest/gtest.h>

#include "contract/utf8.h"

namespace holon::contract {
namespace {

using google::protobuf::Message;

constexpr std::string_view contract = R"(
syntax = "proto3";
package zoo;
import "google/protobuf/timestamp.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/wrappers.proto";
enum Diet { DIET_UNKNOWN = 0; LEAVES = 1; MEAT = 2; }
message Keeper { string full_name = 1; int64 badge = 2; repeated string shifts = 3; }
message Animal {
  string name = 1; int32 legs = 2; int64 seen = 3; uint64 born = 4; double weight = 5; bool tame = 6; bytes photo = 7;
  Diet diet = 8; repeated string tags = 9; Keeper keeper = 10; map<string, int32> meals = 11; repeated Keeper former = 12;
  google.protobuf.Timestamp arrived = 13; google.protobuf.Duration nap = 14; google.protobuf.StringValue nick = 15;
  oneof home { string cage = 16; int32 pond = 17; } optional int32 rank = 18; google.protobuf.Value extra = 19;
  map<string, Keeper> keepers = 20; string odd = 21 [json_name = "@odd"]; repeated google.protobuf.Value mixed = 22;
}
)";

/// The contract above as a pool of its own, as a gateway has it.
class Zoo {
 public:
  Zoo() {
    google::protobuf::FileDescriptorProto file;
    for (const auto* import : {google::protobuf::Timestamp::descriptor(), google::protobuf::Duration::descriptor(),
                               google::protobuf::Value::descriptor(), google::protobuf::StringValue::descriptor()}) {
      file.Clear();
      import->file()->CopyTo(&file);
      pool_.BuildFile(file);
    }
    google::protobuf::io::ArrayInputStream input(contract.data(), static_cast<int>(contract.size()));
    google::protobuf::io::Tokenizer tokens(&input, nullptr);
    file.Clear();
    google::protobuf::compiler::Parser().Parse(&tokens, &file);
    file.set_name("zoo.proto");
    pool_.BuildFile(file);
  }
  const google::protobuf::Descriptor& animal() const { return *pool_.FindMessageTypeByName("zoo.Animal"); }
  const google::protobuf::FieldDescriptor& field(const char* name) const { return *animal().FindFieldByName(name); }
  std::unique_ptr<Message> make() { return std::unique_ptr<Message>(factory_.GetPrototype(&animal())->New()); }
  const Json& json() const { return json_; }

 private:
  google::protobuf::DescriptorPool pool_;
  google::protobuf::DynamicMessageFactory factory_;
  Json json_{pool_};
};

Zoo& zoo() {
  static Zoo zoo;
  return zoo;
}

std::string problem_of(std::string_view text) {
  auto message = zoo().make();
  const Result<void> read = zoo().json().parse(text, *message);
  return read.ok() ? "" : read.error().message();
}

/// What comes back after reading and printing.
std::string again(std::string_view text) {
  auto message = zoo().make();
  const Result<void> read = zoo().json().parse(text, *message);
  if (!read.ok()) return read.error().message();
  return zoo().json().print(*message).value();
}

TEST(Json, TakesWhatTheMappingAllows) {
  for (std::string_view text : {
           R"({})", " {\n\t} ", R"({"name":"a\u00e9\ud83d\ude00\n\"\/"})", R"({"legs":4})", R"({"legs":"4"})", R"({"legs":4.0})",
           R"({"legs":4e0})", R"({"seen":"-9223372036854775808"})", R"({"born":"18446744073709551615"})", R"({"weight":"NaN"})",
           R"({"weight":"-Infinity"})", R"({"weight":-0.5E+3})", R"({"photo":"AQI="})", R"({"diet":"MEAT"})", R"({"diet":2})",
           R"({"tags":[]})", R"({"tags":null})", R"({"keeper":null})", R"({"keeper":{"full_name":"x"}})", R"({"meals":{"a":1}})",
           R"({"extra":null})", R"({"extra":{"a":[1,null,"x"]}})", R"({"mixed":[1,null,{"a":1}]})", R"({"nick":"n"})",
           R"({"arrived":"2026-01-31T12:00:00Z"})", R"({"nap":"1.5s"})", R"({"@odd":"x"})", R"({"odd":"x"})", R"({"rank":0})",
           "{\"name\":\"\x7F\"}"}) {
    EXPECT_EQ(problem_of(text), "") << text;
  }
}

TEST(Json, PrintsCamelCaseAndLeavesDefaultsOut) {
  EXPECT_EQ(again(R"({"keeper":{"full_name":"Ann","badge":7},"legs":0,"diet":"MEAT","rank":0})"),
            R"({"diet":"MEAT","keeper":{"fullName":"Ann","badge":"7"},"rank":0})");
  EXPECT_EQ(again(R"({"seen":9007199254740993})"), R"({"seen":"9007199254740993"})");
  EXPECT_EQ(again(R"({"arrived":"2026-01-31T13:00:00.5+01:00","nap":"90s","nick":""})"),
            R"({"arrived":"2026-01-31T12:00:00.500Z","nap":"90s","nick":""})");
}

TEST(Json, RefusesWithThePlace) {
  const std::pair<std::string_view, std::string_view> table[] = {
      {"", "1:1: the text ends where a value is expected"},
      {"{} {}", "1:4: the value has ended, but there is more"},
      {"{'name':1}", "1:2: a single quote where a name in double quotes is expected; strings take double quotes"},
      {"{name:1}", "1:2: 'n' where a name in double quotes is expected"},
      {R"({"name":"a",})", "1:12: a comma before '}'; leave it out"},
      {R"({"tags":["a",]})", "1:13: a comma before ']'; leave it out"},
      {R"({"tags":["a" "b"]})", "1:14: '\"' where ',' or ']' is expected"},
      {"{\"name\":\"a\",\n \"name\":\"b\"}", "2:2: \"name\" is given twice; leave one out"},
      {R"({"keeper":{"full_name":"a","fullName":"b"}})", "1:28: \"fullName\" is given twice; leave one out"},
      {R"({"meals":{"a":1,"a":2}})", "1:17: \"a\" is given twice; leave one out"},
      {R"({"extra":{"a":1,"\u0061":2}})", "1:17: \"a\" is given twice; leave one out"},
      {R"({"colour":"red"})", "1:2: zoo.Animal has no field \"colour\""},
      {"{\"name\":\"é\",\"keeper\":{\"nam\":1}}", "1:23: zoo.Keeper has no field \"nam\"; there is fullName, badge and shifts"},
      {R"({"former":[{"nam":1}]})", "1:13: zoo.Keeper has no field \"nam\"; there is fullName, badge and shifts"},
      {R"({"keepers":{"x":{"nam":1}}})", "1:18: zoo.Keeper has no field \"nam\"; there is fullName, badge and shifts"},
      {"// x\n{}", "1:1: '/' where a value is expected; JSON has no comments"},
      {"{\"name\":\"a\tb\"}", "1:11: a control character in a string; write it as \\n, \\t or \\u00XX"},
      {"{\"name\":\"\xC3\x28\"}", "1:10: bytes that are no UTF-8; JSON is UTF-8"},
      {"{\"name\":\"\xED\xA0\x80\"}", "1:10: bytes that are no UTF-8; JSON is UTF-8"},
      {"\xEF\xBB\xBF{}", "1:1: a byte order mark; JSON goes without"},
      {R"({"name":"\ud800"})", "1:10: the first half of a surrogate pair without the second"},
      {R"({"name":"\ud800\u0041"})", "1:10: the first half of a surrogate pair without the second"},
      {R"({"name":"\udc00"})", "1:10: the second half of a surrogate pair without the first"},
      {R"({"name":"\x41"})", "1:10: an escape that JSON does not have; write \\\\ for a backslash"},
      {R"({"name":"\u12g4"})", "1:10: \\u takes four hex digits"},
      {R"({"name":"a)", "1:9: the string does not end"},
      {R"({"weight":NaN})", "1:11: 'N' where a value is expected; only true, false and null go without quotes"},
      {R"({"weight":-Infinity})", "1:12: 'I' where a digit is expected"},
      {R"({"legs":04})", "1:9: a number that begins with 0; leave the zeros out"},
      {R"({"legs":+4})", "1:9: '+' where a value is expected; a number begins with a digit or '-'"},
      {R"({"legs":.5})", "1:9: '.' where a value is expected; a number begins with a digit or '-'"},
      {R"({"legs":5.})", "1:11: '}' where a digit is expected"},
      {R"({"legs":1e})", "1:11: '}' where a digit is expected"},
      {R"({"legs":true})", "1:9: zoo.Animal.legs is written as a whole number from -2147483648 to 2147483647, not true"},
      {R"({"tame":"true"})", "1:9: zoo.Animal.tame is written as true or false, not \"true\""},
      {R"({"tame":1})", "1:9: zoo.Animal.tame is written as true or false, not 1"},
      {R"({"name":7})", "1:9: zoo.Animal.name is written as a string, not 7"},
      {R"({"tags":"a"})", "1:9: zoo.Animal.tags is written as an array, not a string"},
      {R"({"tags":[null]})", "1:10: null is no element of zoo.Animal.tags; leave it out"},
      {R"({"tags":[["a"]]})", "1:10: zoo.Animal.tags is written as a string, not an array"},
      {R"({"meals":[]})", "1:10: zoo.Animal.meals is written as an object, not an array"},
      {R"({"meals":{"a":null}})", "1:15: null is no value of zoo.Animal.meals; leave the key out"},
      {R"({"keeper":[]})", "1:11: zoo.Animal.keeper is written as an object, not an array"},
      {R"({"tame":tru})", "1:9: 't' where a value is expected; only true, false and null go without quotes"},
      {"[]", "1:1: a zoo.Animal is written as an object, not an array"},
  };
  for (const auto& [text, problem] : table) EXPECT_EQ(problem_of(text), problem) << text;
}

TEST(Json, RefusesValuesOutOfRange) {
  for (std::string_view text :
       {R"({"legs":2147483648})", R"({"legs":1.5})", R"({"legs":"x"})", R"({"legs":" 1"})", R"({"born":-1})", R"({"diet":"GRASS"})",
        R"({"photo":"***"})", R"({"arrived":"yesterday"})", R"({"nap":"1"})", R"({"cage":"a","pond":1})", R"({"weight":1e999})"}) {
    EXPECT_NE(problem_of(text), "") << text;
  }
}

TEST(Json, DepthIsBounded) {
  const auto nested = [](int depth) { return R"({"extra":)" + std::string(depth, '[') + std::string(depth, ']') + "}"; };
  EXPECT_TRUE(check_json(nested(Json::depth_max - 1)).ok());
  EXPECT_FALSE(check_json(nested(Json::depth_max)).ok());
  EXPECT_FALSE(check_json(std::string(1 << 20, '[')).ok());
}

TEST(Json, ReadsOneField) {
  auto message = zoo().make();
  ASSERT_TRUE(zoo().json().parse_field(R"(["a","b"])", zoo().field("tags"), *message).ok());
  ASSERT_TRUE(zoo().json().parse_field("4", zoo().field("legs"), *message).ok());
  ASSERT_TRUE(zoo().json().parse_field(R"({"fullName":"Ann"})", zoo().field("keeper"), *message).ok());
  EXPECT_EQ(zoo().json().print(*message).value(), R"({"legs":4,"tags":["a","b"],"keeper":{"fullName":"Ann"}})");
  EXPECT_EQ(zoo().json().parse_field(R"(4,"name":"x")", zoo().field("legs"), *message).error().message(),
            "1:2: the value has ended, but there is more");
  EXPECT_EQ(zoo().json().parse_field(R"("x")", zoo().field("keeper"), *message).error().message(),
            "1:1: zoo.Animal.keeper is written as an object, not a string");
}

TEST(Json, PrintsOneField) {
  auto message = zoo().make();
  ASSERT_TRUE(zoo().json().parse(R"({"name":"a","tags":["x"],"seen":5,"@odd":"o","nick":"n","meals":{"a":1}})", *message).ok());
  const std::pair<const char*, const char*> table[] = {
      {"name", "\"a\""}, {"tags", "[\"x\"]"}, {"seen", "\"5\""}, {"odd", "\"o\""}, {"nick", "\"n\""}, {"meals", "{\"a\":1}"},
      {"legs", "0"},     {"born", "\"0\""},   {"tame", "false"}, {"photo", "\"\""}, {"diet", "\"DIET_UNKNOWN\""},
      {"former", "[]"},  {"keepers", "{}"},   {"keeper", "{}"},  {"arrived", "null"}};
  for (const auto& [field, text] : table) EXPECT_EQ(zoo().json().print_field(*message, zoo().field(field)).value(), text) << field;
}

TEST(Utf8, KnowsTheBorders) {
  for (std::string_view good : {"", "a", "\xC2\x80", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_TRUE(valid_utf8(good)) << testing::PrintToString(good);
  }
  for (std::string_view bad : {"\x80", "\xC0\x80", "\xC1\xBF", "\xC2", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xE2\x82", "\xF0\x8F\xBF\xBF",
                               "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF"}) {
    EXPECT_FALSE(valid_utf8(bad)) << testing::PrintToString(bad);
  }
}

}  // namespace
}  // namespace holon::contract
