import { randomInt, randomUUID } from 'node:crypto';
import type { Cdr } from '@voltbus/contracts';
import { isTransientDatabaseError } from '@voltbus/database';
import { listed, range } from '@voltbus/testing';
import { Decimal } from 'decimal.js';
import { BillingProcesses, type Writer } from '../testing/billing-processes';
import { endedTransaction } from '../testing/ended-transaction';

let processes: BillingProcesses;
beforeAll(async () => {
  processes = await BillingProcesses.start();
});
afterAll(() => processes?.close());

const ALL = 'issuedFrom=1970-01-01T00:00:00Z';
const STATIONS = 6;
/** Sessions that are billed one after the other; four lanes are billed at once. */
const LANE = 8;
const DOUBTFUL = 'energy-doubtful';

/** Killed at random: what it has read counts once it is stored, and nothing else of it is left. */
class Poller {
  readonly stored: Cdr[] = [];
  private cursor: string | null = null;
  kills = 0;

  /** `atOnce`: CDRs and cursor are stored in one step; otherwise it may die between. */
  constructor(
    private readonly tenant: string,
    private readonly atOnce: boolean,
  ) {}

  /** Returns how many CDRs it read. */
  async poll(mayDie: boolean): Promise<number> {
    const limit = randomInt(1, 6);
    const query = `${ALL}&limit=${limit}${this.cursor === null ? '' : `&cursor=${this.cursor}`}`;
    const { items, resumeCursor } = await processes.bills(this.tenant, query, randomInt(2) as 0 | 1);
    if (mayDie && randomInt(4) === 0) return this.die(items.length);
    this.stored.push(...items);
    if (mayDie && !this.atOnce && randomInt(4) === 0) return this.die(items.length);
    this.cursor = resumeCursor;
    return items.length;
  }

  private die(read: number): number {
    this.kills++;
    return read;
  }
}

it('is read whole and in order by pollers that are killed at random, while several processes bill, are slow and are killed', async () => {
  const [tenant, other] = [await processes.newTenant(), await processes.newTenant()];
  const cost = new Map<string, Decimal>();
  for (const writer of processes.writers)
    writer.outbox.beforeCommit = async (manager) => {
      if (randomInt(3) === 0) await manager.query('SELECT pg_sleep($1)', [randomInt(30) / 1_000]);
      if (randomInt(5) === 0) throw new Error('killed');
    };
  /** As the bus does: again, by any process, until it is done. */
  const surely = async (work: (writer: Writer) => Promise<unknown>): Promise<void> => {
    for (;;) {
      const done = await work(processes.writers[randomInt(3)] as Writer).catch((error: unknown) => error);
      if (!(done instanceof Error)) return;
      if (done.message !== 'killed' && !isTransientDatabaseError(done)) throw done;
    }
  };
  const release = async (of: string): Promise<void> => {
    const held = await listed(processes.writers[0].cdrs.list(of), { review: ['held'] }, 'startedAt');
    for (const { id } of held)
      await surely(({ reviews }) =>
        reviews.release(of, id, { by: 'key', reason: 'seen' }).catch((error: unknown) => mustBe('conflict', error)),
      );
  };
  /** A session that began up to half a year ago, and what arrives of it later. */
  const session = async (nth: number): Promise<void> => {
    const of = nth % 5 === 0 ? other : tenant;
    const startedAt = new Date(Date.now() - randomInt(180 * 86_400_000)).toISOString();
    const id = randomUUID();
    for (let revision = 1; revision <= randomInt(1, 4); revision++) {
      const energyWh = randomInt(1, 40) * 1_000;
      const flags = randomInt(4) === 0 ? ([DOUBTFUL] as const) : [];
      const ended = endedTransaction({ tenant: of, id, station: `CS-${nth % STATIONS}`, startedAt, revision, energyWh, flags: [...flags] });
      await surely(({ billing }) => billing.bill(ended, 0));
      cost.set(id, new Decimal(energyWh).div(2_000));
    }
    if (nth % 7 === 0) await release(of);
  };

  let writing = true;
  const pollers = [true, false].map((atOnce) => new Poller(tenant, atOnce));
  const polled = Promise.all(
    pollers.map(async (poller) => {
      while (writing) await poller.poll(true);
      while ((await poller.poll(false)) > 0);
    }),
  );
  const lane = async (first: number): Promise<void> => {
    for (const nth of range(LANE)) await session(first + 4 * nth);
  };
  await Promise.all(range(4).map(lane)).finally(() => (writing = false));
  for (const tenantOf of [tenant, other]) await release(tenantOf);
  await polled;
  for (const poller of pollers) while ((await poller.poll(false)) > 0);

  const issued: { body: Cdr }[] = await processes.writers[0].database.query(
    'SELECT body FROM cdr.cdrs WHERE tenant = $1 ORDER BY issued_at',
    [tenant],
  );
  const [atOnce, twice] = pollers as [Poller, Poller];
  expect(atOnce.stored).toEqual(issued.map(({ body }) => body));
  expect([...new Map(twice.stored.map((cdr) => [cdr.id, cdr])).values()]).toEqual(atOnce.stored);
  for (const poller of pollers) expect(poller.kills).toBeGreaterThan(0);
  expect(new Set(atOnce.stored.map(({ kind, review }) => `${kind} ${review?.state}`))).toEqual(
    new Set(['charge none', 'charge released', 'credit none']),
  );

  const sums = new Map<string, Decimal>();
  for (const cdr of atOnce.stored) sums.set(cdr.transaction, (sums.get(cdr.transaction) ?? new Decimal(0)).plus(cdr.cost.total));
  for (const [transaction, sum] of sums) expect([transaction, sum.toFixed(2)]).toEqual([transaction, cost.get(transaction)?.toFixed(2)]);
  const bills = await processes.billsOf(tenant, [...sums.keys()]);
  for (const [transaction, sum] of sums) {
    const ofTransaction = atOnce.stored.filter((cdr) => cdr.transaction === transaction);
    const inclTax = ofTransaction.reduce((total, cdr) => total.plus(cdr.cost.totalInclTax), new Decimal(0));
    expect([transaction, bills.get(transaction)]).toEqual([
      transaction,
      {
        ...{ cdrs: ofTransaction.map(({ id }) => id), held: null, isWaived: false },
        cost: { currency: 'EUR', total: sum.toFixed(2), totalInclTax: inclTax.toFixed(2) },
      },
    ]);
  }
  expect(sums.size).toBe(range(4 * LANE).filter((nth) => nth % 5 !== 0).length);
});

function mustBe(code: string, error: unknown): void {
  if ((error as { code?: string }).code !== code) throw error;
}
