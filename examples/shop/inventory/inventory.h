// The inventory service: what is in stock and what is set aside for orders, in inventory.db.
//
// stock.tsv says what each product starts with; what was sold since then stays sold. The setting `stock_factor`
// multiplies the first stock, for load tests that would sell the shop out.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "holon/wiring.h"
#include "inventory/inventory.holon.h"
#include "sqlite/sqlite.h"

namespace shop {

class InventoryService final : public Inventory::Service {
 public:
  explicit InventoryService(holon::Wiring& wiring);
  /// @param stock  what stock.tsv holds; outlives the service
  InventoryService(holon::Wiring& wiring, std::string_view stock);

  holon::Result<void> start(holon::Call& call) override;
  holon::Result<Stock> GetStock(holon::Call& call, const GetStockRequest& request) override;
  holon::Result<ReserveReply> Reserve(holon::Call& call, const ReserveRequest& request) override;
  holon::Result<ReleaseReply> Release(holon::Call& call, const ReleaseRequest& request) override;

 private:
  std::filesystem::path folder_;
  std::string factor_;
  std::string_view stock_;
  std::unique_ptr<sqlite::Database> database_;
};

}  // namespace shop
