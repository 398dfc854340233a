// SQLite for one service: a file, its schema, and one connection that its handlers share.
//
//   std::unique_ptr<sqlite::Database> db = TRY(sqlite::Database::open(folder / "cart.db", schema));
//   TRY(db->write([&](sqlite::Session& session) -> holon::Result<void> {      // a transaction: all of it or nothing
//     TRY(session.run("insert into item (user, product) values (?, ?)", user, product));
//     return {};
//   }));
//   std::int64_t items = TRY(db->read([&](sqlite::Session& session) {
//     return session.number("select count(*) from item where user = ?", user);
//   }));
//
// Any thread may read and write; a std::mutex lets one in at a time, so what runs inside must not suspend: it takes a
// Session, never a Call. Statements are prepared once for each text.
#pragma once

#include <sqlite3.h>

#include <concepts>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "holon/result.h"

namespace shop::sqlite {

/// What a write waits for.
enum class Sync {
  process,  ///< survives the death of the process; the last moments before a power cut may be lost
  disk,     ///< survives a power cut: for money and promises
};

/// One row of an answer, while its callback runs.
class Row {
 public:
  explicit Row(sqlite3_stmt* statement) : statement_(statement) {}
  std::int64_t number(int column) const;
  /// Text or bytes, valid while the callback runs.
  std::string_view text(int column) const;

 private:
  sqlite3_stmt* statement_;
};

/// The connection, inside of Database::read or write.
class Session {
 public:
  /// Runs a statement that gives no rows. How many rows it changed.
  template <class... Values>
  holon::Result<int> run(std::string_view sql, const Values&... values) {
    return execute(sql, [](const Row&) {}, values...);
  }
  /// Calls `row(const Row&)` for each row.
  template <class... Values>
  holon::Result<void> each(std::string_view sql, const std::function<void(const Row&)>& row, const Values&... values) {
    holon::Result<int> ran = execute(sql, row, values...);
    if (!ran.ok()) return ran.error();
    return {};
  }
  /// The first column of the first row; NOT_FOUND if there is none.
  template <class... Values>
  holon::Result<std::int64_t> number(std::string_view sql, const Values&... values) {
    return first<std::int64_t>(sql, [](const Row& row) { return row.number(0); }, values...);
  }
  template <class... Values>
  holon::Result<std::string> text(std::string_view sql, const Values&... values) {
    return first<std::string>(sql, [](const Row& row) { return std::string(row.text(0)); }, values...);
  }

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  struct Close {
    void operator()(sqlite3* connection) const { sqlite3_close(connection); }
  };

  template <class T, class... Values>
  holon::Result<T> first(std::string_view sql, T (*get)(const Row&), const Values&... values) {
    std::optional<T> found;
    holon::Result<int> ran = execute(
        sql,
        [&](const Row& row) {
          if (!found) found = get(row);
        },
        values...);
    if (!ran.ok()) return ran.error();
    if (!found) return holon::not_found("no row answers \"" + std::string(sql) + "\"");
    return std::move(*found);
  }

  template <class... Values>
  holon::Result<int> execute(std::string_view sql, const std::function<void(const Row&)>& row,
                             const Values&... values) {
    holon::Result<sqlite3_stmt*> statement = prepare(sql);
    if (!statement.ok()) return statement.error();
    int index = 0;
    (bind(*statement, ++index, values), ...);
    return step(*statement, row);
  }

  template <std::integral N>
  static void bind(sqlite3_stmt* statement, int index, N value) {
    sqlite3_bind_int64(statement, index, static_cast<std::int64_t>(value));
  }
  static void bind(sqlite3_stmt* statement, int index, std::string_view value);

  holon::Result<sqlite3_stmt*> prepare(std::string_view sql);
  holon::Result<int> step(sqlite3_stmt* statement, const std::function<void(const Row&)>& row);
  holon::Result<void> script(const std::string& sql);
  holon::Error failure(std::string_view what) const;

  std::string file_;  ///< for messages
  std::unique_ptr<sqlite3, Close> connection_;
  std::map<std::string, std::unique_ptr<sqlite3_stmt, Finalize>, std::less<>> statements_;  // go before the connection
};

class Database {
 public:
  /// Opens `file`, makes it if it is missing, and runs `schema`, whose statements say `if not exists`.
  static holon::Result<std::unique_ptr<Database>> open(const std::filesystem::path& file, const std::string& schema,
                                                       Sync sync = Sync::process);

  template <class F>
  std::invoke_result_t<F&, Session&> read(F body) {
    std::lock_guard lock(mutex_);
    return body(session_);
  }

  /// A transaction: committed if `body` succeeds, undone if it fails.
  template <class F>
  std::invoke_result_t<F&, Session&> write(F body) {
    std::lock_guard lock(mutex_);
    if (holon::Result<void> begun = session_.script("begin immediate"); !begun.ok()) return begun.error();
    Undo undo{session_};
    std::invoke_result_t<F&, Session&> result = body(session_);
    if (!result.ok()) return result;
    if (holon::Result<void> done = session_.script("commit"); !done.ok()) return done.error();
    undo.needed = false;
    return result;
  }

 private:
  /// Takes a transaction back that was not committed, whichever way its body ended.
  struct Undo {
    Session& session;
    bool needed = true;
    ~Undo();
  };

  std::mutex mutex_;
  Session session_;
};

}  // namespace shop::sqlite
