#include "sqlite/sqlite.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <stdexcept>
#include <thread>
#include <vector>

#include "holon/try.h"

namespace shop::sqlite {
namespace {

class Sqlite : public ::testing::Test {
 protected:
  Sqlite() { std::filesystem::create_directories(folder_); }
  ~Sqlite() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<Database> open(Sync sync = Sync::process) {
    constexpr const char* schema = "create table if not exists item (name text primary key, amount integer) strict";
    return Database::open(file(), schema, sync).value();
  }
  std::filesystem::path file() const { return folder_ / "test.db"; }

  static holon::Result<void> insert(Session& session, std::string_view name, int amount) {
    TRY(session.run("insert into item (name, amount) values (?, ?)", name, amount));
    return {};
  }
  static std::int64_t count(Database& database) {
    return database.read([](Session& session) { return session.number("select count(*) from item"); }).value();
  }

 private:
  std::filesystem::path folder_ = std::filesystem::temp_directory_path() / ("shop-sqlite-" + std::to_string(getpid()));
};

TEST_F(Sqlite, keeps_what_was_written_when_opened_again) {
  for (Sync sync : {Sync::process, Sync::disk}) {
    auto name = sync == Sync::disk ? "disk" : "process";
    ASSERT_TRUE(open(sync)->write([&](Session& session) { return insert(session, name, 7); }).ok());
  }
  EXPECT_EQ(count(*open()), 2);
}

TEST_F(Sqlite, binds_numbers_text_and_bytes) {
  auto database = open();
  const std::string odd("quote ' and \0 byte", 18);
  ASSERT_TRUE(database->write([&](Session& session) { return insert(session, odd, -3); }).ok());
  database->read([&](Session& session) {
    std::vector<std::string> names;
    EXPECT_TRUE(session.each("select name, amount from item where amount < ?",
                             [&](const Row& row) { names.emplace_back(row.text(0)); }, 0)
                    .ok());
    EXPECT_EQ(names, std::vector<std::string>{odd});
    return 0;
  });
}

TEST_F(Sqlite, undoes_a_transaction_that_fails_or_throws) {
  auto database = open();
  auto failed = database->write([&](Session& session) -> holon::Result<void> {
    TRY(insert(session, "a", 1));
    return holon::aborted("no");
  });
  EXPECT_EQ(failed.code(), holon::Code::aborted);
  EXPECT_THROW((void)database->write([&](Session& session) -> holon::Result<void> {
    TRY(insert(session, "b", 1));
    throw std::runtime_error("no");
  }),
               std::runtime_error);
  EXPECT_EQ(count(*database), 0);
  EXPECT_TRUE(database->write([&](Session& session) { return insert(session, "c", 1); }).ok());
}

TEST_F(Sqlite, names_the_file_and_the_statement_that_failed) {
  auto database = open();
  auto wrong = database->read([](Session& session) { return session.number("select nothing from nowhere"); });
  EXPECT_EQ(wrong.code(), holon::Code::internal);
  EXPECT_NE(wrong.error().message().find("nowhere"), std::string::npos);
  EXPECT_NE(wrong.error().message().find(file().string()), std::string::npos);
}

TEST_F(Sqlite, a_second_of_the_same_key_is_already_exists_and_no_row_is_not_found) {
  auto database = open();
  ASSERT_TRUE(database->write([](Session& session) { return insert(session, "a", 1); }).ok());
  auto second = database->write([](Session& session) { return insert(session, "a", 2); });
  EXPECT_EQ(second.code(), holon::Code::already_exists);
  auto missing =
      database->read([](Session& session) { return session.text("select name from item where name = ?", "z"); });
  EXPECT_EQ(missing.code(), holon::Code::not_found);
}

TEST_F(Sqlite, refuses_a_file_that_is_no_database) {
  std::ofstream(file()) << std::string(4096, 'x');
  EXPECT_EQ(Database::open(file(), "").code(), holon::Code::data_loss);
}

TEST_F(Sqlite, threads_take_turns) {
  auto database = open();
  ASSERT_TRUE(database->write([](Session& session) { return insert(session, "a", 0); }).ok());
  auto add = [&] {
    for (int i = 0; i < 100; ++i) {
      auto added = database->write([](Session& session) { return session.run("update item set amount = amount + 1"); });
      EXPECT_EQ(added.value(), 1);
    }
  };
  std::thread first(add);
  std::thread second(add);
  first.join();
  second.join();
  EXPECT_EQ(database->read([](Session& s) { return s.number("select amount from item"); }).value(), 200);
}

}  // namespace
}  // namespace shop::sqlite
