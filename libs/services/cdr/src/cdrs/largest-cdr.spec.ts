import { MAX_VALUE_BYTES } from '@voltbus/bus';
import { MAX_PERIODS, REVIEWABLE_FLAGS, type TransactionPeriod } from '@voltbus/contracts';
import { endedTransaction, tariffOf } from '../testing/ended-transaction';
import { bill } from './domain/bill';

/** What transaction sends at most of what was signed, as JSON (ADR 31). */
const EVIDENCE_BYTES = 262_144;

it('fits a record of the bus, and so does its transaction, however long the session and whatever the station sends', () => {
  const long = '\u{1f50c}'.repeat(255);
  const periods = Array.from({ length: MAX_PERIODS }, (_, n): TransactionPeriod => ({
    kind: n % 2 === 0 ? 'charging' : 'idle',
    startedAt: new Date(1_770_000_000_000 + n * 999_999).toISOString(),
    seconds: 999_999.123456,
    energyWh: 123_456_789.123,
  }));
  const ended = endedTransaction({
    ...{ station: long, ocppTransactionId: long, idToken: long, stopReason: long, flags: [...REVIEWABLE_FLAGS], periods },
    energyWh: MAX_PERIODS * 123_456_789,
    signedData: Array<string>(10).fill('"'.repeat(EVIDENCE_BYTES / 20)),
  });
  const tariff = { ...tariffOf(long, '123456789.123456789'), perMinute: '123456789.123456789', perIdleMinute: '123456789.123456789' };
  const cdrs = bill(ended, null, { tariff, from: 'tenant', flags: REVIEWABLE_FLAGS, currency: 'EUR' });
  expect(cdrs).toHaveLength(1);
  for (const value of [ended, ...cdrs]) expect(Buffer.byteLength(JSON.stringify(value))).toBeLessThan(MAX_VALUE_BYTES);
});
