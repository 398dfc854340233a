// The quotes service: prices by the number of people.
#pragma once

#include "holon/wiring.h"
#include "prices.holon.h"
#include "quotes.holon.h"

namespace cafe {

class QuotesService final : public Quotes::Service {
 public:
  explicit QuotesService(holon::Wiring& wiring) : prices_(wiring) {}

  holon::Result<Quote> GetQuote(holon::Call& call, const GetQuoteRequest& request) override;

 private:
  holon::Ref<Prices> prices_;
};

}  // namespace cafe
