// testdata/good/torture, served and called: locally, by way of bytes, and over a socket. A name that generated code could not
// have would keep this from compiling.
#include <string>

#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "holon/testing.h"
#include "torture/legacy.holon.h"
#include "torture/names.holon.h"
#include "torture/torture.holon.h"

namespace {

namespace v1 = torture::v1;
using google::protobuf::util::MessageDifferencer;
using holon::Call;
using holon::Reader;
using holon::Result;
using holon::Writer;
using v1::Item;

Result<Item> named(const Item& request, const std::string& method) {
  Item item = request;
  item.add_names(method);
  return item;
}

template <class In>
Result<Item> count(Reader<In>& in) {
  Item item;
  while (std::optional<In> next = HOLON_TRY(in.next())) item.set_count(item.count() + 1);
  return item;
}

class Named final : public v1::Service_::Service {
  Result<Item> Service_(Call&, const Item& request) override { return named(request, "Service"); }
  Result<Item> Client_(Call&, const Item& request) override { return named(request, "Client"); }
  Result<Item> Contract_(Call&, const Item& request) override { return named(request, "Contract"); }
  Result<Item> contract_info_(Call&, const Item& request) override { return named(request, "contract_info"); }
  Result<Item> info(Call&, const Item& request) override { return named(request, "info"); }
  Result<Item> start_(Call&, const Item& request) override { return named(request, "start"); }
  Result<void> stop_(Call&, Reader<Item>& in, Writer<Item>& out) override {
    while (std::optional<Item> next = HOLON_TRY(in.next())) HOLON_TRY(out.write(*next));
    return {};
  }
  Result<Item> call(Call&, const Item& request) override { return named(request, "call"); }
  Result<Item> request(Call&, const Item& request) override { return named(request, "request"); }
  Result<Item> binding__(Call&, const Item& request) override { return named(request, "binding_"); }
  Result<Item> in(Call&, Reader<Item>& in) override { return count(in); }
  Result<void> out(Call&, const Item& request, Writer<Item>& out) override { return out.write(request); }

  // Of holon::Service, beside the contract's `start` and `stop`.
  Result<void> start(Call&) override { return {}; }
  Result<void> stop(Call&) override { return {}; }
};

class ClientService final : public v1::Client_::Service {
  Result<v1::Result> Get(Call&, const v1::call& request) override {
    v1::Result result;
    result.set_request(request.has_request() ? v1::Result_Request_static_ : v1::Result_Request_default_);
    return result;
  }
};

class InfoService final : public v1::info_::Service {
  Result<Item> holon(Call&, const Item& request) override { return named(request, "holon"); }
};

class Words final : public v1::class_::Service {
  Result<Item> delete_(Call&, const v1::struct__new& request) override {
    Item item;
    item.set_delete_(request.new__size() == 1);
    return item;
  }
  Result<void> namespace_(Call&, const Item& request, Writer<v1::union_>& out) override {
    v1::union_ word;
    word.set_case_(request.id());
    return out.write(word);
  }
  Result<Item> operator_(Call&, Reader<v1::union_>& in) override { return count(in); }
  Result<void> NULL_(Call&, Reader<v1::union_>& in, Writer<Item>& out) override {
    while (std::optional<v1::union_> next = HOLON_TRY(in.next())) {
      Item item;
      item.set_count(next->goto_());
      HOLON_TRY(out.write(item));
    }
    return {};
  }
};

class KnownService final : public v1::Known::Service {
  Result<google::protobuf::Timestamp> Sleep(Call&, const google::protobuf::Duration& request) override {
    google::protobuf::Timestamp at;
    at.set_seconds(request.seconds());
    return at;
  }
  Result<google::protobuf::Empty> Nothing(Call&, const google::protobuf::Empty&) override {
    return google::protobuf::Empty();
  }
  Result<google::protobuf::Int64Value> Wrap(Call&, const google::protobuf::StringValue& request) override {
    google::protobuf::Int64Value size;
    size.set_value(static_cast<std::int64_t>(request.value().size()));
    return size;
  }
  Result<google::protobuf::Value> Shape(Call&, const google::protobuf::Struct& request) override {
    google::protobuf::Value value;
    *value.mutable_struct_value() = request;
    return value;
  }
  Result<google::api::HttpBody> Page(Call&, const google::api::HttpBody& request) override { return request; }
  Result<google::protobuf::FieldMask> Pack(Call&, const google::protobuf::Any& request) override {
    google::protobuf::FieldMask mask;
    mask.add_paths(request.type_url());
    return mask;
  }
};

class KindsService final : public v1::Kinds::Service {
  Result<torture::types::v1::Item::Inner> Unary(Call&, const Item::Nested::Deeper& request) override {
    torture::types::v1::Item::Inner inner;
    inner.set_depth(request.depth() + 1);
    return inner;
  }
  Result<void> Down(Call&, const torture::types::v1::Item& request, Writer<Item>& out) override {
    Item item;
    *item.mutable_other() = request;
    item.set_gone(torture::types::v1::namespace_);
    return out.write(item);
  }
  Result<Item> Up(Call&, Reader<Item>& in) override { return count(in); }
  Result<void> Both(Call&, Reader<Item>& in, Writer<Item>& out) override {
    while (std::optional<Item> next = HOLON_TRY(in.next())) HOLON_TRY(out.write(*next));
    return {};
  }
};

class RecordsService final : public torture::legacy::Records::Service {
  Result<torture::legacy::Record> Keep(Call&, const torture::legacy::Record& request) override { return request; }
};

/// One of everything.
Item full_item() {
  Item item;
  item.set_id("1");
  item.set_count(0);
  (*item.mutable_by_name())["a"].mutable_deeper()->set_depth(7);
  (*item.mutable_by_number())[-3] = true;
  item.mutable_right()->mutable_deeper()->set_depth(8);
  item.mutable_other()->mutable_inner()->set_depth(9);
  item.set_gone(torture::types::v1::namespace_);
  item.mutable_parent()->set_left("left");
  for (auto set : {&Item::set_class_, &Item::set_delete_, &Item::set_namespace_, &Item::set_new_, &Item::set_operator_,
                   &Item::set_this_}) {
    (item.*set)(true);
  }
  return item;
}

class Torture : public testing::TestWithParam<holon::testing::Mode> {
 protected:
  Call& call() { return host_.call(); }

