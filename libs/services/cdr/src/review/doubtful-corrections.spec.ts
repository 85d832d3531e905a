import type { EndedTransaction } from '@voltbus/contracts';
import { endedTransaction } from '../testing/ended-transaction';
import { startCdr, type CdrFixture } from '../testing/cdr-fixture';

let service: CdrFixture;
beforeAll(async () => {
  service = await startCdr();
});
afterAll(() => service?.close());

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

describe('a doubtful correction', () => {
  it('leaves the charge standing until an operator decides, then replaces it', async () => {
    const ended = session(1.6);
    await bill(ended);
    await bill({ ...ended, energyWh: 1_002_020, revision: 2 });
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
    await bill(ended);
    for (let nth = 1; nth <= 25; nth++) await bill({ ...ended, energyWh: 3_200 + nth * 39_953, revision: nth + 1 });
    expect(totals(ended)).toEqual([['charge', '1.60']]);
    expect(await held(ended)).toMatchObject({ revision: 26, review: { reasons: ['total-above-maximum', 'raised-too-far'] } });
  });

  it('by many small steps stops after a few, and where they have come too far', async () => {
    const ended = session(10);
    await bill(ended);
    for (let nth = 1; nth <= 25; nth++) await bill({ ...ended, energyWh: 20_000 + nth * 1_000, revision: nth + 1 });
    expect(
      totals(ended)
        .filter(([kind]) => kind === 'charge')
        .map(([, total]) => total),
    ).toEqual([...['10.00', '10.50', '11.00', '11.50', '12.00', '12.50']]);
    expect((await held(ended)).review?.reasons).toEqual(['corrected-too-often']);
  });

  it('leaves the charge standing for good when it is waived, and later revisions are held', async () => {
    const ended = session(1.6);
    await bill(ended);
    await bill({ ...ended, energyWh: 1_002_020, revision: 2 });
    await service.reviews.waive('default', (await held(ended)).id, decider);
    await bill({ ...ended, energyWh: 3_400, revision: 3 });
    expect(totals(ended)).toEqual([['charge', '1.60']]);
    expect((await held(ended)).review?.reasons).toEqual(['after-waiver']);
  });

  it('is superseded when later data bills what was charged', async () => {
    const ended = session(1.6);
    await bill(ended);
    await bill({ ...ended, energyWh: 1_002_020, revision: 2 });
    const { id } = await held(ended);
    await bill({ ...ended, revision: 3 });
    expect(await service.cdrsOf(ended, 'held')).toEqual([]);
    expect(await service.cdrs.find('default', id)).toMatchObject({ review: { state: 'superseded' } });
    expect(typesOf(ended)).toEqual(['issued', 'held', 'issued']);
    expect(totals(ended)).toEqual([['charge', '1.60']]);
  });
});
