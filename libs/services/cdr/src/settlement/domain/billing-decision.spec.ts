import type { EndedTransaction } from '@voltbus/contracts';
import type { Terms } from '@voltbus/pricing';
import { EMPTY_HISTORY, type CdrHistory } from '../../cdrs';
import type { ReviewPolicy } from '../../review';
import { endedTransaction, tariffOf } from '../../testing/ended-transaction';
import { decideBilling } from './billing-decision';

const terms: Terms = { tariff: tariffOf('day', '0.50'), from: 'tenant', flags: [], currency: 'EUR' };
const policy: ReviewPolicy = { flags: ['energy-doubtful'], above: null };
const NOW = Date.parse('2026-03-01T12:00:00Z');
const id = '5b0c8c2e-0000-5000-8000-000000000001';
/** At half a euro a kilowatt-hour. */
const revision = (number: number, euros: number, change: Partial<EndedTransaction> = {}): EndedTransaction =>
  endedTransaction({ id, revision: number, energyWh: euros * 2_000, ...change });

describe('while a CDR is held', () => {
  const by = { terms, site: null, policy, now: NOW };
  const first = decideBilling(revision(1, 4, { flags: ['energy-doubtful'] }), EMPTY_HISTORY, by);
  if (first.kind !== 'hold') throw new Error('not held');
  const waiting: CdrHistory = { ...EMPTY_HISTORY, held: first.cdr, heldLast: first.cdr, revision: 1 };

  it('a later revision is held as well, since the instant of the first, also without a reason of its own', () => {
    const later = decideBilling(revision(2, 5), waiting, { ...by, now: NOW + 60_000 });
    expect(later).toMatchObject({
      kind: 'hold',
      cdr: {
        revision: 2,
        cost: { total: '5.00' },
        review: { state: 'held', reasons: ['energy-doubtful'], heldAt: '2026-03-01T12:00:00.000Z' },
      },
    });
  });

  it("an operator's correction is charged, whatever its flags, and names the operator", () => {
    const byHand = { action: 'correct' as const, by: 'key', at: '2026-03-01T12:00:00.000Z', reason: 'meter photo', revision: 2 };
    const corrected = decideBilling(revision(2, 5, { byHand, flags: ['energy-doubtful'] }), waiting, by);
    expect(corrected).toMatchObject({
      kind: 'issue',
      cdrs: [
        { revision: 2, review: { state: 'corrected', reasons: ['energy-doubtful'], by: 'key', at: byHand.at, reason: 'meter photo' } },
      ],
    });
  });
});
