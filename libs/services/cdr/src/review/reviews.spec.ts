import type { CsmsError, EndedTransaction } from '@voltbus/contracts';
import { accountOf } from '../account-fixture';
import { startReviews, type ReviewsFixture } from './reviews-fixture';

let service: ReviewsFixture;
beforeAll(async () => {
  service = await startReviews();
});
afterAll(() => service?.close());

const DOUBTFUL = ['energy-doubtful'];
const session = (euros: number, change: Partial<EndedTransaction> = {}): EndedTransaction =>
  accountOf({ energyWh: euros * 2_000, ...change });
const ends = (account: EndedTransaction) => service.settlements.settle(account, service.clock.now);
const decider = { by: 'key-1', reason: 'meter photo seen' };
const held = async (account: EndedTransaction) => {
  const [cdr, ...more] = await service.cdrsOf(account, 'held');
  if (cdr === undefined || more.length > 0) throw new Error('not just one is held');
  return cdr;
};
const totals = (account: EndedTransaction) => service.published(account.id).map(({ kind, cost }) => [kind, cost.total]);
const conflict = { code: 'conflict' } satisfies Partial<CsmsError>;

describe('a doubtful CDR', () => {
  it('is held: not issued, listed apart, and told to who waits for it', async () => {
    const account = session(455, { flags: DOUBTFUL });
    await ends(account);
    await ends(account);
    expect(await service.cdrsOf(account)).toEqual([]);
    const cdr = await held(account);
    expect(cdr).toMatchObject({ cost: { total: '455.00' }, review: { state: 'held', reasons: DOUBTFUL, by: null } });
    expect(await service.cdrs.find('default', cdr.id)).toEqual(cdr);
    expect(await service.cdrs.find('other', cdr.id)).toBeNull();
    expect(service.toldTypes(account.id)).toEqual(['held']);
  });

  it('is not issued by a reminder, which is answered that it waits', async () => {
    const account = session(455, { flags: DOUBTFUL });
    await ends(account);
    await ends({ ...account, reminder: true });
    const [first, again] = service.outbox.told.filter(({ value }) => (value as { transaction: string }).transaction === account.id);
    expect(again).toEqual(first);
    expect(service.published(account.id)).toEqual([]);
  });

  it('is charged as it was shown, once, when an operator lets it go', async () => {
    const account = session(455, { flags: DOUBTFUL });
    await ends(account);
    const cdr = await held(account);
    const released = await service.reviews.release('default', cdr.id, decider);
    expect(released).toEqual({
      ...cdr,
      review: { ...cdr.review, state: 'released', ...decider, at: expect.any(String) as string },
    });
    expect(await service.reviews.release('default', cdr.id, { by: 'key-2', reason: 'again' })).toEqual(released);
    await ends({ ...account, reminder: true });
    expect(service.published(account.id)).toEqual([released]);
    expect(await service.cdrsOf(account)).toEqual([released]);
    expect(await service.cdrsOf(account, 'held')).toEqual([]);
  });

  it('is charged once when two operators let it go at the same moment', async () => {
    const account = session(455, { flags: DOUBTFUL });
    await ends(account);
    const { id } = await held(account);
    const both = [1, 2].map((nth) => service.reviews.release('default', id, { by: `key-${nth}`, reason: 'seen' }));
    const [one, other] = await Promise.all([...both, ends({ ...account, reminder: true })]);
    expect(other).toEqual(one);
    expect(totals(account)).toEqual([['charge', '455.00']]);
  });

  it('costs nothing when an operator waives it, and cannot be charged any more', async () => {
    const account = session(455, { flags: DOUBTFUL });
    await ends(account);
    const { id } = await held(account);
    const waived = await service.reviews.waive('default', id, decider);
    expect(waived.review).toMatchObject({ state: 'waived', ...decider });
    expect(await service.reviews.waive('default', id, decider)).toEqual(waived);
    await expect(service.reviews.release('default', id, decider)).rejects.toMatchObject(conflict);
    expect([await service.cdrsOf(account), await service.cdrsOf(account, 'waived')]).toEqual([[], [waived]]);
    expect(service.published(account.id)).toEqual([]);
  });

  it('is one however many revisions come: the last waits, since when the first did; who looked at an earlier one is told', async () => {
    const account = session(455, { flags: DOUBTFUL });
    await ends(account);
    const first = await held(account);
    await ends({ ...session(5, account), flags: [], energyWh: 10_000, revision: 2 });
    await ends(account);
    const second = await held(account);
    expect(second).toMatchObject({ revision: 2, cost: { total: '5.00' }, review: { heldAt: first.review?.heldAt, reasons: DOUBTFUL } });
    await expect(service.reviews.release('default', first.id, decider)).rejects.toMatchObject(conflict);
    await expect(service.reviews.waive('default', first.id, decider)).rejects.toMatchObject(conflict);
    expect(await service.cdrs.find('default', first.id)).toMatchObject({ review: { state: 'superseded' } });
    await service.reviews.release('default', second.id, decider);
    expect(totals(account)).toEqual([['charge', '5.00']]);
  });

  it('is counted, and its age can be alerted on', async () => {
    const { clock, heldGauge, metrics } = service;
    await heldGauge.measure();
    const before = metrics.reading('cdrs_held');
    const account = session(455, { flags: DOUBTFUL });
    await ends(account);
    clock.now += 3_600_000;
    await heldGauge.measure();
    expect(metrics.reading('cdrs_held')).toBe(before + 1);
    expect(metrics.reading('cdr_held_oldest_seconds')).toBeGreaterThanOrEqual(3_600);
    expect(metrics.total('cdr_reviews_total', { state: 'held' })).toBeGreaterThan(before);
  });
});

