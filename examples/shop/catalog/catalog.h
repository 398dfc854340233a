// The catalog service: products.tsv, in catalog.db for lists and for searching its text.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "catalog/catalog.holon.h"
#include "holon/wiring.h"
#include "sqlite/sqlite.h"

namespace shop {

class CatalogService final : public Catalog::Service {
 public:
  explicit CatalogService(holon::Wiring& wiring);
  /// @param products  what products.tsv holds; outlives the service
  CatalogService(holon::Wiring& wiring, std::string_view products)
      : folder_(wiring.data_directory()), products_(products) {}

  holon::Result<void> start(holon::Call& call) override;
  holon::Result<ListProductsReply> ListProducts(holon::Call& call, const ListProductsRequest& request) override;
  holon::Result<Product> GetProduct(holon::Call& call, const GetProductRequest& request) override;
  holon::Result<ListProductsReply> SearchProducts(holon::Call& call, const SearchProductsRequest& request) override;

 private:
  std::filesystem::path folder_;
  std::string_view products_;
  ListProductsReply blank_;  ///< a list without products: only the categories
  std::unique_ptr<sqlite::Database> database_;
};

}  // namespace shop
