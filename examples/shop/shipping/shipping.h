// The shipping service: quotes by zones.tsv and countries.tsv, shipments in shipping.db.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "holon/wiring.h"
#include "shipping/shipping.holon.h"
#include "sqlite/sqlite.h"

namespace shop {

class ShippingService final : public Shipping::Service {
 public:
  /// What the tables hold. Wrong ones are std::invalid_argument.
  struct Tables {
    std::string_view zones;
    std::string_view countries;
  };

  explicit ShippingService(holon::Wiring& wiring);
  ShippingService(holon::Wiring& wiring, Tables tables);

  holon::Result<void> start(holon::Call& call) override;
  holon::Result<Quote> GetQuote(holon::Call& call, const GetQuoteRequest& request) override;
  holon::Result<Shipment> ShipOrder(holon::Call& call, const ShipOrderRequest& request) override;
  holon::Result<Shipment> GetShipment(holon::Call& call, const GetShipmentRequest& request) override;
  holon::Result<ListCountriesReply> ListCountries(holon::Call& call, const ListCountriesRequest& request) override;

 private:
  struct Zone {
    Money parcel;
    Money item;
    int days_min;
    int days_max;
  };

  holon::Result<std::string> zone_of(const std::string& country) const;

  std::filesystem::path folder_;
  std::map<std::string, Zone, std::less<>> zones_;
  std::map<std::string, std::string, std::less<>> zone_of_country_;
  ListCountriesReply countries_;
  std::unique_ptr<sqlite::Database> database_;
};

}  // namespace shop
