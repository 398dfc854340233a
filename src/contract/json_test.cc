// The interface of Json. The rules of the mapping are in json_good_test.cc, json_bad_test.cc and json_proto2_test.cc.
#include "contract/json.h"

#include <gtest/gtest.h>

#include <limits>
#include <thread>

#include "config/utf8.h"
#include "contract/json_kinds.h"

namespace holon::contract {
namespace {

using google::protobuf::FieldDescriptor;
using kinds::Kinds;

const Json& json() {
  static const Json json(*google::protobuf::DescriptorPool::generated_pool());
  return json;
}

const FieldDescriptor& field(const char* name) { return *Kinds::descriptor()->FindFieldByName(name); }

std::string said(const Result<void>& read) { return read.ok() ? "" : read.error().message(); }

TEST(Json, ReadingAddsToWhatIsThere) {
  Kinds message;
  ASSERT_TRUE(json().parse(R"({"i32":1,"i64":"2","i32s":[1],"node":{"fullName":"a"},"byText":{"a":"1","b":"1"},"oneI32":1})", message).ok());
  ASSERT_TRUE(json().parse(R"({"i32":3,"i32s":[2],"node":{"next":{}},"byText":{"b":"2"},"oneText":"x"})", message).ok());
  EXPECT_EQ(json().print(message).value(), R"({"i32":3,"i64":"2","node":{"fullName":"a","next":{}},"i32s":[1,2],)"
                                           R"("byText":{"a":"1","b":"2"},"oneText":"x"})");
}

TEST(Json, PrintsOnLines) {
  Kinds message;
  ASSERT_TRUE(json().parse(R"({"i32":1,"node":{"children":[{}]},"i32s":[1,2],"byI32":{"1":2},"value":{"a":[]},"any":{"@type":"x/kinds.Node"}})", message).ok());
  EXPECT_EQ(json().print(message, {.lines = true}).value(), R"({
 "i32": 1,
 "node": {
  "children": [
   {}
  ]
 },
 "i32s": [
  1,
  2
 ],
 "byI32": {
  "1": 2
 },
 "value": {
  "a": []
 },
 "any": {
  "@type": "x/kinds.Node"
 }
}
)");
  EXPECT_EQ(json().print(Kinds(), {.lines = true}).value(), "{}\n");
}

TEST(Json, PrintsDefaults) {
  EXPECT_EQ(json().print(kinds::Node(), {.defaults = true}).value(), R"({"fullName":"","children":[]})");
  const std::string all = json().print(Kinds(), {.defaults = true}).value();
  EXPECT_TRUE(all.starts_with(R"({"i32":0,"i64":"0",)")) << all;
  EXPECT_NE(all.find(R"("real":0,"wide":0,"truth":false,"text":"","data":"","diet":"DIET_UNKNOWN","i32s":[])"), all.npos) << all;
  EXPECT_NE(all.find(R"("byText":{})"), all.npos) << all;
  EXPECT_NE(all.find(R"("null":null)"), all.npos) << all;
  for (const char* absent : {"maybe", "one", "\"yes\"", "\"time\"", "\"node\"", "\"wI32\""}) EXPECT_EQ(all.find(absent), all.npos) << absent;
}

TEST(Json, ReadsOneField) {
  Kinds message;
  ASSERT_TRUE(json().parse_field(R"(["a","b"])", field("texts"), message).ok());
  ASSERT_TRUE(json().parse_field(" 4 ", field("i32"), message).ok());
  ASSERT_TRUE(json().parse_field(R"({"fullName":"Ann"})", field("node"), message).ok());
  ASSERT_TRUE(json().parse_field(R"({"a":"1"})", field("by_text"), message).ok());
  ASSERT_TRUE(json().parse_field("\"5\"", field("w_i64"), message).ok());
  ASSERT_TRUE(json().parse_field("null", field("i64"), message).ok());
  ASSERT_TRUE(json().parse_field("null", field("value"), message).ok());
  EXPECT_EQ(json().print(message).value(),
            R"({"i32":4,"node":{"fullName":"Ann"},"texts":["a","b"],"byText":{"a":"1"},"value":null,"wI64":"5"})");
  EXPECT_EQ(said(json().parse_field(R"(4,"text":"x")", field("i32"), message)), "1:2: the value has ended, but there is more");
  EXPECT_EQ(said(json().parse_field(R"("x")", field("node"), message)), "1:1: kinds.Kinds.node is written as an object, not a string");
  EXPECT_EQ(said(json().parse_field("", field("i32"), message)), "1:1: the text ends where a value is expected");
}

TEST(Json, PrintsOneField) {
  Kinds message;
  ASSERT_TRUE(json().parse(R"({"text":"a","texts":["x"],"i64":5,"@odd":"o","wText":"n","byI32":{"1":1},"node":{"next":{}}})", message).ok());
  const std::pair<const char*, const char*> table[] = {
      {"text", "\"a\""}, {"texts", "[\"x\"]"}, {"i64", "\"5\""}, {"odd", "\"o\""}, {"w_text", "\"n\""}, {"by_i32", "{\"1\":1}"},
      {"i32", "0"}, {"u64", "\"0\""}, {"truth", "false"}, {"data", "\"\""}, {"diet", "\"DIET_UNKNOWN\""}, {"null", "null"},
      {"nodes", "[]"}, {"nodes_by_text", "{}"}, {"node", "{\"next\":{}}"}, {"one_node", "{}"}, {"empty", "{}"}, {"time", "null"},
      {"w_i32", "null"}, {"value", "null"}, {"real", "0"}};
  for (const auto& [name, text] : table) EXPECT_EQ(json().print_field(message, field(name)).value(), text) << name;
}

TEST(Json, ReadsBareTexts) {
  struct Case {
    const char* field;
    std::string_view text;
    std::string_view json;  ///< what the message is then, or what is wrong
  };
  const Case table[] = {
      {"i32", "-5", R"({"i32":-5})"}, {"i64", "9007199254740993", R"({"i64":"9007199254740993"})"}, {"u32", "0", "{}"},
      {"real", "1e3", R"({"real":1000})"}, {"wide", "NaN", R"({"wide":"NaN"})"}, {"wide", "-Infinity", R"({"wide":"-Infinity"})"},
      {"truth", "true", R"({"truth":true})"}, {"text", "null", R"({"text":"null"})"}, {"text", "\"", R"({"text":"\""})"},
      {"data", "-_", R"({"data":"+w=="})"}, {"diet", "MEAT", R"({"diet":"MEAT"})"}, {"diet", "2", R"({"diet":"MEAT"})"},
      {"diet", "77", R"({"diet":77})"}, {"i32s", "7", R"({"i32s":[7]})"}, {"diets", "1", R"({"diets":["LEAVES"]})"},
      {"time", "1970-01-01T00:00:00Z", R"({"time":"1970-01-01T00:00:00Z"})"}, {"duration", "1.5s", R"({"duration":"1.500s"})"},
      {"times", "1970-01-01T00:00:01Z", R"({"times":["1970-01-01T00:00:01Z"]})"}, {"mask", "a,bC", R"({"mask":"a,bC"})"},
      {"w_i64", "5", R"({"wI64":"5"})"}, {"w_text", "", R"({"wText":""})"}, {"w_truth", "false", R"({"wTruth":false})"},
      {"w_i32s", "5", R"({"wI32s":[5]})"}, {"maybe_i32", "0", R"({"maybeI32":0})"}, {"null", "NULL_VALUE", "{}"},
      {"i32", "", R"(kinds.Kinds.i32 is written as a whole number from -2147483648 to 2147483647, not "")"},
      {"i32", "1.0", R"(kinds.Kinds.i32 is written as a whole number from -2147483648 to 2147483647, not "1.0")"},
      {"i32", "1e3", R"(kinds.Kinds.i32 is written as a whole number from -2147483648 to 2147483647, not "1e3")"},
      {"i32", "+1", R"(kinds.Kinds.i32 is written as a whole number from -2147483648 to 2147483647, not "+1")"},
      {"i32", "01", R"(kinds.Kinds.i32 is written as a whole number from -2147483648 to 2147483647, not "01")"},
      {"i32", "-0", R"(kinds.Kinds.i32 is written as a whole number from -2147483648 to 2147483647, not "-0")"},
      {"i32", "2147483648", R"(kinds.Kinds.i32 is written as a whole number from -2147483648 to 2147483647, not "2147483648")"},
      {"u64", "-1", R"(kinds.Kinds.u64 is written as a whole number from 0 to 18446744073709551615, not "-1")"},
      {"wide", "inf", R"(kinds.Kinds.wide is written as a number within ±1.7976931348623157e+308, not "inf")"},
      {"real", "1e39", R"(kinds.Kinds.real is written as a number within ±3.4028235e+38, not "1e39")"},
      {"truth", "1", R"(kinds.Kinds.truth is written as true or false, not "1")"},
      {"truth", "TRUE", R"(kinds.Kinds.truth is written as true or false, not "TRUE")"},
      {"data", "*", R"(kinds.Kinds.data is written as a string of base64, not "*")"},
      {"diet", "meat", R"(kinds.Diet has no value "meat"; there is DIET_UNKNOWN, LEAVES, MEAT and NEGATIVE)"},
      {"diet", "01", R"(kinds.Diet has no value "01"; there is DIET_UNKNOWN, LEAVES, MEAT and NEGATIVE)"},
      {"time", "today", R"(kinds.Kinds.time is written as a time like "2026-01-31T12:00:00Z", in the years 1 to 9999, not "today")"},
      {"w_i32", "x", R"(kinds.Kinds.w_i32 is written as a whole number from -2147483648 to 2147483647, not "x")"},
      {"text", "a\xFF", "kinds.Kinds.text is written as a string, not \"a\uFFFD\""},
      {"node", "{}", "kinds.Kinds.node is a message, which text can't fill; name a field inside it"},
      {"structure", "{}", "kinds.Kinds.structure is a message, which text can't fill; name a field inside it"},
      {"value", "1", "kinds.Kinds.value is a message, which text can't fill; name a field inside it"},
      {"by_text", "a", "kinds.Kinds.by_text is a map, which text can't fill; a body can"},
  };
  for (const Case& one : table) {
    Kinds message;
    const Result<void> read = json().parse_bare(one.text, field(one.field), message);
    EXPECT_EQ(read.ok() ? json().print(message).value() : read.error().message(), one.json) << one.field << " " << one.text;
  }
}

