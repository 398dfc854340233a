#include "node/programs.h"

#include <fstream>

#include "env/environment.h"

namespace holon::node {
namespace {

namespace fs = std::filesystem;
using config::Named;
using config::Problems;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Programs here are shell scripts that print a manifest, and leave a mark each time they are asked.
class ProgramsTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "programs_test.XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    fs::create_directories(folder_ / "cache");
    fs::create_directories(folder_ / "bin");
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write_program(const std::string& path, const std::string& contract, const std::string& file = "") {
    v1::Manifest manifest;
    v1::ManifestService* service = manifest.add_services();
    service->set_name("cart");
    service->set_contract(contract);
    if (!file.empty()) {
      auto* descriptor = manifest.mutable_contracts()->add_file();
      descriptor->set_name("cart.proto");
      descriptor->set_package(file);
    }
    std::ofstream(folder_ / (path + ".manifest")) << manifest.SerializeAsString();
    write_script(path, "echo asked >> " + (folder_ / "asked").string() + "; cat $0.manifest");
  }
  void write_script(const std::string& path, const std::string& script) {
    std::ofstream(folder_ / path) << "#!/bin/sh\n" << script << "\n";
    fs::permissions(folder_ / path, fs::perms::owner_all);
  }
  int times_asked() {
    std::ifstream marks(folder_ / "asked");
    return static_cast<int>(std::count(std::istreambuf_iterator<char>(marks), {}, '\n'));
  }

  ProgramSet ask(const std::vector<std::string>& names, const fs::path& bin = {}) {
    std::vector<Named> wanted;
    for (const std::string& name : names) wanted.push_back({name, {3, 7}});
    problems_.clear();
    return ask_programs(env::os(), {folder_, bin, folder_ / "cache"}, wanted, problems_);
  }
  std::string problem() {
    return problems_.size() == 1 ? problems_[0].what : std::to_string(problems_.size()) + " problems";
  }

  fs::path folder_;
  Problems problems_;
};

TEST_F(ProgramsTest, AreAskedOnceForEachBuild) {
  write_program("bin/cart", "shop.Cart");
  EXPECT_EQ(ask({"bin/cart"}).at("bin/cart").manifest.services(0).contract(), "shop.Cart");
  EXPECT_EQ(ask({"bin/cart"}).at("bin/cart").manifest.services(0).contract(), "shop.Cart");
  EXPECT_EQ(times_asked(), 1);

  write_program("bin/cart", "shop.NewCart");
  fs::last_write_time(folder_ / "bin/cart", fs::file_time_type::clock::now() + std::chrono::seconds(1));
  EXPECT_EQ(ask({"bin/cart"}).at("bin/cart").manifest.services(0).contract(), "shop.NewCart");
  EXPECT_EQ(times_asked(), 2);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_ / "cache"), {}), 1);
}

TEST_F(ProgramsTest, AreLookedForBesideThenInBin) {
  write_program("bin/cart", "shop.Cart");
  EXPECT_EQ(ask({"cart"}, folder_ / "bin").at("cart").path, folder_ / "bin/cart");
  EXPECT_EQ(ask({"elsewhere/cart"}, folder_ / "bin").at("elsewhere/cart").path, folder_ / "bin/cart");
  EXPECT_EQ(ask({"bin/cart"}, folder_ / "none").at("bin/cart").path, folder_ / "bin/cart");
  EXPECT_THAT(ask({"bin/payment"}, folder_ / "none"), IsEmpty());
  EXPECT_THAT(problem(), HasSubstr("there is no program " + (folder_ / "bin/payment").string() + ", nor "));
  EXPECT_EQ(problems_[0].place, (config::Place{3, 7}));
}

TEST_F(ProgramsTest, ThatDoNotAnswerAreNamedWithTheirLastWord) {
  write_script("bin/broken", "echo one >&2; echo no libcart.so.1 >&2; exit 127");
  ask({"bin/broken"});
  EXPECT_EQ(problem(), "bin/broken --holon-manifest: exit code 127 (it said: no libcart.so.1); its main() has to be "
                       "holon::serve<…>(argc, argv)");
  write_script("bin/other", "echo usage");
  ask({"bin/other"});
  EXPECT_THAT(problem(), HasSubstr("bin/other --holon-manifest: what it printed names no services"));
  fs::permissions(folder_ / "bin/other", fs::perms::owner_read);
  ask({"bin/other"});
  EXPECT_THAT(problem(), HasSubstr("cannot start"));
}

TEST_F(ProgramsTest, TheirContractsAreMergedUnlessTheyDiffer) {
  write_program("bin/cart", "shop.Cart", "shop");
  write_program("bin/shop", "shop.Cart", "shop");
  ProgramSet programs = ask({"bin/cart", "bin/shop"});
  v1::Manifest merged = merge_manifests(programs, problems_);
  EXPECT_THAT(problems_, IsEmpty());
  EXPECT_EQ(merged.services_size(), 1);
  EXPECT_EQ(merged.contracts().file_size(), 1);
  EXPECT_EQ(services_of(programs).at("bin/shop")[0].name, "cart");

  // Each program brings the comments that its services lead to: no difference, and all of them are kept.
  for (auto& [name, program] : programs) {
    auto& comment = *program.manifest.mutable_contracts()->mutable_file(0)->mutable_source_code_info()->add_location();
    comment.add_path(4);
    comment.add_path(name == "bin/cart" ? 0 : 1);
    comment.set_leading_comments(" " + name + "\n");
  }
  merged = merge_manifests(programs, problems_);
  EXPECT_THAT(problems_, IsEmpty());
  EXPECT_EQ(merged.contracts().file(0).source_code_info().location_size(), 2);

  write_program("bin/old", "shop.Cart", "store");
  merge_manifests(ask({"bin/cart", "bin/old"}), problems_);
  EXPECT_EQ(problem(), "the contract cart.proto differs between bin/cart and bin/old; build both from one");
}

}  // namespace
}  // namespace holon::node
