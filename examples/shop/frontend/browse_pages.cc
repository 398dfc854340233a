#include <algorithm>
#include <cctype>

#include "frontend/form.h"
#include "frontend/pages.h"

namespace shop::pages {
namespace {

std::string capital(std::string text) {
  if (!text.empty()) text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
  return text;
}

Html chips(const Listing& listing) {
  Html chips = html(R"(<a href="/"{}>Everything</a>)",
                    listing.category.empty() && listing.query.empty() ? html(R"( aria-current="page")") : Html());
  for (const std::string& category : listing.categories) {
    const Html current = category == listing.category ? html(R"( aria-current="page")") : Html();
    chips += html(R"(<a href="/category/{}"{}>{}</a>)", percent_encode(category), current, capital(category));
  }
  return html(R"(<nav class="chips" aria-label="Categories">{}</nav>)", chips);
}

Html card(const Frame& frame, const Offer& offer) {
  const Product& product = offer.product;
  return html(R"(
<li><a class="card" href="/product/{}">{}
  <span class="name">{}</span><span class="price">{}</span>
</a></li>)",
              product.id(), picture(product.picture(), "", 400), product.name(), price(frame, offer.price));
}

std::string page_link(const Listing& listing, int page) {
  const std::string number = std::to_string(page);
  if (!listing.query.empty()) return "/search?q=" + percent_encode(listing.query) + "&page=" + number;
  if (!listing.category.empty()) return "/category/" + percent_encode(listing.category) + "?page=" + number;
  return "/?page=" + number;
}

// The first, the last, and those around this one: at most seven links.
Html pagination(const Listing& listing) {
  if (listing.pages <= 1) return {};
  Html links;
  if (listing.page > 1) links += html(R"(<a rel="prev" href="{}">Back</a>)", page_link(listing, listing.page - 1));
  int before = 0;
  for (int page = 1; page <= listing.pages; ++page) {
    const bool near = page >= listing.page - 1 && page <= listing.page + 1;
    if (page != 1 && page != listing.pages && !near) continue;
    if (page > before + 1) links += html("<span>…</span>");
    const Html current = page == listing.page ? html(R"( aria-current="page")") : Html();
    links += html(R"(<a href="{}"{}>{}</a>)", page_link(listing, page), current, page);
    before = page;
  }
  if (listing.page < listing.pages) {
    links += html(R"(<a rel="next" href="{}">Next</a>)", page_link(listing, listing.page + 1));
  }
  return html(R"(<nav class="pages" aria-label="Pages">{}</nav>)", links);
}

Html hero() {
  return html(R"(
<section class="hero">
  <div>
    <h1>Good things for the rooms you live in.</h1>
    <p>Mugs, lamps, chairs and a few hundred others, each drawn for this shop and carried to your browser by eleven
      services.</p>
    <p><a class="button" href="/category/lighting">Begin with a lamp</a></p>
  </div>
  <div class="hero-pictures" aria-hidden="true">
    <img src="/pictures/armchair.terracotta.plain" alt="" width="300" height="300">
    <img src="/pictures/pendant.ocean.plain" alt="" width="300" height="300">
    <img src="/pictures/plant.mustard.band" alt="" width="300" height="300">
  </div>
</section>)");
}

Html heading(const Listing& listing) {
  if (listing.category.empty() && listing.query.empty() && listing.page == 1) return hero();
  return html(R"(<div class="heading"><h1>{}</h1><p>{} {}</p></div>)", capital(listing.title), listing.total,
              listing.total == 1 ? "product" : "products");
}

Html nothing_found() {
  return html(R"(<p class="empty">Nothing here goes by that name. Try a colour, a kind of thing, or fewer words.</p>)");
}

Html stock(const ProductView& view) {
  if (!view.stock_known) return {};
  if (view.available == 0) return html(R"(<p class="stock none">Sold out for now.</p>)");
  if (view.available <= 5) return html(R"(<p class="stock few">Only {} left.</p>)", view.available);
  return html(R"(<p class="stock">In stock: {}</p>)", view.available);
}

Html buy_form(const ProductView& view) {
  const int most = view.stock_known ? std::min(view.available, 10) : 10;
  Html quantities;
  for (int i = 1; i <= most; ++i) quantities += html(R"(<option>{}</option>)", i);
  if (quantities.empty()) return quantities;
  return html(R"(
<form class="buy" method="post" action="/cart">
  <input type="hidden" name="product" value="{}">
  <label for="quantity">Quantity</label><select id="quantity" name="quantity">{}</select>
  <button class="button">Add to cart</button>
</form>)",
              view.offer.product.id(), quantities);
}

}  // namespace

Html listing(const Frame& frame, const Listing& listing) {
  Html content = heading(listing);
  content += chips(listing);
  Html cards;
  for (const Offer& offer : listing.offers) cards += card(frame, offer);
  content += cards.empty() ? nothing_found() : html(R"(<ul class="grid">{}</ul>)", cards);
  content += pagination(listing);
  content += ads(listing.ads);
  return document(frame, listing.title + " · holon shop", content);
}

Html product(const Frame& frame, const ProductView& view) {
  const Product& product = view.offer.product;
  Html content = html(R"(
<nav class="trail" aria-label="You are here"><a href="/">Everything</a> / <a href="/category/{}">{}</a></nav>)",
                      percent_encode(product.category()), capital(product.category()));
  content += html(R"(
<article class="product">
  <div class="frame">{}</div>
  <div><h1>{}</h1><p class="price">{}</p><p>{}</p>{}{}</div>
</article>)",
                  picture(product.picture(), product.name(), 600), product.name(), price(frame, view.offer.price),
                  product.description(), stock(view), buy_form(view));
  content += recommendations(view.recommended, "Bought together");
  content += ads(view.ads);
  return document(frame, product.name() + " · holon shop", content);
}

}  // namespace shop::pages
