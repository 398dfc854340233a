#include "currency/currency.h"

#include <stdexcept>

#include "embedded/currency.h"
#include "holon/try.h"
#include "table/table.h"

namespace shop {
namespace {

// amount * to / from, rounded once, to the coin of the currency it is in then; half a coin goes away from zero.
holon::Result<money::Nanos> exchange(money::Nanos amount, money::Nanos from, money::Nanos to,
                                     std::string_view to_code) {
  const money::Nanos coin = money::nanos_per_unit / (money::minor_digits(to_code) == 0 ? 1 : 100);
  money::Nanos twice = 0;
  if (__builtin_mul_overflow(amount, to, &twice) || __builtin_mul_overflow(twice, money::Nanos{2}, &twice)) {
    return holon::out_of_range("the amount is too large to convert");
  }
  const money::Nanos divisor = from * coin;
  const money::Nanos coins = (twice + (amount < 0 ? -divisor : divisor)) / (2 * divisor);
  return coins * coin;
}

}  // namespace

CurrencyService::CurrencyService() : CurrencyService(embedded::currency("rates.tsv")) {}

CurrencyService::CurrencyService(std::string_view rates) {
  const Table table(rates);
  supported_.set_date(std::string(table.note("date")));
  supported_.set_source(std::string(table.note("source")));
  for (const Table::Row& row : table) {
    const holon::Result<Money> rate = money::make(row["code"], row["rate"]);
    if (!rate.ok() || money::nanos(*rate) <= 0) throw std::invalid_argument("no rate: " + std::string(row["code"]));
    rates_.emplace(row["code"], money::nanos(*rate));
    CurrencyInfo& info = *supported_.add_currencies();
    info.set_code(std::string(row["code"]));
    info.set_name(std::string(row["name"]));
    info.set_symbol(std::string(row["symbol"]));
    info.set_rate(std::string(row["rate"]));
  }
}

holon::Result<SupportedCurrencies> CurrencyService::GetSupportedCurrencies(holon::Call&,
                                                                           const GetSupportedCurrenciesRequest&) {
  return supported_;
}

holon::Result<Money> CurrencyService::Convert(holon::Call&, const ConvertRequest& request) {
  TRY(money::check(request.from()));
  const money::Nanos from = TRY(rate_of(request.from().currency_code()));
  const money::Nanos to = TRY(rate_of(request.to_code()));
  const money::Nanos converted = TRY(exchange(money::nanos(request.from()), from, to, request.to_code()));
  return money::from_nanos(request.to_code(), converted);
}

holon::Result<money::Nanos> CurrencyService::rate_of(const std::string& code) const {
  auto found = rates_.find(code);
  if (found == rates_.end()) return holon::invalid_argument("there is no rate for \"" + code + "\"");
  return found->second;
}

}  // namespace shop
