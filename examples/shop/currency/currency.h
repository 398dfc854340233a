// The currency service: exchange by the table in rates.tsv.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "currency/currency.holon.h"
#include "money/money.h"

namespace shop {

class CurrencyService final : public Currency::Service {
 public:
  CurrencyService();
  /// Throws std::invalid_argument for a table that is none. @param rates  what rates.tsv holds
  explicit CurrencyService(std::string_view rates);

  holon::Result<SupportedCurrencies> GetSupportedCurrencies(holon::Call& call,
                                                            const GetSupportedCurrenciesRequest& request) override;
  holon::Result<Money> Convert(holon::Call& call, const ConvertRequest& request) override;

 private:
  holon::Result<money::Nanos> rate_of(const std::string& code) const;

  SupportedCurrencies supported_;
  std::map<std::string, money::Nanos, std::less<>> rates_;  ///< billionths of the currency for one euro
};

}  // namespace shop
