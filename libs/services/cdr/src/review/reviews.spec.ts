import type { CsmsError, EndedTransaction } from '@voltbus/contracts';
import { endedTransaction } from '../testing/ended-transaction';
import { startCdr, type CdrFixture } from '../testing/cdr-fixture';

let service: CdrFixture;
beforeAll(async () => {
  service = await startCdr();
});
afterAll(() => service?.close());

const DOUBTFUL = ['energy-doubtful'];
const session = (euros: number, change: Partial<EndedTransaction> = {}): EndedTransaction =>
  endedTransaction({ energyWh: euros * 2_000, ...change });
const ends = (ended: EndedTransaction) => service.billing.bill(ended, service.clock.now);
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
    await ends(ended);
    await ends(ended);
    expect(await service.cdrsOf(ended)).toEqual([]);
    const cdr = await held(ended);
    expect(cdr).toMatchObject({ cost: { total: '455.00' }, review: { state: 'held', reasons: DOUBTFUL, by: null } });
    expect(await service.cdrs.find('default', cdr.id)).toEqual(cdr);
    expect(await service.cdrs.find('other', cdr.id)).toBeNull();
    expect(typesOf(ended)).toEqual(['held']);
  });

  it('is not issued by a reminder, which is answered that it waits', async () => {
    const ended = session(455, { flags: DOUBTFUL });
    await ends(ended);
    await ends({ ...ended, reminder: true });
    const [first, again] = service.outbox.events.filter(({ value }) => (value as { transaction: string }).transaction === ended.id);
    expect(again).toEqual(first);
    expect(service.published(ended.id)).toEqual([]);
  });

  it('is charged as it was shown, once, when an operator releases it', async () => {
    const ended = session(455, { flags: DOUBTFUL });
    await ends(ended);
    const cdr = await held(ended);
    const released = await service.reviews.release('default', cdr.id, decider);
    expect(released).toEqual({
      ...cdr,
      review: { ...cdr.review, state: 'released', ...decider, at: expect.any(String) as string },
    });
    expect(await service.reviews.release('default', cdr.id, { by: 'key-2', reason: 'again' })).toEqual(released);
    await ends({ ...ended, reminder: true });
    expect(service.published(ended.id)).toEqual([released]);
    expect(await service.cdrsOf(ended)).toEqual([released]);
    expect(await service.cdrsOf(ended, 'held')).toEqual([]);
  });

  it('is charged once when two operators release it at the same moment', async () => {
    const ended = session(455, { flags: DOUBTFUL });
    await ends(ended);
    const { id } = await held(ended);
    const both = [1, 2].map((nth) => service.reviews.release('default', id, { by: `key-${nth}`, reason: 'seen' }));
    const [one, other] = await Promise.all([...both, ends({ ...ended, reminder: true })]);
    expect(other).toEqual(one);
    expect(totals(ended)).toEqual([['charge', '455.00']]);
  });

  it('costs nothing when an operator waives it, and cannot be charged any more', async () => {
    const ended = session(455, { flags: DOUBTFUL });
    await ends(ended);
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
    await ends(ended);
    const first = await held(ended);
    await ends({ ...session(5, ended), flags: [], energyWh: 10_000, revision: 2 });
    await ends(ended);
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
    await ends(ended);
    clock.now += 3_600_000;
    await heldGauge.measure();
    expect(metrics.reading('cdrs_held')).toBe(before + 1);
    expect(metrics.reading('cdr_held_oldest_seconds')).toBeGreaterThanOrEqual(3_600);
    expect(metrics.total('cdr_reviews_total', { state: 'held' })).toBeGreaterThan(before);
  });
});

