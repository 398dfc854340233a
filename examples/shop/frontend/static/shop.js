// The shop works without this. It saves a click: choosing a currency is enough to change it.
const currency = document.querySelector("form.currency");
if (currency) {
  currency.querySelector("button").hidden = true;
  currency.querySelector("select").addEventListener("change", () => currency.requestSubmit());
}