TEST(Json, ErrorsCountFromWhereTheTextBegins) {
  Kinds message;
  const JsonText about{.line = 7, .column = 30};
  EXPECT_EQ(said(json().parse(R"({"i32":x})", message, about)),
            "7:37: 'x' where a value is expected; only true, false and null go without quotes");
  EXPECT_EQ(said(json().parse("{\n\"i32\":x}", message, about)),
            "8:7: 'x' where a value is expected; only true, false and null go without quotes");
}

TEST(Json, TextsAreBounded) {
  Kinds message;
  EXPECT_TRUE(json().parse(R"({"i32":1})", message, {.bytes_max = 9}).ok());
  const Result<void> refused = json().parse(R"({"i32":1})", message, {.bytes_max = 8});
  EXPECT_EQ(refused.code(), Code::resource_exhausted);
  EXPECT_EQ(said(refused), "the JSON has 9 bytes; at most 8 are taken");
}

TEST(Json, DepthIsBounded) {
  const auto arrays = [](int depth) { return R"({"value":)" + std::string(depth, '[') + std::string(depth, ']') + "}"; };
  const auto nodes = [](int depth) {
    std::string text = "{";
    for (int i = 1; i < depth; ++i) text += i == 1 ? R"("node":{)" : R"("next":{)";
    return text + std::string(depth, '}');
  };
  Kinds message;
  EXPECT_EQ(said(json().parse(arrays(Json::depth_max - 1), message)), "");
  EXPECT_TRUE(json().print(message).ok());
  EXPECT_EQ(said(json().parse(arrays(Json::depth_max), message)), "1:73: more than 64 objects and arrays in each other");
  EXPECT_EQ(said(json().parse(nodes(Json::depth_max), message)), "");
  EXPECT_NE(said(json().parse(nodes(Json::depth_max + 1), message)), "");
  EXPECT_TRUE(check_json(arrays(Json::depth_max - 1)).ok());
  EXPECT_FALSE(check_json(std::string(1 << 20, '[')).ok());
}

