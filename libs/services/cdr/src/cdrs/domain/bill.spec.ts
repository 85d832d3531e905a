import type { Cdr, EndedTransaction, Tariff } from '@voltbus/contracts';
import { Decimal } from 'decimal.js';
import type { Terms } from '@voltbus/pricing';
import { bill } from './bill';

const tariff: Tariff = {
  tariff: 'day',
  currency: 'EUR',
  perKwh: '0.49',
  perMinute: '0',
  perIdleMinute: '0',
  idleGraceMinutes: 0,
  fixed: '0.50',
  taxPercent: '19',
};
const terms: Terms = { tariff, from: 'tenant', flags: [], currency: 'EUR' };
const ended: EndedTransaction = {
  tenant: 'default',
  station: 'CS-1',
  id: '5b0c8c2e-0000-5000-8000-000000000001',
  evse: 1,
  connector: 1,
  ocppTransactionId: '42',
  idToken: 'TAG',
  state: 'ended',
  startedAt: '2026-03-01T10:00:00.000Z',
  endedAt: '2026-03-01T11:30:00.000Z',
  meterStartWh: 1000,
  meterStopWh: 8350,
  energyWh: 7350,
  stopReason: 'Local',
  flags: ['offline'],
  revision: 1,
  signedData: ['OCMF'],
  periods: [
    { kind: 'charging', startedAt: '2026-03-01T10:00:00.000Z', seconds: 3600, energyWh: 7350 },
    { kind: 'idle', startedAt: '2026-03-01T11:00:00.000Z', seconds: 1800, energyWh: 0 },
  ],
};

