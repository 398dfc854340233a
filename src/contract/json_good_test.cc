// What the mapping allows, rule by rule: each text is read into messages with and without generated code, printed, and what is
// printed is read by protobuf's own reader as the same message.
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <array>
#include <set>

#include "contract/catalog.h"
#include "contract/json.h"
#include "contract/json_kinds.h"

namespace holon::contract {
namespace {

struct Vector {
  const char* name;
  std::string_view in;
  std::string_view out = "";  ///< as it is printed; empty for `in` as it is
};

constexpr Vector fields[] = {
    {"nothing", "{}"},
    {"space everywhere", " \t\r\n{ \"i32\" :\n1 , \"i64\" : \"2\" } ", R"({"i32":1,"i64":"2"})"},
    {"lowerCamelCase", R"({"maybeI32":1})"},
    {"name as in the contract", R"({"maybe_i32":1})", R"({"maybeI32":1})"},
    {"json_name", R"({"@odd":"x"})"},
    {"name beside json_name", R"({"odd":"x"})", R"({"@odd":"x"})"},
    {"name with capitals", R"({"Upper_case9name":"x"})", R"({"UpperCase9name":"x"})"},
    {"name that begins with underscores", R"({"__under":"x"})", R"({"Under":"x"})"},
    {"name with escapes", R"({"\u0069\u00332":1})", R"({"i32":1})"},
    {"order is by number", R"({"node":{},"text":"a","i32":1})", R"({"i32":1,"text":"a","node":{}})"},
    {"null is not given", R"({"i32":null,"text":null,"node":null,"data":null,"diet":null,"truth":null})", "{}"},
    {"null is not given, repeated", R"({"i32s":null,"nodes":null,"byText":null,"values":null,"nulls":null})", "{}"},
    {"null is not given, well-known", R"({"time":null,"duration":null,"mask":null,"structure":null,"list":null,"any":null})", "{}"},
    {"null is not given, wrapper", R"({"wI32":null,"wText":null})", "{}"},
    {"null is not given, optional", R"({"maybeI32":null})", "{}"},
    {"default is left out", R"({"i32":0,"text":"","truth":false,"real":0.0,"diet":"DIET_UNKNOWN","data":"","i32s":[],"byText":{}})", "{}"},
    {"optional keeps its default", R"({"maybeI32":0,"maybeText":"","maybeDiet":"DIET_UNKNOWN","maybeData":""})"},
    {"empty message is there", R"({"node":{}})"},
    {"messages in each other", R"({"node":{"fullName":"a","next":{"next":{}},"children":[{},{"fullName":"b"}]}})"},
};

constexpr Vector numbers[] = {
    {"int32 least", R"({"i32":-2147483648})"},
    {"int32 largest", R"({"i32":2147483647})"},
    {"int32 as string", R"({"i32":"-12"})", R"({"i32":-12})"},
    {"int32 with exponent", R"({"i32":12e2})", R"({"i32":1200})"},
    {"int32 with capital exponent", R"({"i32":12E+2})", R"({"i32":1200})"},
    {"int32 with exponent in a string", R"({"i32":"1e3"})", R"({"i32":1000})"},
    {"int32 with a fraction of zeros", R"({"i32":7.000})", R"({"i32":7})"},
    {"int32 with a fraction in a string", R"({"i32":"7.0"})", R"({"i32":7})"},
    {"int32 with a negative exponent", R"({"i32":700e-2})", R"({"i32":7})"},
    {"int32 whose exponent takes the fraction", R"({"i32":1.25e2})", R"({"i32":125})"},
    {"int32 largest with exponent", R"({"i32":2.147483647e9})", R"({"i32":2147483647})"},
    {"int32 least with exponent", R"({"i32":-2.147483648e9})", R"({"i32":-2147483648})"},
    {"zero with a large exponent", R"({"i32":0e999999999999999999999})", "{}"},
    {"zero with many digits", R"({"i32":0.0000000000000000000000000000000000000000})", "{}"},
    {"negative zero", R"({"i32":-0})", "{}"},
    {"unsigned negative zero", R"({"u32":-0})", "{}"},
    {"number with many zeros after the point", R"({"i32":1.00000000000000000000000000000000000000000})", R"({"i32":1})"},
    {"number that is small before its exponent", R"({"i32":0.00000000000000000000000000000001e32})", R"({"i32":1})"},
    {"digits in escapes", R"({"i32":"\u0031\u0032"})", R"({"i32":12})"},
    {"sint32", R"({"s32":-5})"},
    {"sint64", R"({"s64":"-5"})"},
    {"fixed32", R"({"f32":4294967295})"},
    {"fixed64", R"({"f64":"18446744073709551615"})"},
    {"sfixed32", R"({"sf32":-2147483648})"},
    {"sfixed64", R"({"sf64":"-9223372036854775808"})"},
    {"int64 as number", R"({"i64":-9223372036854775808})", R"({"i64":"-9223372036854775808"})"},
    {"int64 largest", R"({"i64":"9223372036854775807"})"},
    {"int64 that no double has", R"({"i64":9007199254740993})", R"({"i64":"9007199254740993"})"},
    {"int64 with exponent, exact", R"({"i64":9.007199254740993e15})", R"({"i64":"9007199254740993"})"},
    {"uint32 largest", R"({"u32":4294967295})"},
    {"uint64 largest", R"({"u64":18446744073709551615})", R"({"u64":"18446744073709551615"})"},
    {"uint64 largest with exponent", R"({"u64":1.8446744073709551615E19})", R"({"u64":"18446744073709551615"})"},
    {"double", R"({"wide":0.1})"},
    {"double as string", R"({"wide":"-1.5e3"})", R"({"wide":-1500})"},
    {"double with 17 digits", R"({"wide":0.30000000000000004})"},
    {"double largest", R"({"wide":1.7976931348623157e+308})"},
    {"double least above zero", R"({"wide":5e-324})"},
    {"double too small is zero", R"({"wides":[1e-400,-1e-400]})", R"({"wides":[0,-0.0]})"},
    {"double negative zero", R"({"wide":-0.0})"},
    {"double as whole number", R"({"wide":10000000000000000000000})", R"({"wide":1e+22})"},
    {"double NaN", R"({"wide":"NaN"})"},
    {"double Infinity", R"({"wide":"Infinity"})"},
    {"double -Infinity", R"({"wide":"-Infinity"})"},
    {"float", R"({"real":0.1})"},
    {"float nearest", R"({"real":0.1000000000000000055511151231257827})", R"({"real":0.1})"},
    {"float largest", R"({"real":3.4028235e+38})"},
    {"float that rounds to the largest", R"({"real":3.40282350000000001e38})", R"({"real":3.4028235e+38})"},
    {"float least above zero", R"({"real":1e-45})"},
    {"float too small is zero", R"({"reals":[1e-60]})", R"({"reals":[0]})"},
    {"float NaN and the infinities", R"({"reals":["NaN","Infinity","-Infinity"]})"},
    {"bool", R"({"truth":true})"},
    {"enum by name", R"({"diet":"MEAT"})"},
    {"enum by number", R"({"diet":2})", R"({"diet":"MEAT"})"},
    {"enum by number with exponent", R"({"diet":2.0})", R"({"diet":"MEAT"})"},
    {"enum negative", R"({"diet":-1})", R"({"diet":"NEGATIVE"})"},
    {"enum number that has no name", R"({"diet":77})"},
    {"enum numbers in an array", R"({"diets":["LEAVES",1,-2147483648]})", R"({"diets":["LEAVES","LEAVES",-2147483648]})"},
};

constexpr Vector strings[] = {
    {"escapes", R"({"text":"\"\\\/\b\f\n\r\t"})", R"({"text":"\"\\/\u0008\u000c\n\r\t"})"},
    {"escaped characters", R"({"text":"\u00e9\u20AC\ud83d\uDE00"})", R"({"text":"é€😀"})"},
    {"zero", R"({"text":"\u0000"})"},
    {"DEL may stand as it is", "{\"text\":\"\x7F\"}", R"({"text":"\u007f"})"},
    {"line separators may stand as they are", "{\"text\":\"\u2028\u2029\"}"},
    {"noncharacters are characters", "{\"text\":\"\uFFFE\uFFFF\"}"},
    {"byte order mark inside a string", "{\"text\":\"\uFEFF\"}"},
    {"largest character", "{\"text\":\"\U0010FFFF\"}"},
    {"escape between long runs", R"({"text":"0123456789abcdef\u00410123456789abcdefé0123456789\n"})", R"({"text":"0123456789abcdefA0123456789abcdefé0123456789\n"})"},
    {"text that looks like markup", R"({"text":"</script>&'"})"},
    {"base64", R"({"data":"AQIDBA=="})"},
    {"base64 without padding", R"({"data":"AQIDBA"})", R"({"data":"AQIDBA=="})"},
    {"base64 with one pad", R"({"data":"AQI="})"},
    {"base64 without one pad", R"({"data":"AQI"})", R"({"data":"AQI="})"},
    {"base64 of either sort", R"({"datas":["+/+/","-_-_"]})", R"({"datas":["+/+/","+/+/"]})"},
    {"base64url without padding, bits left over", R"({"data":"-_"})", R"({"data":"+w=="})"},
    {"base64 of nothing", R"({"datas":[""]})"},
};

constexpr Vector containers[] = {
    {"array", R"({"i32s":[1,2,3]})"},
    {"arrays of each kind", R"({"i64s":["1"],"u32s":[1],"u64s":["1"],"wides":[0.5],"truths":[true,false],"texts":["","a"],"nodes":[{}]})"},
    {"array of numbers as strings", R"({"i32s":["1",2,"3e0"]})", R"({"i32s":[1,2,3]})"},
    {"map by string", R"({"byText":{"b":"1","a":"2","":"3"}})", R"({"byText":{"":"3","a":"2","b":"1"}})"},
    {"map by int32", R"({"byI32":{"10":1,"-9":2,"9":3}})", R"({"byI32":{"-9":2,"9":3,"10":1}})"},
    {"map by int64", R"({"byI64":{"-9223372036854775808":"1"}})"},
    {"map by uint32", R"({"byU32":{"4294967295":1}})"},
    {"map by uint64", R"({"byU64":{"18446744073709551615":"1"}})"},
    {"map by bool", R"({"byTruth":{"true":false,"false":true}})", R"({"byTruth":{"false":true,"true":false}})"},
    {"map by sint32 to bytes", R"({"byS32":{"-1":"AQI="}})"},
    {"map by fixed64 to time", R"({"byF64":{"7":"2026-01-31T12:00:00Z"}})"},
    {"map to messages", R"({"nodesByText":{"a":{},"b":{"fullName":"x"}}})"},
    {"map to enums", R"({"dietsByText":{"a":2,"b":"DIET_UNKNOWN"}})", R"({"dietsByText":{"a":"MEAT","b":"DIET_UNKNOWN"}})"},
    {"map to doubles", R"({"widesByText":{"a":"NaN","b":0}})"},
    {"map to values", R"({"valuesByText":{"a":null,"b":[null]}})"},
    {"map with a key in escapes", R"({"byText":{"\u0061\n":"1"}})", R"({"byText":{"a\n":"1"}})"},
    {"map with zero as a key", R"({"byI32":{"0":0}})"},
    {"oneof", R"({"oneI32":0})"},
    {"oneof of a message", R"({"oneNode":{}})"},
    {"oneof, null before", R"({"oneI32":null,"oneText":"a"})", R"({"oneText":"a"})"},
    {"oneof, null behind", R"({"oneText":"a","oneNode":null})", R"({"oneText":"a"})"},
    {"oneof of null", R"({"oneNull":null})"},
    {"oneof of a value that is null", R"({"oneValue":null})"},
    {"two oneofs", R"({"oneI32":1,"yes":true})"},
};

constexpr Vector well_known[] = {
    {"Timestamp", R"({"time":"1972-01-01T10:00:20.021Z"})"},
    {"Timestamp without a fraction", R"({"time":"1970-01-01T00:00:00Z"})"},
    {"Timestamp with one digit", R"({"time":"2026-01-31T12:00:00.5Z"})", R"({"time":"2026-01-31T12:00:00.500Z"})"},
    {"Timestamp with six digits", R"({"time":"2026-01-31T12:00:00.000001Z"})"},
    {"Timestamp with nine digits", R"({"time":"2026-01-31T12:00:00.000000001Z"})"},
    {"Timestamp with an offset", R"({"time":"2026-01-31T13:30:00+01:30"})", R"({"time":"2026-01-31T12:00:00Z"})"},
    {"Timestamp with an offset behind", R"({"time":"2026-01-31T23:00:00-02:00"})", R"({"time":"2026-02-01T01:00:00Z"})"},
    {"Timestamp first", R"({"time":"0001-01-01T00:00:00Z"})"},
    {"Timestamp last", R"({"time":"9999-12-31T23:59:59.999999999Z"})"},
    {"Timestamp before 1970 with a fraction", R"({"time":"1969-12-31T23:59:59.999Z"})"},
    {"Timestamp of a leap day", R"({"time":"2024-02-29T00:00:00Z"})"},
    {"Timestamp in escapes", R"({"time":"1970\u002d01-01T00:00:00Z"})", R"({"time":"1970-01-01T00:00:00Z"})"},
    {"Duration", R"({"duration":"1.500s"})"},
    {"Duration with one digit", R"({"duration":"1.5s"})", R"({"duration":"1.500s"})"},
    {"Duration negative", R"({"duration":"-1.500s"})"},
    {"Duration negative below a second", R"({"duration":"-0.500s"})"},
    {"Duration of nothing", R"({"duration":"0s"})"},
    {"Duration with nine digits", R"({"duration":"0.000000001s"})"},
    {"Duration longest", R"({"duration":"315576000000s"})"},
    {"Duration least", R"({"duration":"-315576000000s"})"},
    {"FieldMask", R"({"mask":"fooBar,baz.quxQuux"})"},
    {"FieldMask of nothing", R"({"mask":""})"},
    {"FieldMask with digits", R"({"mask":"foo3,bar.v2Name"})"},
    {"Struct", R"({"structure":{"b":1,"a":{"x":null},"":[]}})", R"({"structure":{"":[],"a":{"x":null},"b":1}})"},
    {"Struct of nothing", R"({"structure":{}})"},
    {"Value null", R"({"value":null})"},
    {"Value number", R"({"value":1.5e3})", R"({"value":1500})"},
    {"Value string", R"({"value":"NaN"})"},
    {"Value bool", R"({"value":false})"},
    {"Value object", R"({"value":{"a":[1,"b",null,true,{}]}})"},
    {"Value array", R"({"value":[[],[[]]]})"},
    {"Values", R"({"values":[null,1,"a",true,[],{}]})"},
    {"ListValue", R"({"list":[1,null,[2]]})"},
    {"ListValue of nothing", R"({"list":[]})"},
    {"Empty", R"({"empty":{}})"},
    {"NullValue", R"({"nulls":[null]})"},
    {"NullValue by name", R"({"nulls":["NULL_VALUE",0]})", R"({"nulls":[null,null]})"},
    {"wrappers", R"({"wI32":1,"wI64":"2","wU32":3,"wU64":"4","wReal":0.5,"wWide":0.25,"wTruth":true,"wText":"a","wData":"AQ=="})"},
    {"wrappers with their default", R"({"wI32":0,"wI64":"0","wTruth":false,"wText":"","wData":""})"},
    {"wrappers in the other form", R"({"wI32":"1","wI64":2,"wReal":"NaN"})", R"({"wI32":1,"wI64":"2","wReal":"NaN"})"},
    {"wrappers in an array", R"({"wI32s":[0,"1"]})", R"({"wI32s":[0,1]})"},
};

constexpr Vector any[] = {
    {"Any of nothing", R"({"any":{}})"},
    {"Any of a message", R"({"any":{"@type":"type.googleapis.com/kinds.Node","fullName":"a","next":{}}})"},
    {"Any of an empty message", R"({"any":{"@type":"type.googleapis.com/kinds.Node"}})"},
    {"Any whose type comes last", R"({"any":{"next":{"fullName":"}"},"full_name":"a","@type":"type.googleapis.com/kinds.Node"}})", R"({"any":{"@type":"type.googleapis.com/kinds.Node","fullName":"a","next":{"fullName":"}"}}})"},
    {"Any of a Timestamp", R"({"any":{"@type":"type.googleapis.com/google.protobuf.Timestamp","value":"1970-01-01T00:00:00Z"}})"},
    {"Any of a wrapper, type behind", R"({"any":{"value":5,"@type":"type.googleapis.com/google.protobuf.Int32Value"}})", R"({"any":{"@type":"type.googleapis.com/google.protobuf.Int32Value","value":5}})"},
    {"Any of a Value that is null", R"({"any":{"@type":"type.googleapis.com/google.protobuf.Value","value":null}})"},
    {"Any of a Struct", R"({"any":{"@type":"type.googleapis.com/google.protobuf.Struct","value":{"@type":1}}})"},
    {"Any of an Any", R"({"any":{"@type":"type.googleapis.com/google.protobuf.Any","value":{"@type":"type.googleapis.com/kinds.Node","fullName":"a"}}})"},
    {"Any of Empty", R"({"any":{"@type":"type.googleapis.com/google.protobuf.Empty"}})"},
    {"Any of Empty with a value", R"({"any":{"@type":"type.googleapis.com/google.protobuf.Empty","value":{}}})", R"({"any":{"@type":"type.googleapis.com/google.protobuf.Empty"}})"},
    {"Any without its value", R"({"any":{"@type":"type.googleapis.com/google.protobuf.Duration"}})", R"({"any":{"@type":"type.googleapis.com/google.protobuf.Duration","value":"0s"}})"},
    {"Anys", R"({"anys":[{},{"@type":"type.googleapis.com/kinds.Node"}]})"},
};