describe('a correction that is doubted', () => {
  it('leaves the charge standing until somebody decides, then replaces it', async () => {
    const account = session(1.6);
    await ends(account);
    await ends({ ...account, energyWh: 1_002_020, revision: 2 });
    expect(totals(account)).toEqual([['charge', '1.60']]);
    const cdr = await held(account);
    expect(cdr.review?.reasons).toEqual(['total-above-maximum', 'raised-too-far']);
    await service.reviews.release('default', cdr.id, decider);
    expect(totals(account)).toEqual([
      ['charge', '1.60'],
      ['credit', '-1.60'],
      ['charge', '501.01'],
    ]);
  });

  it('by 25 late messages moves nothing but what waits', async () => {
    const account = session(1.6);
    await ends(account);
    for (let nth = 1; nth <= 25; nth++) await ends({ ...account, energyWh: 3_200 + nth * 39_953, revision: nth + 1 });
    expect(totals(account)).toEqual([['charge', '1.60']]);
    expect(await held(account)).toMatchObject({ revision: 26, review: { reasons: ['total-above-maximum', 'raised-too-far'] } });
  });

  it('by many small steps stops after a few, and where they have come too far', async () => {
    const account = session(10);
    await ends(account);
    for (let nth = 1; nth <= 25; nth++) await ends({ ...account, energyWh: 20_000 + nth * 1_000, revision: nth + 1 });
    expect(
      totals(account)
        .filter(([kind]) => kind === 'charge')
        .map(([, total]) => total),
    ).toEqual([...['10.00', '10.50', '11.00', '11.50', '12.00', '12.50']]);
    expect((await held(account)).review?.reasons).toEqual(['corrected-too-often']);
  });

  it('leaves the charge standing for good when it is waived, and what comes later is looked at', async () => {
    const account = session(1.6);
    await ends(account);
    await ends({ ...account, energyWh: 1_002_020, revision: 2 });
    await service.reviews.waive('default', (await held(account)).id, decider);
    await ends({ ...account, energyWh: 3_400, revision: 3 });
    expect(totals(account)).toEqual([['charge', '1.60']]);
    expect((await held(account)).review?.reasons).toEqual(['after-waiver']);
  });

  it('is forgotten when later data bills what was charged', async () => {
    const account = session(1.6);
    await ends(account);
    await ends({ ...account, energyWh: 1_002_020, revision: 2 });
    const { id } = await held(account);
    await ends({ ...account, revision: 3 });
    expect(await service.cdrsOf(account, 'held')).toEqual([]);
    expect(await service.cdrs.find('default', id)).toMatchObject({ review: { state: 'superseded' } });
    expect(service.toldTypes(account.id)).toEqual(['issued', 'held', 'issued']);
    expect(totals(account)).toEqual([['charge', '1.60']]);
  });
});

