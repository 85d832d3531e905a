import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { COMMAND } from '../load/commands';

/** Rows that do not come by then are lost. */
const WAIT_MS = 180_000;
const LOOK_MS = 50;

/** What the database must hold, of the stations whose names begin with the fleet's. */
const COUNTS = {
  readings: `SELECT count(*) FROM transactions.readings WHERE tenant = $1 AND station LIKE $2 AND context <> 'Transaction.Begin'`,
  'ended transactions': 'SELECT count(*) FROM transactions.transactions WHERE tenant = $1 AND station LIKE $2 AND ended_at IS NOT NULL',
  CDRs: 'SELECT count(*) FROM cdr.cdrs WHERE tenant = $1 AND station LIKE $2',
  connectors: `SELECT count(*) FROM device_config.connectors WHERE tenant = $1 AND station LIKE $2 AND status = 'Available'`,
  commands: `SELECT count(*) FROM router.commands WHERE tenant = $1 AND station LIKE $2 AND action = '${COMMAND}' AND status = 'answered'`,
  'stations asked for their variables': `SELECT count(DISTINCT station) FROM router.commands WHERE tenant = $1 AND station LIKE $2
    AND action IN ('GetConfiguration', 'GetBaseReport') AND status NOT IN ('queued', 'sent')`,
} as const;

type StoredKind = keyof typeof COUNTS;

/** Counts what is stored, in the database itself. */
export class StoredRows {
  private constructor(
    private readonly client: Client,
    private readonly tenant: string,
  ) {}

  static async open(url: string, tenant: string): Promise<StoredRows> {
    const client = new Client({ connectionString: url });
    await client.connect();
    return new StoredRows(client, tenant);
  }

  async count(kind: StoredKind, fleet: string): Promise<number> {
    const { rows } = await this.client.query<{ count: string }>(COUNTS[kind], [this.tenant, `${fleet}-%`]);
    return Number(rows[0]?.count);
  }

  /** Waits until as many are stored as were sent; rejects when some are missing, or more are there: such a number does not count. */
  async expect(kind: StoredKind, fleet: string, expected: number): Promise<void> {
    let stored = await this.count(kind, fleet);
    for (const end = performance.now() + WAIT_MS; stored < expected && performance.now() < end; stored = await this.count(kind, fleet))
      await pause(LOOK_MS);
    if (stored !== expected)
      throw new Error(`${expected} ${kind} of ${fleet} were sent and ${stored} are stored: the number does not count`);
  }

  close(): Promise<void> {
    return this.client.end();
  }
}