class JsonGood : public ::testing::Test {
 protected:
  void check(const Vector& vector) {
    SCOPED_TRACE(vector.name);
    const std::string_view out = vector.out.empty() ? vector.in : vector.out;
    EXPECT_TRUE(names_.insert(vector.name).second) << "each vector has a name of its own";
    kinds::Kinds message;
    std::unique_ptr<google::protobuf::Message> dynamic = dynamic_kinds().make();
    for (const auto& [json, into] : {std::pair<const Json*, google::protobuf::Message*>(&generated_, &message),
                                     {&dynamic_kinds().json(), dynamic.get()}}) {
      const Result<void> read = json->parse(vector.in, *into);
      ASSERT_TRUE(read.ok()) << read.error().to_string();
      const Result<std::string> printed = json->print(*into);
      ASSERT_TRUE(printed.ok()) << printed.error().to_string();
      EXPECT_EQ(*printed, out);
    }
    kinds::Kinds others;
    const auto status = google::protobuf::util::JsonStringToMessage(std::string(out), &others);
    ASSERT_TRUE(status.ok()) << status.ToString();
    google::protobuf::util::MessageDifferencer differ;
    google::protobuf::util::DefaultFieldComparator numbers;
    numbers.set_treat_nan_as_equal(true);
    differ.set_field_comparator(&numbers);
    EXPECT_TRUE(differ.Compare(message, others)) << message.ShortDebugString() << "\n" << others.ShortDebugString();
  }

 private:
  Json generated_{*google::protobuf::DescriptorPool::generated_pool()};
  std::set<std::string> names_;
};

TEST_F(JsonGood, Fields) { for (const Vector& vector : fields) check(vector); }
TEST_F(JsonGood, Numbers) { for (const Vector& vector : numbers) check(vector); }
TEST_F(JsonGood, Strings) { for (const Vector& vector : strings) check(vector); }
TEST_F(JsonGood, Containers) { for (const Vector& vector : containers) check(vector); }
TEST_F(JsonGood, WellKnown) { for (const Vector& vector : well_known) check(vector); }
TEST_F(JsonGood, Any) { for (const Vector& vector : any) check(vector); }

}  // namespace
}  // namespace holon::contract
