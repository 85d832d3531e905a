import type { Cdr, EndedTransaction, Flag, ReviewReason } from '@voltbus/contracts';
import type { Terms } from '@voltbus/pricing';
import { EMPTY_HISTORY, bill, type CdrHistory } from '../../cdrs';
import { endedTransaction, tariffOf } from '../../testing/ended-transaction';
import { CORRECTION_WINDOW_MS, MAX_CORRECTIONS, reviewReasons, type ReviewPolicy } from './review-reasons';

const terms: Terms = { tariff: tariffOf('day', '0.50'), from: 'tenant', flags: [], currency: 'EUR' };
const policy: ReviewPolicy = { flags: ['energy-doubtful'], above: null };
const NOW = Date.parse('2026-03-01T12:00:00Z');
const id = '5b0c8c2e-0000-5000-8000-000000000001';
/** Half a euro a kilowatt-hour: its energy is what it costs. */
const revision = (number: number, euros: number, change: Partial<EndedTransaction> = {}): EndedTransaction =>
  endedTransaction({ id, revision: number, energyWh: euros * 2_000, ...change });
const chargeOf = (one: EndedTransaction, by = terms): Cdr => {
  const [charge] = bill(one, null, by);
  if (charge === undefined) throw new Error('no charge');
  return charge;
};
/** Charged and corrected with these totals, by itself. */
const charged = (totals: readonly number[], change: Partial<EndedTransaction> = {}): CdrHistory => {
  const cdrs: Cdr[] = [];
  totals.forEach((euros, at) => cdrs.push(...bill(revision(at + 1, euros, change), cdrs.at(-1) ?? null, terms)));
  return { ...EMPTY_HISTORY, cdrs, revision: totals.length, firstIssuedAt: NOW };
};
const reasonsFor = (one: EndedTransaction, history: CdrHistory = EMPTY_HISTORY, { by = terms, now = NOW, policyOf = policy } = {}) =>
  reviewReasons(chargeOf(one, by), { ended: one, history, policy: policyOf, now });

describe('a first charge', () => {
  it.each<[string, Flag[], Flag[], ReviewReason[]]>([
    ['a flag that the tenant wants reviewed', ['energy-doubtful', 'clock'], ['energy-doubtful'], ['energy-doubtful']],
    ['a flag that is not', ['clock', 'no-start', 'silent-end'], ['energy-doubtful'], []],
    ['any flag, of a tenant that wants none reviewed', ['energy-doubtful', 'register-jump'], [], []],
  ])('with %s', (_name, flags, held, reasons) => {
    expect(reasonsFor(revision(1, 4, { flags }), EMPTY_HISTORY, { policyOf: { flags: held, above: null } })).toEqual(reasons);
  });

  it('is held for a flag that pricing adds, if the tenant wants that', () => {
    const none: Terms = { ...terms, tariff: null, from: null };
    expect(reasonsFor(revision(1, 4), EMPTY_HISTORY, { by: none, policyOf: { flags: ['no-tariff'], above: null } })).toEqual(['no-tariff']);
  });

  it.each([
    ['EUR', '500.00', null, false],
    ['EUR', '500.01', null, true],
    ['EUR', '12874.00', null, true],
    ['EUR', '80.01', '80.00', true],
    ['EUR', '80.00', '80.00', false],
    ['EUR', '501.00', '1000', false],
    ['JPY', '8000', null, false],
    ['JPY', '50001', null, true],
    ['SEK', '4800.00', null, false],
  ])('in %s of %s, where more than %s is much, is held: %s', (currency, total, above, held) => {
    const fixed: Terms = { ...terms, tariff: { ...tariffOf('day', '0'), currency, fixed: total } };
    expect(reasonsFor(revision(1, 0), EMPTY_HISTORY, { by: fixed, policyOf: { flags: [], above } })).toEqual(
      held ? ['total-above-maximum'] : [],
    );
  });
});

describe('a correction by late data', () => {
  it.each<[string, number[], number, ReviewReason[]]>([
    ['from 1.60 to 501.01 is held', [1.6], 501.01, ['total-above-maximum', 'raised-too-far']],
    ['from 4 to 12 is issued', [4], 12, []],
    ['from 4 to 12.01 is held', [4], 12.01, ['raised-too-far']],
    ['of small change is issued', [0.02], 4.9, []],
    ['that lowers a bill is issued', [400], 1, []],
    ['that came up in small steps is held by how far they come together', [4, 8, 12], 16, ['raised-too-far']],
  ])('%s', (_name, before, after, reasons) => {
    expect(reasonsFor(revision(before.length + 1, after), charged(before))).toEqual(reasons);
  });

  it.each<Flag>(['implicit-end', 'silent-end', 'matched-stop', 'no-start', 'no-energy'])(
    'of a bill with %s, which was provisional, is issued',
    (flag) => expect(reasonsFor(revision(2, 60), charged([0.1], { flags: [flag] }))).toEqual([]),
  );

  it('is compared with the last charge that an operator released', () => {
    const history = charged([1]);
    const [charge] = bill(revision(2, 30), history.cdrs[0] ?? null, terms).slice(-1);
    const review = { state: 'released' as const, reasons: [], heldAt: null, by: 'key', at: '2026-03-01T12:00:00.000Z', reason: 'seen' };
    if (charge === undefined) throw new Error('no charge');
    const looked = { ...history, cdrs: [...history.cdrs, { ...charge, review }] };
    expect(reasonsFor(revision(3, 90), looked)).toEqual([]);
    expect(reasonsFor(revision(3, 91), looked)).toEqual(['raised-too-far']);
  });

  it('is held after a number of corrections', () => {
    const totals = Array.from({ length: MAX_CORRECTIONS }, (_, nth) => 10 + nth);
    expect(reasonsFor(revision(MAX_CORRECTIONS + 1, 30), charged(totals))).toEqual([]);
    expect(reasonsFor(revision(MAX_CORRECTIONS + 2, 29), charged([...totals, 30]))).toEqual(['corrected-too-often']);
  });

  it('is held after the correction window', () => {
    expect(reasonsFor(revision(2, 11), charged([10]), { now: NOW + CORRECTION_WINDOW_MS })).toEqual([]);
    expect(reasonsFor(revision(2, 11), charged([10]), { now: NOW + CORRECTION_WINDOW_MS + 1 })).toEqual(['corrected-too-late']);
  });

  it('is held after an operator has waived or corrected', () => {
    expect(reasonsFor(revision(3, 11), { ...EMPTY_HISTORY, lastDecision: 'waived' })).toEqual(['after-waiver']);
    const byHand = { action: 'correct' as const, by: 'key', at: '2026-03-01T12:00:00.000Z', reason: 'meter photo', revision: 2 };
    expect(reasonsFor(revision(3, 11, { byHand }), charged([10]))).toEqual(['after-correction']);
    expect(reasonsFor(revision(3, 11, { byHand: { ...byHand, action: 'end' } }), charged([10]))).toEqual([]);
  });
});
