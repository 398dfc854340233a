#include "inventory/inventory.h"

#include <charconv>
#include <optional>

#include "embedded/inventory.h"
#include "holon/try.h"
#include "table/table.h"

namespace shop {
namespace {

constexpr const char* schema = R"(
  create table if not exists stock (product text primary key, available integer not null check (available >= 0)) strict;
  create table if not exists reservation (
    order_id text not null, product text not null, quantity integer not null, primary key (order_id, product)
  ) strict)";

std::optional<int> number_of(std::string_view text) {
  int number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

holon::Result<void> set_aside(sqlite::Session& session, const std::string& order, const CartItem& item) {
  if (item.quantity() < 1) return holon::invalid_argument("the quantity of " + item.product_id() + " is not positive");
  const int changed =
      TRY(session.run("update stock set available = available - ?1 where product = ?2 and available >= ?1",
                      item.quantity(), item.product_id()));
  if (changed == 0) return holon::failed_precondition(item.product_id() + " is out of stock");
  TRY(session.run("insert into reservation (order_id, product, quantity) values (?, ?, ?) "
                  "on conflict do update set quantity = quantity + excluded.quantity",
                  order, item.product_id(), item.quantity()));
  return {};
}

}  // namespace

InventoryService::InventoryService(holon::Wiring& wiring)
    : InventoryService(wiring, embedded::inventory("stock.tsv")) {}

InventoryService::InventoryService(holon::Wiring& wiring, std::string_view stock)
    : folder_(wiring.data_directory()), factor_(wiring.setting("stock_factor", "1")), stock_(stock) {}

holon::Result<void> InventoryService::start(holon::Call&) {
  const std::optional<int> factor = number_of(factor_);
  if (!factor || *factor < 0) return holon::invalid_argument("setting stock_factor: \"" + factor_ + "\" is no number");
  database_ = TRY(sqlite::Database::open(folder_ / "inventory.db", schema, sqlite::Sync::disk));
  const Table stock(stock_);
  return database_->write([&](sqlite::Session& session) -> holon::Result<void> {
    for (const Table::Row& row : stock) {
      const std::optional<int> available = number_of(row["available"]);
      if (!available) return holon::invalid_argument("stock.tsv: how many " + std::string(row["product"]) + "?");
      TRY(session.run("insert or ignore into stock (product, available) values (?, ?)", row["product"],
                      std::int64_t{*available} * *factor));
    }
    return {};
  });
}

holon::Result<Stock> InventoryService::GetStock(holon::Call&, const GetStockRequest& request) {
  auto available = database_->read([&](sqlite::Session& session) {
    return session.number("select available from stock where product = ?", request.product_id());
  });
  if (available.code() == holon::Code::not_found) {
    return holon::not_found("there is no \"" + request.product_id() + "\"");
  }
  Stock stock;
  stock.set_product_id(request.product_id());
  stock.set_available(static_cast<int>(TRY(std::move(available))));
  return stock;
}

holon::Result<ReserveReply> InventoryService::Reserve(holon::Call&, const ReserveRequest& request) {
  if (request.order_id().empty()) return holon::invalid_argument("order_id is empty");
  if (request.items().empty()) return holon::invalid_argument("there are no items to reserve");
  return database_->write([&](sqlite::Session& session) -> holon::Result<ReserveReply> {
    const auto before =
        TRY(session.number("select count(*) from reservation where order_id = ?", request.order_id()));
    if (before == 0) {
      for (const CartItem& item : request.items()) TRY(set_aside(session, request.order_id(), item));
    }
    return ReserveReply();
  });
}

holon::Result<ReleaseReply> InventoryService::Release(holon::Call&, const ReleaseRequest& request) {
  return database_->write([&](sqlite::Session& session) -> holon::Result<ReleaseReply> {
    TRY(session.run("update stock set available = available + r.quantity from reservation r "
                    "where r.order_id = ? and r.product = stock.product",
                    request.order_id()));
    TRY(session.run("delete from reservation where order_id = ?", request.order_id()));
    return ReleaseReply();
  });
}

}  // namespace shop