describe('billing a transaction', () => {
  const failed = (change: Partial<EndedTransaction> = {}): EndedTransaction => ({
    ...ended,
    ...{ endedAt: '2026-03-01T10:00:05.000Z', energyWh: 0, meterStopWh: 1000, flags: ['matched-stop'] },
    periods: [{ kind: 'idle', startedAt: ended.startedAt, seconds: 5, energyWh: 0 }],
    ...change,
  });

  it('quirk 59 charges nothing, not even what is fixed, for a start that the station gave up at once', () => {
    const [cdr] = bill(failed(), null, terms);
    expect(cdr).toMatchObject({
      cost: { total: '0.00', totalInclTax: '0.00' },
      tariff: null,
      tariffFrom: null,
      flags: ['failed-start', 'matched-stop'],
    });
  });

  it('F02.FR.07, C20 charges nothing when no cable was plugged in within the connection timeout', () => {
    const waited = failed({ flags: [], stopReason: 'Timeout', endedAt: '2026-03-01T10:05:00.000Z' });
    expect(bill(waited, null, terms)[0]).toMatchObject({ cost: { total: '0.00' }, flags: ['failed-start'] });
    expect(bill({ ...waited, energyWh: 1 }, null, terms)[0]).toMatchObject({ cost: { fixed: '0.50' }, flags: [] });
  });

  it.each<[string, Partial<EndedTransaction>]>([
    ['a session whose own stop came', { flags: [] }],
    ['a session of a minute', { endedAt: '2026-03-01T10:01:00.000Z' }],
    ['a session that charged', { energyWh: 1 }],
    ['a session of which nobody knows what it charged', { energyWh: null }],
  ])('charges what is fixed for %s', (_name, change) => {
    expect(bill(failed(change), null, terms)[0]?.cost).toMatchObject({ fixed: '0.50' });
  });

  it('makes one charge with what was charged, when and for how much', () => {
    const cdrs = bill(ended, null, terms);
    expect(cdrs).toMatchObject([
      {
        revision: 1,
        kind: 'charge',
        creditOf: null,
        station: 'CS-1',
        transaction: ended.id,
        ocppTransactionId: '42',
        idToken: 'TAG',
        energyWh: 7350,
        chargingSeconds: 3600,
        idleSeconds: 1800,
        cost: { currency: 'EUR', energy: '3.60', fixed: '0.50', total: '4.10', totalInclTax: '4.88' },
        tariff,
        signedData: ['OCMF'],
        flags: ['offline'],
      },
    ]);
    expect(cdrs[0]?.periods.map(({ kind, cost }) => [kind, cost])).toEqual([
      ['charging', '3.60'],
      ['idle', '0.00'],
    ]);
  });

  it('is the same CDR however often and by whichever process it is billed', () => {
    expect(bill(ended, null, terms)).toEqual(bill({ ...ended }, null, terms));
    const [first] = bill(ended, null, terms);
    const [ofAnother] = bill({ ...ended, station: 'CS-2' }, null, terms);
    expect(first?.id).not.toBe(ofAnother?.id);
  });

  it.each([1, 0])('changes nothing when revision 1 is billed already, whatever revision %i contains', (revision) => {
    const [first = null] = bill(ended, null, terms);
    expect(bill({ ...ended, revision, energyWh: 1 }, first, terms)).toEqual([]);
  });

  it('bills nothing that has not ended', () => {
    expect(() => bill({ ...ended, endedAt: null }, null, terms)).toThrow('only an ended transaction is billed');
  });

  it('corrects by a credit and a new charge whose sum is what the session cost', () => {
    const [standing] = bill(ended, null, terms);
    if (standing === undefined) throw new Error('no charge');
    const corrected = bill(
      {
        ...ended,
        revision: 2,
        energyWh: 8000,
        meterStopWh: 9000,
        periods: [{ ...ended.periods[0], kind: 'charging', startedAt: ended.startedAt, seconds: 5400, energyWh: 8000 }],
      },
      standing,
      terms,
    );
    expect(corrected).toMatchObject([
      { kind: 'credit', creditOf: standing.id, revision: 2, energyWh: -7350, idleSeconds: -1800, cost: { total: '-4.10' } },
      { kind: 'charge', creditOf: null, revision: 2, energyWh: 8000, cost: { total: '4.42' } },
    ]);
    const all = [standing, ...corrected];
    expect(new Set(all.map(({ id }) => id)).size).toBe(3);
    expect(all.reduce((sum, { cost }) => sum.plus(cost.total), new Decimal(0)).toFixed(2)).toBe('4.42');
    expect(all.reduce((sum, { energyWh }) => sum + energyWh, 0)).toBe(8000);
  });

  it.each<[string, Partial<EndedTransaction>]>([
    ['the energy', { energyWh: 7351 }],
    ['who charged', { idToken: 'OTHER' }],
    ['where', { evse: 2 }],
    ['when it began', { startedAt: '2026-03-01T09:59:00.000Z' }],
    ['when it ended', { endedAt: '2026-03-01T11:31:00.000Z' }],
    ['what the meter showed', { meterStartWh: 1001 }],
    ['the evidence', { signedData: ['OCMF', 'OCMF'] }],
  ])('corrects when late data changes %s', (_what, change) => {
    const [standing] = bill(ended, null, terms);
    expect(bill({ ...ended, ...change, revision: 2 }, standing ?? null, terms).map(({ kind }) => kind)).toEqual(['credit', 'charge']);
  });

  it('corrects when the time divides otherwise and that has a price, and lets the bill stand when it has none', () => {
    const [charging, idle] = ended.periods;
    if (charging === undefined || idle === undefined) throw new Error('no periods');
    const late = {
      ...ended,
      revision: 2,
      periods: [
        { ...charging, seconds: 3000 },
        { ...idle, seconds: 2400 },
      ],
    };
    const timed = { ...terms, tariff: { ...tariff, perMinute: '0.10' } };
    // as the database gives it back: the same, in another order
    const [standing, dear] = [terms, timed].map(
      (by) => Object.fromEntries(Object.entries(bill(ended, null, by)[0] ?? {}).reverse()) as unknown as Cdr,
    );
    expect(bill(late, standing ?? null, terms)).toEqual([]);
    expect(bill(late, dear ?? null, timed).map(({ kind, cost }) => [kind, cost.time])).toEqual([
      ['credit', '-6.00'],
      ['charge', '5.00'],
    ]);
  });

  it("costs nothing in the tenant's currency when no tariff applied, and flags it", () => {
    expect(bill(ended, null, { tariff: null, from: null, flags: [], currency: 'SEK' })).toMatchObject([
      { tariff: null, cost: { currency: 'SEK', total: '0.00' }, flags: ['no-tariff', 'offline'] },
    ]);
  });

  it('bills an orphan without energy as nothing charged', () => {
    expect(
      bill(
        {
          ...ended,
          energyWh: null,
          meterStartWh: null,
          periods: [{ kind: 'idle', startedAt: ended.startedAt, seconds: 0, energyWh: 0 }],
        },
        null,
        terms,
      ),
    ).toMatchObject([{ energyWh: 0, meterStartWh: null, cost: { energy: '0.00', total: '0.50' } }]);
  });
});
