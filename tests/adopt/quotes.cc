#include "quotes.h"

#include <algorithm>

#include "holon/try.h"

namespace cafe {

constexpr int people_max = 1000;

holon::Result<Quote> QuotesService::GetQuote(holon::Call& call, const GetQuoteRequest& request) {
  if (request.people() > people_max) return holon::invalid_argument("a party has at most 1000 people");
  GetPriceRequest wanted;
  wanted.set_item(request.item());
  const Price each = TRY(prices_->GetPrice(call, wanted));
  Quote quote;
  quote.set_pence(each.pence() * std::max(1, request.people()));
  return quote;
}

}  // namespace cafe
