import type { CsmsError, EndedTransaction, Flag } from '@voltbus/contracts';
import { endedTransaction } from '../testing/ended-transaction';
import { startCdr, type CdrFixture } from '../testing/cdr-fixture';

let service: CdrFixture;
beforeAll(async () => {
  service = await startCdr();
});
afterAll(() => service?.close());

const DOUBTFUL: Flag[] = ['energy-doubtful'];
const session = (euros: number, change: Partial<EndedTransaction> = {}): EndedTransaction =>
  endedTransaction({ energyWh: euros * 2_000, ...change });
const bill = (ended: EndedTransaction) => service.billing.bill(ended, service.clock.now);
const decider = { by: 'key-1', reason: 'meter photo seen' };
const held = async (ended: EndedTransaction) => {
  const [cdr, ...more] = await service.cdrsOf(ended, 'held');
  if (cdr === undefined || more.length > 0) throw new Error('not just one is held');
  return cdr;
};
const totals = (ended: EndedTransaction) => service.published(ended.id).map(({ kind, cost }) => [kind, cost.total]);
const typesOf = ({ id }: EndedTransaction) => service.eventsOf(id).map(({ event }) => event.type.replace('voltbus.cdr.', ''));
const conflict = { code: 'conflict' } satisfies Partial<CsmsError>;

describe('a doubtful CDR', () => {
  it('is held: not issued, listed apart, and published on the topic of reviews', async () => {
    const ended = session(455, { flags: DOUBTFUL });
    await bill(ended);
    await bill(ended);
    expect(await service.cdrsOf(ended)).toEqual([]);
    const cdr = await held(ended);
    expect(cdr).toMatchObject({ cost: { total: '455.00' }, review: { state: 'held', reasons: DOUBTFUL, by: null } });
    expect(await service.cdrs.find('default', cdr.id)).toEqual(cdr);
    expect(await service.cdrs.find('other', cdr.id)).toBeNull();
    expect(typesOf(ended)).toEqual(['held']);
  });

  it('is not issued by a reminder, which is answered that it waits', async () => {
    const ended = session(455, { flags: DOUBTFUL });
    await bill(ended);
    await bill({ ...ended, reminder: true });
    const [first, again] = service.outbox.events.filter(({ value }) => (value as { transaction: string }).transaction === ended.id);
    expect(again).toEqual(first);
    expect(service.published(ended.id)).toEqual([]);
  });

  it('is charged as it was shown, once, when an operator releases it', async () => {
    const ended = session(455, { flags: DOUBTFUL });
    await bill(ended);
    const cdr = await held(ended);
    const released = await service.reviews.release('default', cdr.id, decider);
    expect(released).toEqual({
      ...cdr,
      issuedAt: expect.any(String) as string,
      review: { ...cdr.review, state: 'released', ...decider, at: expect.any(String) as string },
    });
    expect(cdr.issuedAt).toBeNull();
    expect(Date.parse(released.issuedAt ?? '')).toBeGreaterThan(Date.parse(released.review?.at ?? ''));
    expect(await service.reviews.release('default', cdr.id, { by: 'key-2', reason: 'again' })).toEqual(released);
    await bill({ ...ended, reminder: true });
    expect(service.published(ended.id)).toEqual([released]);
    expect(await service.cdrsOf(ended)).toEqual([released]);
    expect(await service.cdrsOf(ended, 'held')).toEqual([]);
  });

  it('is charged once when two operators release it at the same moment', async () => {
    const ended = session(455, { flags: DOUBTFUL });
    await bill(ended);
    const { id } = await held(ended);
    const both = [1, 2].map((nth) => service.reviews.release('default', id, { by: `key-${nth}`, reason: 'seen' }));
    const [one, other] = await Promise.all([...both, bill({ ...ended, reminder: true })]);
    expect(other).toEqual(one);
    expect(totals(ended)).toEqual([['charge', '455.00']]);
  });

  it('costs nothing when an operator waives it, and cannot be charged any more', async () => {
    const ended = session(455, { flags: DOUBTFUL });
    await bill(ended);
    const { id } = await held(ended);
    const waived = await service.reviews.waive('default', id, decider);
    expect(waived.review).toMatchObject({ state: 'waived', ...decider });
    expect(await service.reviews.waive('default', id, decider)).toEqual(waived);
    await expect(service.reviews.release('default', id, decider)).rejects.toMatchObject(conflict);
    expect([await service.cdrsOf(ended), await service.cdrsOf(ended, 'waived')]).toEqual([[], [waived]]);
    expect(service.published(ended.id)).toEqual([]);
  });

  it('is replaced by later revisions and waits since the first; a decision about an earlier one is refused', async () => {
    const ended = session(455, { flags: DOUBTFUL });
    await bill(ended);
    const first = await held(ended);
    await bill({ ...session(5, ended), flags: [], energyWh: 10_000, revision: 2 });
    await bill(ended);
    const second = await held(ended);
    expect(second).toMatchObject({ revision: 2, cost: { total: '5.00' }, review: { heldAt: first.review?.heldAt, reasons: DOUBTFUL } });
    await expect(service.reviews.release('default', first.id, decider)).rejects.toMatchObject(conflict);
    await expect(service.reviews.waive('default', first.id, decider)).rejects.toMatchObject(conflict);
    expect(await service.cdrs.find('default', first.id)).toMatchObject({ review: { state: 'superseded' } });
    await service.reviews.release('default', second.id, decider);
    expect(totals(ended)).toEqual([['charge', '5.00']]);
  });

  it('is counted, and its age can be alerted on', async () => {
    const { clock, heldGauge, metrics } = service;
    await heldGauge.measure();
    const before = metrics.reading('cdrs_held');
    const ended = session(455, { flags: DOUBTFUL });
    await bill(ended);
    clock.now += 3_600_000;
    await heldGauge.measure();
    expect(metrics.reading('cdrs_held')).toBe(before + 1);
    expect(metrics.reading('cdr_held_oldest_seconds')).toBeGreaterThanOrEqual(3_600);
    expect(metrics.total('cdr_reviews_total', { state: 'held' })).toBeGreaterThan(before);
  });
});

