#include "sqlite/sqlite.h"

#include "holon/try.h"

namespace shop::sqlite {

std::int64_t Row::number(int column) const { return sqlite3_column_int64(statement_, column); }

std::string_view Row::text(int column) const {
  const void* bytes = sqlite3_column_blob(statement_, column);
  return {static_cast<const char*>(bytes), static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

void Session::bind(sqlite3_stmt* statement, int index, std::string_view value) {
  // Values outlive the statement's run, so SQLite need not copy. An empty view may have a null pointer, which would be
  // NULL.
  const char* data = value.empty() ? "" : value.data();
  sqlite3_bind_text64(statement, index, data, value.size(), SQLITE_STATIC, SQLITE_UTF8);
}

holon::Result<sqlite3_stmt*> Session::prepare(std::string_view sql) {
  if (auto known = statements_.find(sql); known != statements_.end()) return known->second.get();
  sqlite3_stmt* statement = nullptr;
  int code = sqlite3_prepare_v3(connection_.get(), sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                &statement, nullptr);
  if (code != SQLITE_OK) return failure(sql);
  statements_.emplace(sql, statement);
  return statement;
}

holon::Result<int> Session::step(sqlite3_stmt* statement, const std::function<void(const Row&)>& row) {
  int code;
  while ((code = sqlite3_step(statement)) == SQLITE_ROW) row(Row(statement));
  const bool changes = sqlite3_stmt_readonly(statement) == 0;
  holon::Result<int> result = changes ? sqlite3_changes(connection_.get()) : 0;
  if (code != SQLITE_DONE) result = failure(sqlite3_sql(statement));
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
  return result;
}

holon::Result<void> Session::script(const std::string& sql) {
  if (sqlite3_exec(connection_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) return failure(sql);
  return {};
}

holon::Error Session::failure(std::string_view what) const {
  const std::string message = file_ + ": " + sqlite3_errmsg(connection_.get()) + ", at \"" + std::string(what) + "\"";
  switch (sqlite3_errcode(connection_.get())) {
    case SQLITE_BUSY:
      return holon::unavailable(message);
    case SQLITE_FULL:
      return holon::resource_exhausted(message);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return holon::data_loss(message);
    case SQLITE_CONSTRAINT:
      return holon::already_exists(message);
    default:
      return holon::internal_error(message);
  }
}

Database::Undo::~Undo() {
  // A failure such as a full disk has rolled back already; then there is nothing to undo.
  if (needed && sqlite3_get_autocommit(session.connection_.get()) == 0) (void)session.script("rollback");
}

holon::Result<std::unique_ptr<Database>> Database::open(const std::filesystem::path& file, const std::string& schema,
                                                        Sync sync) {
  auto database = std::make_unique<Database>();
  Session& session = database->session_;
  session.file_ = file.string();
  sqlite3* connection = nullptr;
  // The mutex above serialises; SQLite's own would only cost.
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  int code = sqlite3_open_v2(file.c_str(), &connection, flags, nullptr);
  session.connection_.reset(connection);
  if (code != SQLITE_OK) return session.failure("open");
  sqlite3_busy_timeout(connection, 2'000);
  TRY(session.script("pragma journal_mode = wal; pragma foreign_keys = on"));
  TRY(session.script(sync == Sync::disk ? "pragma synchronous = full" : "pragma synchronous = normal"));
  TRY(session.script(schema));
  return database;
}

}  // namespace shop::sqlite