describe('a charge', () => {
  it('is taken back by a waiver, once, and stays on the record', async () => {
    const account = session(4);
    await ends(account);
    const [charge] = await service.cdrsOf(account);
    const credit = await service.reviews.waive('default', charge?.id ?? '', decider);
    expect(credit).toMatchObject({
      kind: 'credit',
      creditOf: charge?.id,
      cost: { total: '-4.00' },
      review: { state: 'waived', ...decider },
    });
    expect(await service.reviews.waive('default', charge?.id ?? '', decider)).toEqual(credit);
    await ends({ ...account, reminder: true });
    expect(totals(account)).toEqual([
      ['charge', '4.00'],
      ['credit', '-4.00'],
    ]);
    expect(await service.cdrsOf(account, 'waived')).toEqual([credit]);
  });

  it('that was taken back is not made again by an account that it billed, said once more', async () => {
    const account = session(4);
    await ends(account);
    const same = { ...account, revision: 2, flags: ['offline'] };
    await ends(same);
    const [charge] = await service.cdrsOf(account);
    await service.reviews.waive('default', charge?.id ?? '', decider);
    await ends(same);
    await ends({ ...same, reminder: true });
    expect(await service.cdrsOf(account, 'held')).toEqual([]);
    expect(totals(account)).toEqual([
      ['charge', '4.00'],
      ['credit', '-4.00'],
    ]);
  });

  it('that replaced another is taken back as well, though its revision has a credit already', async () => {
    const account = session(4);
    await ends(account);
    await ends({ ...account, energyWh: 10_000, revision: 2 });
    const standing = service.published(account.id).at(-1);
    await service.reviews.waive('default', standing?.id ?? '', decider);
    expect(totals(account).map(([, total]) => total)).toEqual(['4.00', '-4.00', '5.00', '-5.00']);
    const [first, firstCredit] = service.published(account.id);
    await expect(service.reviews.waive('default', first?.id ?? '', decider)).rejects.toMatchObject(conflict);
    await expect(service.reviews.waive('default', firstCredit?.id ?? '', decider)).rejects.toMatchObject(conflict);
    await expect(service.reviews.release('default', standing?.id ?? '', decider)).rejects.toMatchObject(conflict);
  });

  it('of an operator who corrected it goes out whatever its flags, and ends the review', async () => {
    const account = session(455, { flags: DOUBTFUL });
    await ends(account);
    const { id } = await held(account);
    const byHand = { action: 'correct' as const, at: '2026-03-01T12:00:00.000Z', revision: 2, ...decider };
    await ends({ ...account, energyWh: 8_000, revision: 2, byHand });
    expect(totals(account)).toEqual([['charge', '4.00']]);
    expect(service.published(account.id)).toMatchObject([{ review: { state: 'corrected', reasons: DOUBTFUL, ...decider } }]);
    expect(await service.cdrs.find('default', id)).toMatchObject({ review: { state: 'corrected', ...decider } });
    await ends({ ...account, energyWh: 8_200, revision: 3, byHand });
    expect((await held(account)).review?.reasons).toEqual([...DOUBTFUL, 'after-correction']);
  });
});

it('a tenant says what is looked at; who has said nothing has the default', async () => {
  await service.reviewStore.setPolicy('default', { flags: [], above: '3.00' });
  const [odd, dear] = [session(2, { flags: DOUBTFUL }), session(4)];
  await ends(odd);
  await ends(dear);
  await service.reviewStore.setPolicy('default', { flags: DOUBTFUL, above: null });
  expect(totals(odd)).toEqual([['charge', '2.00']]);
  expect((await held(dear)).review?.reasons).toEqual(['total-above-maximum']);
});
