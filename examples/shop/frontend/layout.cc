#include <chrono>

#include "frontend/pages.h"
#include "money/money.h"

namespace shop::pages {
namespace {

Html head(std::string_view title) {
  return html(R"(<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <title>{}</title>
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src 'self'; style-src 'self';
    script-src 'self'; form-action 'self'; base-uri 'none'">
  <link rel="icon" href="/static/favicon.svg" type="image/svg+xml">
  <link rel="stylesheet" href="/static/shop.css">
  <script src="/static/shop.js" defer></script>
</head>
)",
              title);
}

Html logo() {
  return html(R"(
<a class="logo" href="/" aria-label="holon shop, home">
  <img src="/static/favicon.svg" alt="" width="30" height="30"><span>holon <b>shop</b></span>
</a>)");
}

Html search_form() {
  return html(R"(
<form class="search" action="/search" role="search">
  <label class="hidden" for="q">Search the shop</label>
  <input id="q" name="q" type="search" placeholder="Search: lamp, stripes, ocean …" maxlength="100">
  <button class="quiet">Search</button>
</form>)");
}

Html currency_form(const Frame& frame) {
  Html options;
  for (const CurrencyInfo& info : frame.currencies.currencies()) {
    const Html selected = info.code() == frame.currency ? html(" selected") : Html();
    options += html(R"(<option value="{}"{}>{} {}</option>)", info.code(), selected, info.code(), info.name());
  }
  return html(R"(
<form class="currency" method="post" action="/currency">
  <label class="hidden" for="currency">Currency</label>
  <select id="currency" name="currency">{}</select>
  <input type="hidden" name="return" value="{}">
  <button class="quiet">Change</button>
</form>)",
              options, frame.path);
}

Html header(const Frame& frame) {
  Html count;
  if (frame.cart_size > 0) {
    count = html(R"(<span class="count" role="img" aria-label="{} items">{}</span>)", frame.cart_size, frame.cart_size);
  }
  return html(R"(
<a class="skip" href="#content">Skip to content</a>
<header><div class="wide">{}{}{}
  <nav aria-label="Yours"><a href="/orders">Orders</a><a href="/cart">Cart {}</a></nav>
</div></header>
)",
              logo(), search_form(), currency_form(frame), count);
}

Html footer(const Frame& frame) {
  return html(R"(
<footer><div class="wide">
  <p>Prices are converted at the rates of {}: {}.</p>
  <p>A demonstration: nothing is sold, charged or sent. Trace <code>{}</code></p>
</div></footer>)",
              frame.currencies.date(), frame.currencies.source(), frame.trace_id);
}

}  // namespace

Html document(const Frame& frame, std::string_view title, const Html& content) {
  return html(R"({}<body>{}<main id="content" class="wide">{}</main>{}</body></html>
)",
              head(title), header(frame), content, footer(frame));
}

Html failure(const Failure& failure, const std::string& trace_id) {
  return html(R"({}<body>
<header><div class="wide">{}</div></header>
<main class="wide failure">
  <p class="status">{}</p>
  <h1>{}</h1>
  <p>{}</p>
  <p><a class="button" href="/">Back to the shop</a></p>
  <p class="fine">If you write to us about this, name trace <code>{}</code>.</p>
</main></body></html>
)",
              head(failure.headline), logo(), failure.status, failure.headline, failure.advice, trace_id);
}

Html ads(const std::vector<Ad>& ads) {
  Html list;
  for (const Ad& ad : ads) list += html(R"(<a href="/product/{}">{}</a>)", ad.product_id(), ad.text());
  if (list.empty()) return list;
  return html(R"(<aside class="ads" aria-label="Advertisement"><span>Ad</span>{}</aside>)", list);
}

Html recommendations(const std::vector<Product>& products, std::string_view title) {
  Html cards;
  for (const Product& product : products) {
    cards += html(R"(<li><a class="card small" href="/product/{}">{}<span class="name">{}</span></a></li>)",
                  product.id(), picture(product.picture(), "", 240), product.name());
  }
  if (cards.empty()) return cards;
  return html(R"(<section class="recommended"><h2>{}</h2><ul class="grid five">{}</ul></section>)", title, cards);
}

Html picture(const std::string& picture, const std::string& name, int size) {
  return html(R"(<img src="/pictures/{}" alt="{}" width="{}" height="{}" loading="lazy">)", picture, name, size, size);
}

std::string price(const Frame& frame, const Money& money) {
  const std::string amount = money::amount(money);
  const std::string space = "\u202f";  // narrow and unbreakable: "kr 89", but "€12.90"
  for (const CurrencyInfo& info : frame.currencies.currencies()) {
    if (info.code() != money.currency_code()) continue;
    const char last = info.symbol().empty() ? 'x' : info.symbol().back();
    const bool letters = static_cast<unsigned char>(last) < 0x80 && last != '$';
    return info.symbol() + (letters ? space : "") + amount;
  }
  return money.currency_code() + space + amount;
}

std::string date(std::int64_t seconds_since_1970) {
  using namespace std::chrono;
  constexpr const char* months[] = {"January", "February", "March",     "April",   "May",      "June",
                                    "July",    "August",   "September", "October", "November", "December"};
  const year_month_day day(floor<days>(sys_seconds(seconds(seconds_since_1970))));
  return std::to_string(static_cast<unsigned>(day.day())) + " " + months[static_cast<unsigned>(day.month()) - 1] + " " +
         std::to_string(static_cast<int>(day.year()));
}

}  // namespace shop::pages