describe('a doubtful correction', () => {
  it('leaves the charge standing until an operator decides, then replaces it', async () => {
    const ended = session(1.6);
    await ends(ended);
    await ends({ ...ended, energyWh: 1_002_020, revision: 2 });
    expect(totals(ended)).toEqual([['charge', '1.60']]);
    const cdr = await held(ended);
    expect(cdr.review?.reasons).toEqual(['total-above-maximum', 'raised-too-far']);
    await service.reviews.release('default', cdr.id, decider);
    expect(totals(ended)).toEqual([
      ['charge', '1.60'],
      ['credit', '-1.60'],
      ['charge', '501.01'],
    ]);
  });

  it('by 25 late messages changes only the held CDR', async () => {
    const ended = session(1.6);
    await ends(ended);
    for (let nth = 1; nth <= 25; nth++) await ends({ ...ended, energyWh: 3_200 + nth * 39_953, revision: nth + 1 });
    expect(totals(ended)).toEqual([['charge', '1.60']]);
    expect(await held(ended)).toMatchObject({ revision: 26, review: { reasons: ['total-above-maximum', 'raised-too-far'] } });
  });

  it('by many small steps stops after a few, and where they have come too far', async () => {
    const ended = session(10);
    await ends(ended);
    for (let nth = 1; nth <= 25; nth++) await ends({ ...ended, energyWh: 20_000 + nth * 1_000, revision: nth + 1 });
    expect(
      totals(ended)
        .filter(([kind]) => kind === 'charge')
        .map(([, total]) => total),
    ).toEqual([...['10.00', '10.50', '11.00', '11.50', '12.00', '12.50']]);
    expect((await held(ended)).review?.reasons).toEqual(['corrected-too-often']);
  });

  it('leaves the charge standing for good when it is waived, and later revisions are held', async () => {
    const ended = session(1.6);
    await ends(ended);
    await ends({ ...ended, energyWh: 1_002_020, revision: 2 });
    await service.reviews.waive('default', (await held(ended)).id, decider);
    await ends({ ...ended, energyWh: 3_400, revision: 3 });
    expect(totals(ended)).toEqual([['charge', '1.60']]);
    expect((await held(ended)).review?.reasons).toEqual(['after-waiver']);
  });

  it('is superseded when later data bills what was charged', async () => {
    const ended = session(1.6);
    await ends(ended);
    await ends({ ...ended, energyWh: 1_002_020, revision: 2 });
    const { id } = await held(ended);
    await ends({ ...ended, revision: 3 });
    expect(await service.cdrsOf(ended, 'held')).toEqual([]);
    expect(await service.cdrs.find('default', id)).toMatchObject({ review: { state: 'superseded' } });
    expect(typesOf(ended)).toEqual(['issued', 'held', 'issued']);
    expect(totals(ended)).toEqual([['charge', '1.60']]);
  });
});

describe('a charge', () => {
  it('is credited by a waiver, once, and stays on the record', async () => {
    const ended = session(4);
    await ends(ended);
    const [charge] = await service.cdrsOf(ended);
    const credit = await service.reviews.waive('default', charge?.id ?? '', decider);
    expect(credit).toMatchObject({
      kind: 'credit',
      creditOf: charge?.id,
      cost: { total: '-4.00' },
      review: { state: 'waived', ...decider },
    });
    expect(await service.reviews.waive('default', charge?.id ?? '', decider)).toEqual(credit);
    await ends({ ...ended, reminder: true });
    expect(totals(ended)).toEqual([
      ['charge', '4.00'],
      ['credit', '-4.00'],
    ]);
    expect(await service.cdrsOf(ended, 'waived')).toEqual([credit]);
  });

  it('that was waived is not made again by a repeat of the revision that it billed', async () => {
    const ended = session(4);
    await ends(ended);
    const same = { ...ended, revision: 2, flags: ['offline'] };
    await ends(same);
    const [charge] = await service.cdrsOf(ended);
    await service.reviews.waive('default', charge?.id ?? '', decider);
    await ends(same);
    await ends({ ...same, reminder: true });
    expect(await service.cdrsOf(ended, 'held')).toEqual([]);
    expect(totals(ended)).toEqual([
      ['charge', '4.00'],
      ['credit', '-4.00'],
    ]);
  });

  it('that replaced another is taken back as well, though its revision has a credit already', async () => {
    const ended = session(4);
    await ends(ended);
    await ends({ ...ended, energyWh: 10_000, revision: 2 });
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
    await ends(ended);
    const { id } = await held(ended);
    const byHand = { action: 'correct' as const, at: '2026-03-01T12:00:00.000Z', revision: 2, ...decider };
    await ends({ ...ended, energyWh: 8_000, revision: 2, byHand });
    expect(totals(ended)).toEqual([['charge', '4.00']]);
    expect(service.published(ended.id)).toMatchObject([{ review: { state: 'corrected', reasons: DOUBTFUL, ...decider } }]);
    expect(await service.cdrs.find('default', id)).toMatchObject({ review: { state: 'corrected', ...decider } });
    await ends({ ...ended, energyWh: 8_200, revision: 3, byHand });
    expect((await held(ended)).review?.reasons).toEqual([...DOUBTFUL, 'after-correction']);
  });
});

it('holds CDRs by the policy of the tenant, or the default', async () => {
  await service.policies.put('default', { flags: [], above: '3.00' });
  const [odd, dear] = [session(2, { flags: DOUBTFUL }), session(4)];
  await ends(odd);
  await ends(dear);
  await service.policies.put('default', { flags: DOUBTFUL, above: null });
  expect(totals(odd)).toEqual([['charge', '2.00']]);
  expect((await held(dear)).review?.reasons).toEqual(['total-above-maximum']);
});
