#include "contract/example.h"

#include <google/protobuf/descriptor.pb.h>
#include <gtest/gtest.h>

#include "contract/catalog.h"
#include "testdata/example.pb.h"

namespace holon::contract {
namespace {

TEST(Example, HasEachFieldOnce) {
  EXPECT_EQ(example_json(*example::Order::descriptor()), R"({
  "orderId": "",
  "quantity": 0,
  "totalCents": "0",
  "gift": false,
  "state": "STATE_UNKNOWN",
  "note": "",
  "items": [{
    "productId": "",
    "parts": [{}]
  }],
  "stock": {"0": 0},
  "byName": {"key": {
    "productId": "",
    "parts": [{}]
  }},
  "card": "",
  "rank": 0,
  "ordered": "2026-01-31T12:00:00Z",
  "within": "1.5s",
  "mask": "name",
  "anything": {},
  "extra": null,
  "nick": "",
  "nothing": {}
})");
}

TEST(Example, IsUnderstood) {
  example::Order order;
  Json json(*google::protobuf::DescriptorPool::generated_pool());
  Result<void> parsed = json.parse(example_json(*example::Order::descriptor()), order);
  EXPECT_TRUE(parsed.ok()) << parsed.error().to_string();
}

TEST(Example, OfADeepContractEnds) {
  const std::string text = example_json(*google::protobuf::FileDescriptorProto::descriptor());
  google::protobuf::FileDescriptorProto file;
  Json json(*google::protobuf::DescriptorPool::generated_pool());
  Result<void> parsed = json.parse(text, file);
  EXPECT_TRUE(parsed.ok()) << parsed.error().to_string();
}

}  // namespace
}  // namespace holon::contract
