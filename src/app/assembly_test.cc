#include "app/assembly.h"

#include <fstream>

#include "app/manifest.h"
#include "fiber/call.h"
#include "fiber/loop.h"
#include "holon/testing.h"
#include "holon/try.h"
#include "testdata/probe.holon.h"

namespace holon {
namespace {

using probe::v1::Message;

/// Writes down what happens to it.
class Leaf final : public probe::v1::Leaf::Service {
 public:
  Leaf(Wiring& wiring, std::string& diary) : diary_(diary) {
    directory_ = wiring.data_directory();
    colour_ = wiring.setting("colour", "grey");
    wiring.background([this](Call& call) -> Result<void> {
      diary_ += "works ";
      Result<void> slept = sleep(call, std::chrono::seconds(60));
      diary_ += std::string(code_name(slept.code())) + " ";
      return slept;
    });
  }
  Result<void> start(Call& call) override {
    diary_ += "starts ";
    std::ofstream(directory_ / "file") << "kept";
    return call.check();
  }
  Result<void> stop(Call&) override {
    diary_ += "stops ";
    return {};
  }
  Result<Message> Echo(Call&, const Message&) override {
    Message reply;
    reply.set_text(colour_);
    return reply;
  }

 private:
  std::string& diary_;
  std::filesystem::path directory_;
  std::string colour_;
};

class NeverStarts final : public probe::v1::Middle::Service {
 public:
  Result<void> start(Call&) override { return failed_precondition("no licence"); }
};

auto leaf_with(std::string& diary) {
  return [&diary](Wiring& wiring) { return std::make_unique<Leaf>(wiring, diary); };
}

TEST(Assembly, StartsThenWorksThenCancelsThenStops) {
  std::string diary;
  std::filesystem::path data;
  {
    testing::Host host;
    auto leaf = host.serve<Leaf>(leaf_with(diary));
    data = host.data_directory() / "leaf" / "file";
    EXPECT_TRUE(std::filesystem::exists(data)) << "a service's folder is named after it, and there when it starts";
    EXPECT_TRUE(sleep(host.call(), std::chrono::milliseconds(1)).ok());
    EXPECT_EQ(diary, "starts works ");
  }
  EXPECT_EQ(diary, "starts works CANCELLED stops ");
  EXPECT_FALSE(std::filesystem::exists(data));
}

TEST(Assembly, SettingsReachTheServiceTheyAreFor) {
  std::string diary;
  {
    testing::Host host;
    EXPECT_EQ(host.serve<Leaf>(leaf_with(diary))->Echo(host.call(), {})->text(), "grey");
  }
  testing::Host host;
  host.setting("other.colour", "red");
  host.setting("leaf.colour", "blue");
  EXPECT_EQ(host.serve<Leaf>(leaf_with(diary))->Echo(host.call(), {})->text(), "blue");
}

/// Answers with its configuration.
class Configured final : public probe::v1::Middle::Service {
 public:
  explicit Configured(Wiring& wiring) : config_(wiring.config<probe::v1::Config>()) {}
  Result<void> start(Call&) override { return config_.most() < 0 ? invalid_argument("most is negative") : Result<void>(); }
  const probe::v1::Config& config() const { return config_; }

 private:
  probe::v1::Config config_;
};

class Undecided final : public probe::v1::Middle::Service {
 public:
  explicit Undecided(Wiring& wiring) {
    wiring.config<probe::v1::Config>();
    wiring.config<Message>();
  }
};

TEST(Assembly, AConfigurationReachesTheServiceItIsFor) {
  {
    testing::Host host;
    host.serve<Configured>();
    EXPECT_EQ(host.service<Configured>().config().most(), 0) << "without one there are the defaults of its type";
  }
  probe::v1::Config config;
  config.set_colour(probe::v1::Config::BLUE);
  config.set_most(9'007'199'254'740'993);
  config.add_names("\"ä\"");
  testing::Host host;
  host.config("middle", config);
  host.serve<Configured>();
  EXPECT_EQ(host.service<Configured>().config().SerializeAsString(), config.SerializeAsString());
}

TEST(Assembly, AConfigurationOfAnotherTypeIsRefused) {
  Message other;
  other.set_text("x");
  testing::Host host;
  host.config("middle", other);
  try {
    host.serve<Configured>();
    FAIL() << "it was taken";
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(),
                 "the configuration of middle: 1:2: probe.v1.Config has no field \"text\"; there is colour, most and names");
  }
}

TEST(Assembly, AServiceHasOneConfiguration) {
  testing::Host host;
  try {
    host.serve<Undecided>();
    FAIL() << "it has two";
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "middle asks for two configurations, probe.v1.Config and probe.v1.Message");
  }
}

TEST(Assembly, TheManifestSaysTheTypeOfAConfigurationAndHasItsContract) {
  fiber::Loop loop(env::os(), 0);
  app::Assembly assembly({}, nullptr);
  assembly.add(internal::factory_of<Configured>());
  const node::v1::Manifest manifest = app::manifest_of(assembly);
  ASSERT_EQ(manifest.services_size(), 1);
  EXPECT_EQ(manifest.services(0).config(), "probe.v1.Config");
}

TEST(Assembly, AServiceThatCannotStartIsNamed) {
  testing::Host host;
  try {
    host.serve<NeverStarts>();
    FAIL() << "it started";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("cannot start probe.v1.Middle: no licence"));
  }
}

TEST(Assembly, ShortNamesAreTheLastNameInSnakeCase) {
  EXPECT_EQ(app::short_name("shop.GiftCard"), "gift_card");
  EXPECT_EQ(app::short_name("Cart"), "cart");
  EXPECT_EQ(app::short_name("a.b.C"), "c");
}

TEST(Assembly, ANeighbourThatIsNeitherServedNorFakedIsNamed) {
  class Caller final : public probe::v1::Middle::Service {
   public:
    explicit Caller(Wiring& wiring) : leaf_(wiring) {}

   private:
    Ref<probe::v1::Leaf> leaf_;
  };
  testing::Host host;
  EXPECT_THROW(host.serve<Caller>(), std::runtime_error);
}

}  // namespace
}  // namespace holon
