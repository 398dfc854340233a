#include "catalog/catalog.h"

#include <algorithm>
#include <cctype>

#include "embedded/catalog.h"
#include "holon/try.h"
#include "money/money.h"
#include "table/table.h"

namespace shop {
namespace {

constexpr const char* currency_code = "EUR";
constexpr int most_products = 100;

// The table says what the shop sells, so the database is written anew at each start.
constexpr const char* schema = R"(
  drop table if exists product;
  drop table if exists product_text;
  create table product (
    position integer primary key, id text unique not null, name text not null, category text not null,
    picture text not null, price text not null, description text not null
  ) strict;
  create index product_category on product (category, position);
  create virtual table product_text using fts5 (
    name, category, description, content = 'product', content_rowid = 'position', tokenize = 'porter unicode61',
    prefix = '2 3'
  ))";

holon::Result<void> fill(sqlite::Session& session, const Table& products) {
  for (const Table::Row& row : products) {
    TRY(money::make(currency_code, row["price"]));
    TRY(session.run("insert into product (id, name, category, picture, price, description) values (?, ?, ?, ?, ?, ?)",
                    row["id"], row["name"], row["category"], row["picture"], row["price"], row["description"]));
  }
  TRY(session.run("insert into product_text (product_text) values ('rebuild')"));
  return {};
}

Product product_of(const sqlite::Row& row) {
  Product product;
  product.set_id(std::string(row.text(0)));
  product.set_name(std::string(row.text(1)));
  product.set_category(std::string(row.text(2)));
  product.set_picture(std::string(row.text(3)));
  *product.mutable_price() = money::make(currency_code, row.text(4)).value();  // checked when it was written
  product.set_description(std::string(row.text(5)));
  return product;
}

struct Page {
  int size;
  int offset;
};

holon::Result<Page> page_of(int page, int size) {
  if (page < 0 || page > 100'000) return holon::invalid_argument("page is not 1 to 100,000");
  if (size < 0 || size > most_products) {
    return holon::invalid_argument("page_size is not 1 to " + std::to_string(most_products));
  }
  const int products = size == 0 ? 12 : size;
  return Page{products, (page == 0 ? 0 : page - 1) * products};
}

holon::Result<void> add_named(sqlite::Session& session, const std::string& id, ListProductsReply& reply) {
  return session.each("select id, name, category, picture, price, description from product where id = ?",
                      [&](const sqlite::Row& row) { *reply.add_products() = product_of(row); }, id);
}

holon::Result<void> list_named(sqlite::Session& session, const ListProductsRequest& request, ListProductsReply& reply) {
  if (request.ids_size() > most_products) {
    return holon::invalid_argument("more than " + std::to_string(most_products) + " ids");
  }
  for (const std::string& id : request.ids()) TRY(add_named(session, id, reply));
  reply.set_total(reply.products_size());
  return {};
}

// What the full text index is asked for: each word, or one that starts with it. Words are letters, digits and all that
// is not ASCII, so nothing of the index's own syntax gets through.
std::string match_of(std::string_view query) {
  std::string match;
  bool inside = false;
  for (unsigned char c : query) {
    const bool letter = c >= 0x80 || std::isalnum(c) != 0;
    if (letter && !inside) match += match.empty() ? "\"" : " \"";
    if (!letter && inside) match += "\"*";
    if (letter) match += static_cast<char>(c);
    inside = letter;
  }
  return inside ? match + "\"*" : match;
}

}  // namespace

CatalogService::CatalogService(holon::Wiring& wiring) : CatalogService(wiring, embedded::catalog("products.tsv")) {}

holon::Result<void> CatalogService::start(holon::Call&) {
  database_ = TRY(sqlite::Database::open(folder_ / "catalog.db", schema));
  const Table products(products_);
  for (const Table::Row& row : products) {
    if (std::ranges::count(*blank_.mutable_categories(), row["category"]) == 0) {
      blank_.add_categories(std::string(row["category"]));
    }
  }
  return database_->write([&](sqlite::Session& session) { return fill(session, products); });
}

holon::Result<ListProductsReply> CatalogService::ListProducts(holon::Call&, const ListProductsRequest& request) {
  const Page page = TRY(page_of(request.page(), request.page_size()));
  return database_->read([&](sqlite::Session& session) -> holon::Result<ListProductsReply> {
    ListProductsReply reply = blank_;
    if (request.ids_size() > 0) {
      TRY(list_named(session, request, reply));
      return reply;
    }
    TRY(session.each("select id, name, category, picture, price, description from product "
                     "where ?1 = '' or category = ?1 order by position limit ?2 offset ?3",
                     [&](const sqlite::Row& row) { *reply.add_products() = product_of(row); }, request.category(),
                     page.size, page.offset));
    reply.set_total(static_cast<int>(
        TRY(session.number("select count(*) from product where ?1 = '' or category = ?1", request.category()))));
    return reply;
  });
}

holon::Result<Product> CatalogService::GetProduct(holon::Call&, const GetProductRequest& request) {
  ListProductsReply found;
  TRY(database_->read([&](sqlite::Session& session) { return add_named(session, request.id(), found); }));
  if (found.products_size() == 0) return holon::not_found("there is no product \"" + request.id() + "\"");
  return std::move(*found.mutable_products(0));
}

holon::Result<ListProductsReply> CatalogService::SearchProducts(holon::Call&, const SearchProductsRequest& request) {
  const Page page = TRY(page_of(request.page(), request.page_size()));
  if (request.query().size() > 200) return holon::invalid_argument("the query is longer than 200 bytes");
  const std::string match = match_of(request.query());
  return database_->read([&](sqlite::Session& session) -> holon::Result<ListProductsReply> {
    ListProductsReply reply = blank_;
    if (match.empty()) return reply;
    // A word in the name counts ten times one in the description.
    TRY(session.each("select p.id, p.name, p.category, p.picture, p.price, p.description "
                     "from product_text join product p on p.position = product_text.rowid where product_text match ? "
                     "order by bm25(product_text, 10, 5, 1), p.position limit ? offset ?",
                     [&](const sqlite::Row& row) { *reply.add_products() = product_of(row); }, match, page.size,
                     page.offset));
    reply.set_total(
        static_cast<int>(TRY(session.number("select count(*) from product_text where product_text match ?", match))));
    return reply;
  });
}

}  // namespace shop