// What comes from the network as bytes may be deeper than what comes as JSON.
TEST(Json, DepthIsBoundedInPrinting) {
  kinds::Node root;
  kinds::Node* node = &root;
  for (int i = 1; i < Json::depth_max; ++i) node = node->mutable_next();
  EXPECT_TRUE(json().print(root).ok());
  node->mutable_next();
  EXPECT_EQ(json().print(root).error().to_string(), "INTERNAL: kinds.Node has no JSON: more than 64 levels");

  google::protobuf::Any any;
  any.PackFrom(kinds::Node());
  for (int i = 0; i < 1000; ++i) {
    google::protobuf::Any outer;
    outer.PackFrom(any);
    any = std::move(outer);
  }
  EXPECT_FALSE(json().print(any).ok());
}

TEST(Json, SaysWhatHasNoJson) {
  const auto why = [](auto change) {
    Kinds message;
    change(message);
    const Result<std::string> printed = json().print(message);
    return printed.ok() ? "" : printed.error().to_string();
  };
  const std::string start = "INTERNAL: kinds.Kinds has no JSON: ";
  EXPECT_EQ(why([](Kinds& m) { m.mutable_time()->set_seconds(253'402'300'800); }),
            start + "a google.protobuf.Timestamp of 253402300800 seconds and 0 nanos is out of range");
  EXPECT_EQ(why([](Kinds& m) { m.mutable_time()->set_nanos(-1); }),
            start + "a google.protobuf.Timestamp of 0 seconds and -1 nanos is out of range");
  EXPECT_EQ(why([](Kinds& m) { m.mutable_duration()->set_seconds(315'576'000'001); }),
            start + "a google.protobuf.Duration of 315576000001 seconds and 0 nanos is out of range");
  EXPECT_EQ(why([](Kinds& m) { m.mutable_duration()->set_seconds(1), m.mutable_duration()->set_nanos(-1); }),
            start + "a google.protobuf.Duration of 1 seconds and -1 nanos is out of range");
  for (const char* path : {"fooBar", "a__b", "a_1", "a_", "_", "", "a,b"}) {
    EXPECT_EQ(why([&](Kinds& m) { m.mutable_mask()->add_paths(path); }),
              start + "the path " + json_quote(path) + " of a google.protobuf.FieldMask");
  }
  EXPECT_EQ(why([](Kinds& m) { m.mutable_value()->set_number_value(std::numeric_limits<double>::infinity()); }),
            start + "a google.protobuf.Value that is no finite number");
  EXPECT_EQ(why([](Kinds& m) { m.mutable_any()->set_type_url("type.googleapis.com/kinds.Nobody"); }),
            start + "no contract here has the type of an Any, \"type.googleapis.com/kinds.Nobody\"");
  EXPECT_EQ(why([](Kinds& m) { m.mutable_any()->set_value("a"); }), start + "no contract here has the type of an Any, \"\"");
  EXPECT_EQ(why([](Kinds& m) {
              m.mutable_any()->set_type_url("type.googleapis.com/kinds.Node");
              m.mutable_any()->set_value("\xFF");
            }),
            start + "an Any that is no kinds.Node");
}

TEST(Json, ChecksTextsOfNoType) {
  EXPECT_TRUE(check_json(R"( [1, "a", {"b": null}] )").ok());
  EXPECT_EQ(said(check_json(R"({"a":{"b":1,"b":2}})")), "1:13: \"b\" is given twice; leave one out");
  EXPECT_EQ(said(check_json("[1,]")), "1:3: a comma before ']'; leave it out");
}

TEST(Json, FindsFieldsByEitherName) {
  EXPECT_EQ(find_field(*Kinds::descriptor(), "maybe_i32"), &field("maybe_i32"));
  EXPECT_EQ(find_field(*Kinds::descriptor(), "maybeI32"), &field("maybe_i32"));
  EXPECT_EQ(find_field(*Kinds::descriptor(), "@odd"), &field("odd"));
  EXPECT_EQ(find_field(*Kinds::descriptor(), "MaybeI32"), nullptr);
}

// All threads meet at tables that are not there yet.
TEST(Json, ThreadsShareOne) {
  const Json shared(*google::protobuf::DescriptorPool::generated_pool());
  constexpr std::string_view text = R"({"node":{"next":{}},"byText":{"a":"1"},"any":{"@type":"x/kinds.Node"},"value":[1]})";
  std::vector<std::string> printed(4);
  std::vector<std::thread> threads;
  for (std::string& into : printed) {
    threads.emplace_back([&] {
      Kinds message;
      if (shared.parse(text, message).ok()) into = shared.print(message).value();
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& one : printed) {
    EXPECT_EQ(one, R"({"node":{"next":{}},"byText":{"a":"1"},"value":[1],"any":{"@type":"x/kinds.Node"}})");
  }
}

TEST(Utf8, KnowsTheBorders) {
  for (std::string_view good : {"", "a", "\xC2\x80", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_TRUE(config::valid_utf8(good)) << testing::PrintToString(good);
  }
  for (std::string_view bad : {"\x80", "\xC0\x80", "\xC1\xBF", "\xC2", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xE2\x82", "\xF0\x8F\xBF\xBF",
                               "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF"}) {
    EXPECT_FALSE(config::valid_utf8(bad)) << testing::PrintToString(bad);
  }
}

}  // namespace
}  // namespace holon::contract
