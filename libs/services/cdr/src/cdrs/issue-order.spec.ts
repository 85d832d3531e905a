import type { Cdr, EndedTransaction } from '@voltbus/contracts';
import { gate, until, within } from '@voltbus/testing';
import { BillingProcesses } from '../testing/billing-processes';
import { endedTransaction } from '../testing/ended-transaction';

let processes: BillingProcesses;
beforeAll(async () => {
  processes = await BillingProcesses.start();
});
afterAll(() => processes?.close());

const ALL = 'issuedFrom=1970-01-01T00:00:00Z';
const idsOf = ({ items }: { items: Cdr[] }) => items.map(({ transaction }) => transaction);

describe('while a CDR is issued and not yet committed', () => {
  let tenant: string;
  let slow: EndedTransaction;
  let commit: () => void;
  let committed: Promise<void>;
  beforeEach(async () => {
    tenant = await processes.newTenant();
    slow = endedTransaction({ tenant, station: 'slow' });
    const [writer] = processes.writers;
    const [reached, release] = [gate(), gate()];
    writer.outbox.beforeCommit = () => (reached.open(), release.opened);
    commit = release.open;
    committed = writer.billing.bill(slow, 0);
    await within('the CDR is issued', reached.opened);
    writer.outbox.beforeCommit = () => Promise.resolve();
  });

  it('no other of its tenant is, by any process, so that a poller passes none', async () => {
    const quick = endedTransaction({ tenant, station: 'quick' });
    const billed = processes.writers[1].billing.bill(quick, 0);
    await until('the second waits', async () => (await processes.waiting()) === 1);
    const early = await processes.bills(tenant, ALL);
    expect(early).toMatchObject({ items: [], nextCursor: null });
    commit();
    await Promise.all([committed, billed]);
    expect(idsOf(await processes.bills(tenant, `${ALL}&cursor=${early.resumeCursor}`, 1))).toEqual([slow.id, quick.id]);
  });

  it('those of other tenants are', async () => {
    const other = await processes.newTenant();
    await processes.writers[1].billing.bill(endedTransaction({ tenant: other }), 0);
    expect((await processes.bills(other, ALL)).items).toHaveLength(1);
    commit();
    await committed;
  });

  it('a period that has passed is read with it', async () => {
    const [{ now } = { now: '' }]: { now: string }[] = await processes.writers[1].database.query(
      `SELECT to_char((clock_timestamp() + interval '1 second') AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS now`,
    );
    const reading = processes.bills(tenant, `issuedTo=${now}`);
    await until('the reader waits', async () => (await processes.waiting()) === 1);
    commit();
    expect(idsOf(await reading)).toEqual([slow.id]);
    await committed;
  });
});

it('gives what is issued together and at one instant an order of its own, and finds it by its instants', async () => {
  const tenant = await processes.newTenant();
  const ended = endedTransaction({ tenant });
  const [writer] = processes.writers;
  await writer.billing.bill(ended, 0);
  await writer.billing.bill({ ...ended, revision: 2, energyWh: 12_000 }, 0);
  const { items } = await processes.bills(tenant, ALL);
  const instants = items.map(({ issuedAt }) => issuedAt ?? '');
  expect(items.map(({ kind }) => kind)).toEqual(['charge', 'credit', 'charge']);
  expect(new Set(instants).size).toBe(3);
  expect(instants).toEqual([...instants].sort());
  const [first = '', second = '', third = ''] = instants;
  expect((await processes.bills(tenant, `issuedFrom=${second}`)).items).toEqual(items.slice(1));
  expect((await processes.bills(tenant, `issuedFrom=${first}&issuedTo=${third}`)).items).toEqual(items.slice(0, 2));
  expect((await processes.bills(tenant, `issuedTo=${first}`)).items).toEqual([]);
  expect((await writer.cdrs.find(tenant, items[1]?.id ?? ''))?.issuedAt).toBe(second);
});
