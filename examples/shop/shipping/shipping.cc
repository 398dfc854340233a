#include "shipping/shipping.h"

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include "embedded/shipping.h"
#include "holon/try.h"
#include "money/money.h"
#include "table/table.h"
#include "token/token.h"

namespace shop {
namespace {

constexpr const char* currency_code = "EUR";
constexpr const char* home = "DE";
constexpr int items_in_a_parcel = 10;

constexpr const char* schema = R"(
  create table if not exists shipment (
    tracking_id text primary key, order_id text unique not null, body blob not null
  ) strict)";

int days_of(std::string_view cell) {
  int days = 0;
  if (std::from_chars(cell.data(), cell.data() + cell.size(), days).ec != std::errc() || days <= 0) {
    throw std::invalid_argument("zones.tsv: \"" + std::string(cell) + "\" is no number of days");
  }
  return days;
}

Money cost_of(std::string_view cell) {
  holon::Result<Money> cost = money::make(currency_code, cell);
  if (!cost.ok()) throw std::invalid_argument("zones.tsv: " + cost.error().message());
  return *std::move(cost);
}

template <class Items>
holon::Result<int> count(const Items& items) {
  std::int64_t count = 0;
  for (const CartItem& item : items) {
    if (item.quantity() < 1) {
      return holon::invalid_argument("the quantity of " + item.product_id() + " is not positive");
    }
    count += item.quantity();
  }
  if (count > 10'000) return holon::invalid_argument("more than 10,000 items are freight, not parcels");
  return static_cast<int>(count);
}

int parcels_for(int items) { return (items + items_in_a_parcel - 1) / items_in_a_parcel; }

holon::Result<void> check_address(const Address& address) {
  for (const std::string* line : {&address.name(), &address.street(), &address.city(), &address.zip()}) {
    if (line->empty()) return holon::invalid_argument("the address lacks a name, a street, a city or a postal code");
    if (line->size() > 200) return holon::invalid_argument("a line of the address is longer than 200 bytes");
  }
  return {};
}

holon::Result<Shipment> shipment_where(sqlite::Session& session, std::string_view sql, const std::string& value) {
  const std::string body = TRY(session.text(sql, value));
  Shipment shipment;
  if (!shipment.ParseFromString(body)) return holon::data_loss("a stored shipment cannot be read");
  return shipment;
}

}  // namespace

ShippingService::ShippingService(holon::Wiring& wiring)
    : ShippingService(wiring, {embedded::shipping("zones.tsv"), embedded::shipping("countries.tsv")}) {}

ShippingService::ShippingService(holon::Wiring& wiring, Tables tables) : folder_(wiring.data_directory()) {
  for (const Table::Row& row : Table(tables.zones)) {
    zones_.emplace(row["zone"], Zone{cost_of(row["parcel"]), cost_of(row["item"]), days_of(row["days_min"]),
                                     days_of(row["days_max"])});
  }
  for (const Table::Row& row : Table(tables.countries)) {
    if (!zones_.contains(row["zone"])) {
      throw std::invalid_argument("countries.tsv: no zone " + std::string(row["zone"]));
    }
    zone_of_country_.emplace(row["code"], row["zone"]);
    Country& country = *countries_.add_countries();
    country.set_code(std::string(row["code"]));
    country.set_name(std::string(row["name"]));
  }
  std::ranges::sort(*countries_.mutable_countries(), {}, [](const Country& country) { return country.name(); });
}

holon::Result<void> ShippingService::start(holon::Call&) {
  database_ = TRY(sqlite::Database::open(folder_ / "shipping.db", schema, sqlite::Sync::disk));
  return {};
}

holon::Result<Quote> ShippingService::GetQuote(holon::Call&, const GetQuoteRequest& request) {
  const std::string name = TRY(zone_of(request.has_address() ? request.address().country() : home));
  const Zone& zone = zones_.find(name)->second;
  const int items = TRY(count(request.items()));
  const Money parcels = TRY(money::times(zone.parcel, parcels_for(items)));
  const Money each = TRY(money::times(zone.item, items));
  Quote quote;
  *quote.mutable_cost() = TRY(money::sum(parcels, each));
  quote.set_zone(name);
  quote.set_days_min(zone.days_min);
  quote.set_days_max(zone.days_max);
  return quote;
}

holon::Result<Shipment> ShippingService::ShipOrder(holon::Call&, const ShipOrderRequest& request) {
  if (request.order_id().empty()) return holon::invalid_argument("order_id is empty");
  TRY(check_address(request.address()));
  const int items = TRY(count(request.items()));
  if (items == 0) return holon::invalid_argument("there is nothing to ship");
  const std::string name = TRY(zone_of(request.address().country()));
  const Zone& zone = zones_.find(name)->second;
  return database_->write([&](sqlite::Session& session) -> holon::Result<Shipment> {
    auto before = shipment_where(session, "select body from shipment where order_id = ?", request.order_id());
    if (before.code() != holon::Code::not_found) return before;
    Shipment shipment;
    shipment.set_tracking_id("HL-" + request.address().country() + "-" + random_token(12));
    shipment.set_order_id(request.order_id());
    *shipment.mutable_address() = request.address();
    shipment.set_parcels(parcels_for(items));
    shipment.set_zone(name);
    shipment.set_days_min(zone.days_min);
    shipment.set_days_max(zone.days_max);
    TRY(session.run("insert into shipment (tracking_id, order_id, body) values (?, ?, cast(? as blob))",
                    shipment.tracking_id(), shipment.order_id(), shipment.SerializeAsString()));
    return shipment;
  });
}

holon::Result<Shipment> ShippingService::GetShipment(holon::Call&, const GetShipmentRequest& request) {
  auto found = database_->read([&](sqlite::Session& session) {
    return shipment_where(session, "select body from shipment where tracking_id = ?", request.tracking_id());
  });
  if (found.code() == holon::Code::not_found) return holon::not_found("there is no shipment " + request.tracking_id());
  return found;
}

holon::Result<ListCountriesReply> ShippingService::ListCountries(holon::Call&, const ListCountriesRequest&) {
  return countries_;
}

holon::Result<std::string> ShippingService::zone_of(const std::string& country) const {
  auto zone = zone_of_country_.find(country);
  if (zone == zone_of_country_.end()) return holon::invalid_argument("this shop does not send to \"" + country + "\"");
  return zone->second;
}

}  // namespace shop