  template <class T>
  static T value_of(Result<T> result) {
    EXPECT_TRUE(result.ok()) << result.error().to_string();
    return result.ok() ? *std::move(result) : T();
  }
  /// The one message of a stream.
  template <class Stream>
  static auto only(Stream&& stream) {
    auto first = value_of(stream.next());
    EXPECT_TRUE(first.has_value());
    EXPECT_FALSE(value_of(stream.next()).has_value());
    return first.value();
  }

  holon::testing::Host host_{GetParam()};
};

TEST_P(Torture, NamesOfGeneratedCodeAreNamesOfMethods) {
  auto named = host_.serve<Named>();
  const Item item = full_item();
  using Method = Result<Item> (v1::Service_::Client::*)(Call&, const Item&) const;
  using Client = v1::Service_::Client;
  const std::pair<Method, const char*> methods[] = {
      {&Client::Service_, "Service"}, {&Client::Client_, "Client"},   {&Client::Contract_, "Contract"},
      {&Client::info, "info"},        {&Client::start_, "start"},     {&Client::contract_info_, "contract_info"},
      {&Client::call, "call"},        {&Client::request, "request"}, {&Client::binding__, "binding_"}};
  for (const auto& [method, name] : methods) {
    Item expected = item;
    expected.add_names(name);
    EXPECT_TRUE(MessageDifferencer::Equals(value_of(((*named).*method)(call(), item)), expected)) << name;
  }
  auto stopping = named->stop_(call());
  ASSERT_TRUE(stopping.write(item).ok() && stopping.end_writing().ok());
  EXPECT_TRUE(MessageDifferencer::Equals(only(stopping), item));
  EXPECT_TRUE(MessageDifferencer::Equals(only(named->out(call(), item)), item));
  auto filling = named->in(call());
  ASSERT_TRUE(filling.write(item).ok());
  EXPECT_EQ(value_of(filling.finish()).count(), 1);
}

TEST_P(Torture, NamesOfGeneratedCodeAreNamesOfServices) {
  auto client = host_.serve<ClientService>();
  v1::call request;
  EXPECT_EQ(value_of(client->Get(call(), request)).request(), v1::Result::default_);
  request.mutable_request();
  EXPECT_EQ(value_of(client->Get(call(), request)).request(), v1::Result::static_);
  EXPECT_EQ(value_of(host_.serve<InfoService>()->holon(call(), {})).names(0), "holon");
}

TEST_P(Torture, WordsOfCppAreNames) {
  auto words = host_.serve<Words>();
  v1::struct__new request;
  request.add_new_();
  EXPECT_TRUE(value_of(words->delete_(call(), request)).delete_());
  Item item;
  item.set_id("id");
  EXPECT_EQ(only(words->namespace_(call(), item)).case_(), "id");
  v1::union_ word;
  word.set_goto_(3);
  auto counting = words->operator_(call());
  ASSERT_TRUE(counting.write(word).ok());
  EXPECT_EQ(value_of(counting.finish()).count(), 1);
  auto both = words->NULL_(call());
  ASSERT_TRUE(both.write(word).ok() && both.end_writing().ok());
  EXPECT_EQ(only(both).count(), 3);
}

TEST_P(Torture, MessagesOfProtobufItselfAreRequestsAndReplies) {
  auto known = host_.serve<KnownService>();
  google::protobuf::Duration duration;
  duration.set_seconds(5);
  EXPECT_EQ(value_of(known->Sleep(call(), duration)).seconds(), 5);
  EXPECT_TRUE(known->Nothing(call(), {}).ok());
  google::protobuf::StringValue text;
  text.set_value("four");
  EXPECT_EQ(value_of(known->Wrap(call(), text)).value(), 4);
  google::protobuf::Struct shape;
  (*shape.mutable_fields())["a"].set_bool_value(true);
  EXPECT_TRUE(value_of(known->Shape(call(), shape)).struct_value().fields().at("a").bool_value());
  google::api::HttpBody page;
  page.set_data("page");
  EXPECT_EQ(value_of(known->Page(call(), page)).data(), "page");
  google::protobuf::Any any;
  any.PackFrom(duration);
  EXPECT_EQ(value_of(known->Pack(call(), any)).paths(0), "type.googleapis.com/google.protobuf.Duration");
}

TEST_P(Torture, EachKindTakesNestedAndImportedMessages) {
  auto kinds = host_.serve<KindsService>();
  Item::Nested::Deeper deeper;
  deeper.set_depth(1);
  EXPECT_EQ(value_of(kinds->Unary(call(), deeper)).depth(), 2);
  torture::types::v1::Item other;
  other.set_name("other");
  const Item down = only(kinds->Down(call(), other));
  EXPECT_EQ(down.other().name(), "other");
  EXPECT_EQ(down.gone(), torture::types::v1::namespace_);
  auto up = kinds->Up(call());
  ASSERT_TRUE(up.write(down).ok());
  EXPECT_EQ(value_of(up.finish()).count(), 1);
  auto both = kinds->Both(call());
  ASSERT_TRUE(both.write(full_item()).ok() && both.end_writing().ok());
  EXPECT_TRUE(MessageDifferencer::Equals(only(both), full_item()));
}

TEST_P(Torture, Proto2KeepsDefaultsGroupsAndExtensions) {
  auto records = host_.serve<RecordsService>();
  torture::legacy::Record record;
  record.set_key("key");
  record.mutable_extra()->set_note("note");
  record.SetExtension(torture::legacy::color, "red");
  const torture::legacy::Record kept = value_of(records->Keep(call(), record));
  EXPECT_TRUE(MessageDifferencer::Equals(kept, record));
  EXPECT_EQ(kept.retries(), 3);
  EXPECT_EQ(kept.level(), torture::legacy::Record::HIGH);
}

INSTANTIATE_TEST_SUITE_P(Codegen, Torture,
                         testing::Values(holon::testing::Mode::local, holon::testing::Mode::strict,
                                         holon::testing::Mode::remote));

TEST(TortureTable, SaysWhatTheContractSays) {
  const holon::internal::ServiceInfo& kinds = v1::Kinds::info();
  EXPECT_EQ(kinds.methods[0].timeout_ns, 250'000'000);
  EXPECT_TRUE(kinds.methods[0].idempotent);
  EXPECT_EQ(kinds.methods[0].priority, 0);
  EXPECT_EQ(kinds.methods[1].timeout_ns, 90'000'000'000);
  EXPECT_EQ(kinds.methods[1].priority, 2);
  EXPECT_TRUE(v1::Idle::info().methods.empty());
  EXPECT_EQ(v1::Service_::info().name, "torture.v1.Service");
  EXPECT_EQ(v1::Service_::info().methods[5].name, "torture.v1.Service/start");
}

TEST(TortureTable, HasTheCommentsOfTheContract) {
  const auto comment_on = [](const holon::internal::ServiceInfo& info, std::string_view name) {
    for (const holon::internal::Comment& comment : info.comments) {
      if (comment.name == name) return std::string(comment.text);
    }
    return std::string("(none)");
  };
  const auto& service = v1::Service_::info();
  EXPECT_EQ(comment_on(service, "torture.v1.Service"),
            "Named as what is generated of it. \"Quotes\", a back\\slash, tabs\tand ü are kept.");
  EXPECT_EQ(comment_on(service, "torture.v1.Item.way"), "One way or the other.");
  EXPECT_EQ(comment_on(service, "torture.v1.Item.count"), "absent and 0 are not the same");
  EXPECT_EQ(comment_on(service, "google.protobuf.NullValue"), "(none)");
  EXPECT_EQ(comment_on(v1::class_::info(), "torture.v1.class.delete"), "a message inside of one that is a keyword, too");
}

}  // namespace
