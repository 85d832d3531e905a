import type { Cdr, Tariff, Transaction } from '@voltbus/contracts';
import { price } from '@voltbus/pricing';
import type { SessionTruth, Truth } from '@voltbus/virtual-station';
import { TARIFF, expectedTotal } from './price';
import { verify } from './verify';

const session: SessionTruth = {
  ocppTransactionId: '1',
  idToken: 'T',
  startedAt: '2026-01-01T00:00:00.000Z',
  endedAt: '2026-01-01T01:00:00.000Z',
  startWh: 100,
  stopWh: 600,
  startAcknowledged: true,
  endAcknowledged: true,
  readingsAcknowledged: [],
  lost: 0,
};
const truth = (changes: Partial<SessionTruth> = {}): Truth => ({
  seed: 1,
  url: '',
  from: '2026-01-01T00:00:00.000Z',
  to: '2026-01-01T02:00:00.000Z',
  priced: false,
  commands: [],
  stations: [
    { station: 'S', protocol: 'ocpp1.6', personality: 'by-the-book', clockIsWrong: false, sessions: [{ ...session, ...changes }] },
  ],
});
// only the members that are verified
const transaction = { ocppTransactionId: '1', startedAt: session.startedAt } as Transaction;
const cdr = (energyWh: number, kind: Cdr['kind'] = 'charge', more: Partial<Cdr> = {}) =>
  ({
    ...{ id: `${kind} ${energyWh}`, ocppTransactionId: '1', idToken: 'T', tariff: null, energyWh, kind, cost: { total: '0' } },
    ...{ startedAt: session.startedAt, endedAt: session.endedAt, creditOf: kind === 'credit' ? `charge ${energyWh}` : null },
    ...more,
  }) as Cdr;
const tariff: Tariff = {
  tariff: 'day',
  currency: 'EUR',
  perKwh: '1',
  perMinute: '0',
  perIdleMinute: '0',
  idleGraceMinutes: 0,
  fixed: '0',
  taxPercent: '0',
};
const priced = (energyWh: number, more: Partial<Cdr> = {}) =>
  cdr(energyWh, 'charge', { tariff, periods: [], cost: price({ energyWh, periods: [] }, tariff).cost, ...more });
const verified = (transactions: Transaction[], cdrs: Cdr[], changes: Partial<SessionTruth> = {}) => {
  const { lost, doubled, wrong } = verify(truth(changes), new Map([['S', { transactions, cdrs, held: [] }]]));
  return [lost.length, doubled.length, wrong.length];
};

describe('the verdict on the API', () => {
  it.each([
    ['one session, one transaction, one right bill', [transaction], [cdr(500)], {}, [0, 0, 0]],
    ['no transaction', [], [], {}, [1, 0, 0]],
    ['no CDR', [transaction], [], {}, [1, 0, 0]],
    ['two transactions', [transaction, transaction], [cdr(500)], {}, [0, 1, 0]],
    ['two CDRs', [transaction], [cdr(500), cdr(500)], {}, [0, 1, 0]],
    ['a bill too high', [transaction], [cdr(501)], {}, [0, 0, 1]],
    ['a bill taken back and issued anew', [transaction], [cdr(400), cdr(400, 'credit'), cdr(500)], {}, [0, 0, 0]],
    [
      'a price that its periods and tariff do not make',
      [transaction],
      [priced(500, { cost: price({ energyWh: 501_000, periods: [] }, tariff).cost })],
      {},
      [0, 0, 1],
    ],
    ['the price that they make', [transaction], [priced(500)], {}, [0, 0, 0]],
    ["a bill to somebody else's token", [transaction], [cdr(500, 'charge', { idToken: 'OTHER' })], {}, [0, 0, 1]],
    ["the token's own control characters left out", [transaction], [cdr(500)], { idToken: 't\u0010\u000e' }, [0, 0, 0]],
    ['a bill that begins too late', [transaction], [cdr(500, 'charge', { startedAt: '2026-01-01T00:00:02.000Z' })], {}, [0, 0, 1]],
    ['a bill that ends too early', [transaction], [cdr(500, 'charge', { endedAt: '2026-01-01T00:59:58.000Z' })], {}, [0, 0, 1]],
    ['times that were written without fractions', [transaction], [cdr(500)], { startedAt: '2026-01-01T00:00:00.999Z' }, [0, 0, 0]],
    ['a transaction that no station had', [transaction, { ...transaction, ocppTransactionId: '2' }], [cdr(500)], {}, [0, 1, 0]],
    [
      'a transaction of another time',
      [transaction, { ...transaction, ocppTransactionId: '2', startedAt: '2025-12-31T00:00:00.000Z' }],
      [cdr(500)],
      {},
      [0, 0, 0],
    ],
    ['an end that the CSMS never acknowledged', [transaction], [], { endAcknowledged: false }, [0, 0, 0]],
    ['a session of which the CSMS never received anything', [], [], { startAcknowledged: false, endAcknowledged: false }, [0, 0, 0]],
  ])('on %s', (_name, transactions, cdrs, changes, verdict) => {
    expect(verified(transactions, cdrs, changes)).toEqual(verdict);
  });
});

