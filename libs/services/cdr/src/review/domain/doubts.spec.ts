import type { Cdr, EndedTransaction } from '@voltbus/contracts';
import type { Terms } from '@voltbus/pricing';
import { accountOf, tariffOf } from '../../account-fixture';
import { settle } from '../../domain/settle';
import { EMPTY_BOOK, type Book } from './book';
import { CORRECTION_WINDOW_MS, MAX_CORRECTIONS, doubtsAbout, type ReviewPolicy } from './doubts';
import { judge } from './judge';

const terms: Terms = { tariff: tariffOf('day', '0.50'), from: 'tenant', flags: [], currency: 'EUR' };
const policy: ReviewPolicy = { flags: ['energy-doubtful'], above: null };
const NOW = Date.parse('2026-03-01T12:00:00Z');
const id = '5b0c8c2e-0000-5000-8000-000000000001';
/** Half a euro a kilowatt-hour: its energy is what it costs. */
const account = (revision: number, euros: number, change: Partial<EndedTransaction> = {}): EndedTransaction =>
  accountOf({ id, revision, energyWh: euros * 2_000, ...change });
const chargeOf = (one: EndedTransaction, by = terms): Cdr => {
  const [charge] = settle(one, null, by);
  if (charge === undefined) throw new Error('no charge');
  return charge;
};
/** Charged and corrected with these totals, by itself. */
const charged = (totals: readonly number[], change: Partial<EndedTransaction> = {}): Book => {
  const cdrs: Cdr[] = [];
  totals.forEach((euros, at) => cdrs.push(...settle(account(at + 1, euros, change), cdrs.at(-1) ?? null, terms)));
  return { ...EMPTY_BOOK, cdrs, revision: totals.length, firstIssuedAt: NOW };
};
const doubts = (one: EndedTransaction, book: Book = EMPTY_BOOK, { by = terms, now = NOW, policyOf = policy } = {}) =>
  doubtsAbout(chargeOf(one, by), one, book, policyOf, now);

describe('a first charge', () => {
  it.each<[string, string[], string[], string[]]>([
    ['a flag that is to be looked at', ['energy-doubtful', 'clock'], ['energy-doubtful'], ['energy-doubtful']],
    ['a flag that is not', ['clock', 'no-start', 'silent-end'], ['energy-doubtful'], []],
    ['any flag, of a tenant who looks at none', ['energy-doubtful', 'register-jump'], [], []],
  ])('with %s', (_name, flags, held, reasons) => {
    expect(doubts(account(1, 4, { flags }), EMPTY_BOOK, { policyOf: { flags: held, above: null } })).toEqual(reasons);
  });

  it('is looked at for what the price list adds, if the tenant wants to', () => {
    const none: Terms = { ...terms, tariff: null, from: null };
    expect(doubts(account(1, 4), EMPTY_BOOK, { by: none, policyOf: { flags: ['no-tariff'], above: null } })).toEqual(['no-tariff']);
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
    expect(doubts(account(1, 0), EMPTY_BOOK, { by: fixed, policyOf: { flags: [], above } })).toEqual(held ? ['total-above-maximum'] : []);
  });
});

describe('a correction by itself', () => {
  it.each<[string, number[], number, string[]]>([
    ['from 1.60 to 501.01 is held', [1.6], 501.01, ['total-above-maximum', 'raised-too-far']],
    ['from 4 to 12 goes out', [4], 12, []],
    ['from 4 to 12.01 is held', [4], 12.01, ['raised-too-far']],
    ['of small change goes out', [0.02], 4.9, []],
    ['that lowers a bill goes out', [400], 1, []],
    ['that came up in small steps is held by how far they come together', [4, 8, 12], 16, ['raised-too-far']],
  ])('%s', (_name, before, after, reasons) => {
    expect(doubts(account(before.length + 1, after), charged(before))).toEqual(reasons);
  });

  it.each(['implicit-end', 'silent-end', 'matched-stop', 'no-start', 'no-energy'])(
    'of a bill with %s, which said itself that something was missing, goes out',
    (flag) => expect(doubts(account(2, 60), charged([0.1], { flags: [flag] }))).toEqual([]),
  );

  it('is compared with what a person let go', () => {
    const book = charged([1]);
    const [charge] = settle(account(2, 30), book.cdrs[0] ?? null, terms).slice(-1);
    const review = { state: 'released' as const, reasons: [], heldAt: null, by: 'key', at: '2026-03-01T12:00:00.000Z', reason: 'seen' };
    if (charge === undefined) throw new Error('no charge');
    const looked = { ...book, cdrs: [...book.cdrs, { ...charge, review }] };
    expect(doubts(account(3, 90), looked)).toEqual([]);
    expect(doubts(account(3, 91), looked)).toEqual(['raised-too-far']);
  });

  it('happens so often and no more', () => {
    const totals = Array.from({ length: MAX_CORRECTIONS }, (_, nth) => 10 + nth);
    expect(doubts(account(MAX_CORRECTIONS + 1, 30), charged(totals))).toEqual([]);
    expect(doubts(account(MAX_CORRECTIONS + 2, 29), charged([...totals, 30]))).toEqual(['corrected-too-often']);
  });

  it('happens within its window', () => {
    expect(doubts(account(2, 11), charged([10]), { now: NOW + CORRECTION_WINDOW_MS })).toEqual([]);
    expect(doubts(account(2, 11), charged([10]), { now: NOW + CORRECTION_WINDOW_MS + 1 })).toEqual(['corrected-too-late']);
  });

  it('is held after what an operator has decided otherwise', () => {
    expect(doubts(account(3, 11), { ...EMPTY_BOOK, lastDecision: 'waived' })).toEqual(['after-waiver']);
    const byHand = { action: 'correct' as const, by: 'key', at: '2026-03-01T12:00:00.000Z', reason: 'meter photo', revision: 2 };
    expect(doubts(account(3, 11, { byHand }), charged([10]))).toEqual(['after-correction']);
    expect(doubts(account(3, 11, { byHand: { ...byHand, action: 'end' } }), charged([10]))).toEqual([]);
  });
});

describe('while a CDR waits', () => {
  const by = { terms, policy, now: NOW };
  const first = judge(account(1, 4, { flags: ['energy-doubtful'] }), EMPTY_BOOK, by);
  if (first.kind !== 'hold') throw new Error('not held');
  const waiting: Book = { ...EMPTY_BOOK, held: first.cdr, heldLast: first.cdr, revision: 1 };

  it('a later revision waits as well, since when the first did, also without a doubt of its own', () => {
    const later = judge(account(2, 5), waiting, { ...by, now: NOW + 60_000 });
    expect(later).toMatchObject({
      kind: 'hold',
      cdr: {
        revision: 2,
        cost: { total: '5.00' },
        review: { state: 'held', reasons: ['energy-doubtful'], heldAt: '2026-03-01T12:00:00.000Z' },
      },
    });
  });

  it("an operator's correction goes out, whatever its flags, and says who made it", () => {
    const byHand = { action: 'correct' as const, by: 'key', at: '2026-03-01T12:00:00.000Z', reason: 'meter photo', revision: 2 };
    const corrected = judge(account(2, 5, { byHand, flags: ['energy-doubtful'] }), waiting, by);
    expect(corrected).toMatchObject({
      kind: 'issue',
      cdrs: [
        { revision: 2, review: { state: 'corrected', reasons: ['energy-doubtful'], by: 'key', at: byHand.at, reason: 'meter photo' } },
      ],
    });
  });
});
