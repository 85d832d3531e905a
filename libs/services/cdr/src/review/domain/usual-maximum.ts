/** About this much in euros is more than a session costs: 1,000 kWh at half a euro, or a battery the size of a lorry's, twice. */
const USUAL_MAXIMUM_EUR = 500;

/** Units of a currency that are worth about a euro, to an order of magnitude, where they are many. All others: one. */
const UNITS_PER_EURO: Readonly<Record<string, number>> = {
  ...units(10, 'CNY CZK DKK EGP HKD MAD MXN NOK SEK TRY UAH ZAR'),
  ...units(100, 'ALL BDT DZD HUF INR ISK JPY KES LKR MKD NPR PHP PKR RSD RUB THB TWD'),
  ...units(1_000, 'AMD ARS CLP CRC KRW KZT MNT NGN RWF TZS XAF XOF'),
  ...units(10_000, 'COP IDR IQD LAK LBP PYG UGX UZS VND'),
};

/** Above this a session's total is held where its tenant has set no amount of its own. */
export function usualMaximum(currency: string): number {
  return USUAL_MAXIMUM_EUR * (UNITS_PER_EURO[currency] ?? 1);
}

function units(perEuro: number, currencies: string): Record<string, number> {
  return Object.fromEntries(currencies.split(' ').map((currency) => [currency, perEuro]));
}
