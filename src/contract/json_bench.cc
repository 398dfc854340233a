// What JSON costs, beside protobuf's own reader and writer: nanoseconds for a KiB of text.
//
//   build/bin/json_bench --benchmark_filter=order
#include <benchmark/benchmark.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/type_resolver_util.h>

#include <cstdlib>
#include <memory>
#include <string>

#include "contract/json.h"
#include "testdata/example.pb.h"
#include "testdata/kinds.pb.h"

namespace holon::contract {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::Message;
namespace util = google::protobuf::util;

/// What a gateway reads and writes most: a few fields of each sort.
constexpr std::string_view order = R"({"orderId":"7461-2209","quantity":3,"totalCents":"129900","gift":true,"state":"PAID",)"
    R"("items":[{"productId":"a pair of shoes"},{"productId":"43","parts":[{"productId":"laces"}]}],"stock":{"1":0.5,"2":12},)"
    R"("card":"visa","ordered":"2026-01-31T12:00:00.500Z","nick":"Ann Smith"})";

std::string numbers() {
  std::string text = R"({"wides":[)";
  for (int i = 0; i < 1000; ++i) text += (i > 0 ? "," : "") + std::to_string(i) + ".25";
  return text + R"(],"i64s":[)" + "\"123456789012\"" + "]}";
}

std::string words() {
  std::string text = R"({"texts":[)";
  for (int i = 0; i < 100; ++i) text += std::string(i > 0 ? "," : "") + "\"a line of text as people write it, with an é and a \\\"quote\\\"\"";
  return text + "]}";
}

/// A text, and messages of its type without generated code, as a gateway has them.
struct Sample {
  std::string text;
  const google::protobuf::Descriptor* type;
  std::string url = "type.googleapis.com/" + type->full_name();
  google::protobuf::DynamicMessageFactory factory{DescriptorPool::generated_pool()};

  std::unique_ptr<Message> make() { return std::unique_ptr<Message>(factory.GetPrototype(type)->New()); }
};

std::unique_ptr<util::TypeResolver> protobuf_types() {
  return std::unique_ptr<util::TypeResolver>(util::NewTypeResolverForDescriptorPool("type.googleapis.com", DescriptorPool::generated_pool()));
}

void count(benchmark::State& state, std::size_t bytes) {
  const double kib = static_cast<double>(bytes) / 1024;
  state.counters["time_per_KiB"] = benchmark::Counter(kib * static_cast<double>(state.iterations()),
                                                      benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void parse(benchmark::State& state, Sample* sample) {
  const Json json(*DescriptorPool::generated_pool());
  for (auto _ : state) {
    const auto message = sample->make();
    if (!json.parse(sample->text, *message).ok()) std::abort();
  }
  count(state, sample->text.size());
}

/// By way of bytes, which is the only way to a message that has no generated code.
void parse_by_protobuf(benchmark::State& state, Sample* sample) {
  const auto types = protobuf_types();
  for (auto _ : state) {
    const auto message = sample->make();
    std::string bytes;
    const bool read = util::JsonToBinaryString(types.get(), sample->url, sample->text, &bytes).ok();
    if (!read || !message->MergeFromString(bytes)) std::abort();
  }
  count(state, sample->text.size());
}

void print(benchmark::State& state, Sample* sample) {
  const Json json(*DescriptorPool::generated_pool());
  const auto message = sample->make();
  json.parse(sample->text, *message).value();
  for (auto _ : state) {
    if (!json.print(*message).ok()) std::abort();
  }
  count(state, sample->text.size());
}

void print_by_protobuf(benchmark::State& state, Sample* sample) {
  const auto types = protobuf_types();
  const auto message = sample->make();
  Json(*DescriptorPool::generated_pool()).parse(sample->text, *message).value();
  for (auto _ : state) {
    std::string text;
    if (!util::BinaryToJsonString(types.get(), sample->url, message->SerializeAsString(), &text).ok()) std::abort();
  }
  count(state, sample->text.size());
}

void add(const std::string& name, Sample& sample) {
  benchmark::RegisterBenchmark((name + "/parse").c_str(), parse, &sample);
  benchmark::RegisterBenchmark((name + "/parse_by_protobuf").c_str(), parse_by_protobuf, &sample);
  benchmark::RegisterBenchmark((name + "/print").c_str(), print, &sample);
  benchmark::RegisterBenchmark((name + "/print_by_protobuf").c_str(), print_by_protobuf, &sample);
}

}  // namespace
}  // namespace holon::contract

int main(int argc, char** argv) {
  using namespace holon::contract;
  Sample orders{std::string(order), example::Order::descriptor()};
  Sample many_numbers{numbers(), kinds::Kinds::descriptor()};
  Sample many_words{words(), kinds::Kinds::descriptor()};
  add("order", orders);
  add("numbers", many_numbers);
  add("words", many_words);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
