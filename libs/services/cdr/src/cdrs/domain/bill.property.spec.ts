import type { Cdr, EndedTransaction } from '@voltbus/contracts';
import { price } from '@voltbus/pricing';
import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { endedTransaction, tariffOf } from '../../testing/ended-transaction';
import { bill } from './bill';

const id = '5b0c8c2e-0000-5000-8000-000000000001';
const tariff = { ...tariffOf('day', '0.49'), perMinute: '0.013', perIdleMinute: '0.07', idleGraceMinutes: 3, fixed: '0.35' };
const terms = { tariff, from: 'tenant' as const, flags: [], currency: 'EUR' };

/** Revisions of one session as late data makes them: revision by revision, with another energy, another division of its time, or neither. */
const revisions = fc
  .array(
    fc.record({ energyWh: fc.constantFrom(0, 1, 7350, 7351), idleSeconds: fc.constantFrom(0, 179, 1800), evse: fc.constantFrom(1, 2) }),
    {
      minLength: 1,
      maxLength: 6,
    },
  )
  .map((list) =>
    list.map(({ energyWh, idleSeconds, evse }, at): EndedTransaction => {
      const { startedAt } = endedTransaction();
      return endedTransaction({
        id,
        evse,
        energyWh,
        revision: at + 1,
        periods: [
          { kind: 'charging', startedAt, seconds: 3600 - idleSeconds, energyWh },
          { kind: 'idle', startedAt, seconds: idleSeconds, energyWh: 0 },
        ],
      });
    }),
  );
/** As an at-least-once bus delivers them: in order, but any of them again at any time after. */
const deliveries = revisions.chain((list) => {
  const any = fc.nat(list.length - 1);
  return fc.array(fc.record({ after: any, again: any }), { maxLength: 12 }).map((repeats) => ({
    list,
    order: list.flatMap((_, at) => [at, ...repeats.filter(({ after, again }) => after === at && again <= at).map(({ again }) => again)]),
  }));
});

function billAll(list: readonly EndedTransaction[], order: readonly number[]): Cdr[] {
  const cdrs: Cdr[] = [];
  for (const at of order) {
    const ended = list[at];
    if (ended) cdrs.push(...bill(ended, cdrs.findLast(({ kind }) => kind === 'charge') ?? null, terms));
  }
  return cdrs;
}
const add = (amounts: readonly string[]): string => amounts.reduce((sum, amount) => sum.plus(amount), new Decimal(0)).toFixed(2);

it('makes CDRs that add up to what the last revision costs, however late and often revisions come', () => {
  fc.assert(
    fc.property(deliveries, ({ list, order }) => {
      const cdrs = billAll(list, order);
      const last = list.at(-1) ?? endedTransaction();
      const { cost } = price({ energyWh: last.energyWh ?? 0, periods: last.periods }, tariff);
      for (const line of ['energy', 'time', 'idle', 'fixed', 'total', 'totalInclTax'] as const)
        expect(add(cdrs.map((cdr) => cdr.cost[line]))).toBe(cost[line]);
      expect(cdrs.reduce((sum, { energyWh }) => sum + energyWh, 0)).toBe(last.energyWh);
      expect(new Set(cdrs.map((cdr) => cdr.id)).size).toBe(cdrs.length);
    }),
  );
});

it('credits each charge but the last once, right before the next, with all its amounts and periods', () => {
  fc.assert(
    fc.property(deliveries, ({ list, order }) => {
      const cdrs = billAll(list, order);
      expect(cdrs.map(({ kind }) => kind)).toEqual(cdrs.map((_, at) => (at % 2 === 0 ? 'charge' : 'credit')));
      for (let at = 1; at < cdrs.length; at += 2) {
        const [charge, credit, next] = cdrs.slice(at - 1, at + 2);
        expect(credit?.creditOf).toBe(charge?.id);
        expect(credit?.revision).toBe(next?.revision);
        expect(add([...(charge?.periods ?? []), ...(credit?.periods ?? [])].map(({ cost }) => cost))).toBe('0.00');
        expect(next && charge && [next.cost, next.energyWh, next.evse]).not.toEqual([charge?.cost, charge?.energyWh, charge?.evse]);
      }
    }),
  );
});