describe('a charge', () => {
  it('is credited by a waiver, once, and stays on the record', async () => {
    const ended = session(4);
    await bill(ended);
    const [charge] = await service.cdrsOf(ended);
    const credit = await service.reviews.waive('default', charge?.id ?? '', decider);
    expect(credit).toMatchObject({
      kind: 'credit',
      creditOf: charge?.id,
      cost: { total: '-4.00' },
      review: { state: 'waived', ...decider },
    });
    expect(await service.reviews.waive('default', charge?.id ?? '', decider)).toEqual(credit);
    await bill({ ...ended, reminder: true });
    expect(totals(ended)).toEqual([
      ['charge', '4.00'],
      ['credit', '-4.00'],
    ]);
    expect(await service.cdrsOf(ended, 'waived')).toEqual([credit]);
  });

  it('that was waived is not made again by a repeat of the revision that it billed', async () => {
    const ended = session(4);
    await bill(ended);
    const same: EndedTransaction = { ...ended, revision: 2, flags: ['offline'] };
    await bill(same);
    const [charge] = await service.cdrsOf(ended);
    await service.reviews.waive('default', charge?.id ?? '', decider);
    await bill(same);
    await bill({ ...same, reminder: true });
    expect(await service.cdrsOf(ended, 'held')).toEqual([]);
    expect(totals(ended)).toEqual([
      ['charge', '4.00'],
      ['credit', '-4.00'],
    ]);
  });

  it('that replaced another is taken back as well, though its revision has a credit already', async () => {
    const ended = session(4);
    await bill(ended);
    await bill({ ...ended, energyWh: 10_000, revision: 2 });
    const standing = service.published(ended.id).at(-1);
    await service.reviews.waive('default', standing?.id ?? '', decider);
    expect(totals(ended).map(([, total]) => total)).toEqual(['4.00', '-4.00', '5.00', '-5.00']);
    const [first, firstCredit] = service.published(ended.id);
    await expect(service.reviews.waive('default', first?.id ?? '', decider)).rejects.toMatchObject(conflict);
    await expect(service.reviews.waive('default', firstCredit?.id ?? '', decider)).rejects.toMatchObject(conflict);
    await expect(service.reviews.release('default', standing?.id ?? '', decider)).rejects.toMatchObject(conflict);
  });

  it('of an operator who corrected it goes out whatever its flags, and ends the review', async () => {
    const ended = session(455, { flags: DOUBTFUL });
    await bill(ended);
    const { id } = await held(ended);
    const byHand = { action: 'correct' as const, at: '2026-03-01T12:00:00.000Z', revision: 2, ...decider };
    await bill({ ...ended, energyWh: 8_000, revision: 2, byHand });
    expect(totals(ended)).toEqual([['charge', '4.00']]);
    expect(service.published(ended.id)).toMatchObject([{ review: { state: 'corrected', reasons: DOUBTFUL, ...decider } }]);
    expect(await service.cdrs.find('default', id)).toMatchObject({ review: { state: 'corrected', ...decider } });
    await bill({ ...ended, energyWh: 8_200, revision: 3, byHand });
    expect((await held(ended)).review?.reasons).toEqual([...DOUBTFUL, 'after-correction']);
  });
});

it('holds CDRs by the policy of the tenant, or the default', async () => {
  await service.policies.put('default', { flags: [], above: '3.00' });
  const [odd, dear] = [session(2, { flags: DOUBTFUL }), session(4)];
  await bill(odd);
  await bill(dear);
  await service.policies.put('default', { flags: DOUBTFUL, above: null });
  expect(totals(odd)).toEqual([['charge', '2.00']]);
  expect((await held(dear)).review?.reasons).toEqual(['total-above-maximum']);
});
