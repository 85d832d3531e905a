import type { EndedTransaction } from '@voltbus/contracts';
import fc from 'fast-check';
import { apply, endImplicitly, endStale, type Report, type TransactionState } from './transaction';
import { correctByHand, endByHand, withEnergyByHand } from './operator-action';

const identity = { tenant: 'default', station: 'CS-1', id: 'id', reference: '1', ocppTransactionId: '1' };
const actor = { by: 'key-1', at: '2026-03-01T12:00:00.000Z', reason: 'display seen' };
const report = (kind: Report['kind'], seqNo: number, at: number, more: Partial<Report> = {}): Report => ({
  ...{ kind, seqNo, time: { at, raw: null }, evse: 1, connector: 1, idToken: 'TAG' },
  ...{ meterStartWh: null, meterStopWh: null, stopReason: null, flags: [] },
  ...more,
});
const begun = apply(null, identity, report('started', 0, 1_000, { meterStartWh: 100 }));

const anyReport = fc
  .record({
    kind: fc.constantFrom<Report['kind']>('started', 'updated', 'ended'),
    seqNo: fc.nat(20),
    at: fc.integer({ min: 0, max: 1_000_000 }),
    meterStopWh: fc.option(fc.nat(90_000)),
  })
  .map(({ kind, seqNo, at, meterStopWh }) => report(kind, seqNo, at, { meterStopWh: kind === 'ended' ? meterStopWh : null }));

it("an operator's end and register stand, whatever the station reports later; its own end is stored as a second one", () => {
  const ended = endByHand(begun, { endedAt: 50_000, meterStopWh: 5_100 }, actor);
  fc.assert(
    fc.property(fc.array(anyReport, { maxLength: 8 }), (later) => {
      const state = later.reduce<TransactionState>((known, one) => apply(known, identity, one), ended);
      expect([state.end, state.statedStopWh, state.byHand]).toEqual([ended.end, 5_100, ended.byHand]);
      expect(state.flags.includes('second-stop')).toBe(later.some(({ kind }) => kind === 'ended'));
    }),
  );
});

it("an operator's start and end of a correction stand, until another's", () => {
  const ended = apply(begun, identity, report('ended', 1, 9_000, { meterStopWh: 600 }));
  const corrected = correctByHand(ended, { startedAt: 2_000, endedAt: 8_000 }, actor);
  fc.assert(
    fc.property(fc.array(anyReport, { maxLength: 8 }), (later) => {
      const state = later.reduce<TransactionState>((known, one) => apply(known, identity, one), corrected);
      expect([state.start.at, state.end?.at]).toEqual([2_000, 8_000]);
      const again = correctByHand(state, { endedAt: 7_000 }, actor);
      expect([again.start.at, again.end?.at]).toEqual([2_000, 7_000]);
    }),
  );
});

it.each([
  ['staleness', endStale],
  ['a new start', endImplicitly],
] as const)('a session that ended by %s is over for good once an operator has corrected it', (_why, conclude) => {
  const corrected = correctByHand(conclude(begun, { lastAt: 5_000, before: 5_000 }), { energyWh: 83 }, actor);
  const later = apply(corrected, identity, report('updated', 2, 60_000));
  expect(later.end).toEqual(corrected.end);
  expect(apply(later, identity, report('ended', 3, 70_000))).toMatchObject({
    end: corrected.end,
    flags: expect.arrayContaining(['second-stop']) as string[],
  });
});

it('energy set by an operator stays until it is reset to the metered energy', () => {
  const ended = apply(begun, identity, report('ended', 1, 9_000));
  const energy = (...asked: { energyWh?: number | null; endedAt?: number }[]) =>
    asked.reduce((state, one) => correctByHand(state, one, actor), ended).byHand?.energyWh;
  expect(energy({ energyWh: 83 }, { endedAt: 8_000 })).toBe(83);
  expect(energy({ energyWh: 83 }, { energyWh: null })).toBeNull();
  expect(energy({ energyWh: 0 })).toBe(0);
});

it('spreads the energy over the periods without losing a watt-hour', () => {
  const period = fc.record({
    kind: fc.constantFrom<'charging' | 'idle'>('charging', 'idle'),
    seconds: fc.nat(10_000),
    energyWh: fc.nat(1_000_000_000),
  });
  fc.assert(
    fc.property(fc.array(period, { minLength: 1, maxLength: 30 }), fc.nat(100_000_000), (periods, energyWh) => {
      // only what is read
      const account = { periods: periods.map((one) => ({ ...one, startedAt: '' })), energyWh: 1 } as unknown as EndedTransaction;
      const spread = withEnergyByHand(account, { ...actor, action: 'correct', asked: {}, energyWh });
      expect(spread.energyWh).toBe(energyWh);
      expect(spread.periods.reduce((sum, one) => sum + one.energyWh, 0)).toBe(energyWh);
      expect(spread.periods.every((one) => one.energyWh >= 0 && Number.isInteger(one.energyWh))).toBe(true);
      expect(spread.periods.map(({ kind, seconds }) => ({ kind, seconds }))).toEqual(
        periods.map(({ kind, seconds }) => ({ kind, seconds })),
      );
    }),
  );
});