describe('the verdict on the topic', () => {
  const [bill, other] = [cdr(500), cdr(400)];
  const compared = (published: Cdr[]) => {
    const { lost, doubled, wrong } = verify(truth(), new Map([['S', { transactions: [transaction], cdrs: [bill], held: [], published }]]));
    return [lost.length, doubled.length, wrong.length];
  };

  it.each<[string, Cdr[], number[]]>([
    ['the CDRs of the API', [{ ...bill }], [0, 0, 0]],
    ['nothing', [], [1, 0, 0]],
    ['one CDR under two event ids', [bill, bill], [0, 1, 0]],
    ['a CDR that is not in the API', [bill, other], [0, 1, 0]],
    ['other contents under the same id', [{ ...bill, energyWh: 499 }], [0, 0, 1]],
  ])('that has %s', (_name, published, verdict) => {
    expect(compared(published)).toEqual(verdict);
  });
});

describe('the verdict on prices, where the fleet has a tariff', () => {
  const { perKwh, fixed, taxPercent } = TARIFF;
  const own: Tariff = { ...tariff, perKwh, fixed, taxPercent };
  const bill = (energyWh: number, perKwhBilled = perKwh) =>
    cdr(energyWh, 'charge', {
      tariff: { ...own, perKwh: perKwhBilled },
      periods: [],
      cost: price({ energyWh, periods: [] }, { ...own, perKwh: perKwhBilled }).cost,
    });
  const verifiedPrice = (stopWh: number, cdrs: Cdr[]) => {
    const { lost, doubled, wrong } = verify(
      { ...truth({ startWh: 0, stopWh }), priced: true },
      new Map([['S', { transactions: [transaction], cdrs, held: [] }]]),
    );
    return [lost.length, doubled.length, wrong.length];
  };

  it('rests on its own arithmetic, which agrees with libs/pricing to the cent', () => {
    for (let wh = 0; wh < 60_000; wh += 7)
      expect([wh, expectedTotal({ startWh: 0, stopWh: wh })]).toEqual([wh, price({ energyWh: wh, periods: [] }, own).cost.total]);
  });

  it('accepts the right price, and no other', () => {
    expect(verifiedPrice(12_345, [bill(12_345)])).toEqual([0, 0, 0]);
    expect(verifiedPrice(12_345, [bill(12_345, '0.42')])).toEqual([0, 0, 1]);
    expect(verifiedPrice(12_345, [cdr(12_345)])).toEqual([0, 0, 1]); // it costs nothing
  });
});

describe('the verdict on what is held for review', () => {
  const held = (energyWh: number) =>
    cdr(energyWh, 'charge', { review: { state: 'held', reasons: ['clock'], heldAt: session.endedAt, by: null, at: null, reason: null } });
  const verifiedHeld = (cdrs: Cdr[], waiting: Cdr[]) => {
    const verdict = verify(truth(), new Map([['S', { transactions: [transaction], cdrs, held: waiting }]]));
    return [verdict.lost.length, verdict.doubled.length, verdict.wrong.length, verdict.held.length];
  };

  it.each<[string, Cdr[], Cdr[], number[]]>([
    ['a first CDR is not lost', [], [held(500)], [0, 0, 0, 1]],
    ['a first CDR that would be wrong is wrong', [], [held(50_000)], [0, 0, 1, 1]],
    ['a correction is verified in place of the charge that stands', [cdr(400)], [held(500)], [0, 0, 0, 1]],
    ['a correction that would be wrong is wrong', [cdr(500)], [held(400)], [0, 0, 1, 1]],
    ['of two CDRs one is too many', [], [held(500), held(500)], [0, 1, 0, 0]],
    ['no CDR at all is lost', [], [], [1, 0, 0, 0]],
  ])('%s', (_name, cdrs, waiting, verdict) => {
    expect(verifiedHeld(cdrs, waiting)).toEqual(verdict);
  });
});
