import type { X509Certificate } from 'node:crypto';
import { Client } from 'pg';
import type { Keyring } from '@voltbus/contracts';
import { withTimeout } from '@voltbus/flow';
import { noopTelemetry } from '@voltbus/telemetry';
import { certificateOfPeer } from '@voltbus/tls';
import { migrationName, type Migration } from '../migrations/migration';
import { countsOfOutbox, type OutboxCounts } from '../outbox/typeorm-outbox-backlog';
import type { SchemaDeclaration } from '../retention/retention';
import type { SealedDatabase } from '../sealed/typeorm-sealed-rows';
import { Resealing, type SealedCounts } from '../sealed/typeorm-resealing';
import { troubleOfRole, troubleOfTables, type Queried, type RowSecurityTrouble, type SecuredSchema } from '../tenancy/typeorm-row-security';
import { addressOf } from './database-url';

const CONNECT_MS = 5_000;
const STATEMENT_MS = 10_000;
const PREPARED = { name: 'voltbus-doctor', text: 'SELECT 1' };
/** What every connection sets (`DATABASE_WAITS`). */
const LIMITS = ['statement_timeout', 'idle_in_transaction_session_timeout'];

/** A database, as it shows itself. */
export interface InspectedDatabase {
  version: string;
  /** Milliseconds that its clock is ahead of ours, within half of the way there and back. */
  clockAheadMs: number;
  readOnly: boolean;
  connections: { used: number; most: number };
  certificate: X509Certificate | null;
}

/** Of a pooler that pools transactions: whether prepared statements and limits of time get lost. */
interface LostByPooler {
  prepared: boolean;
  limits: boolean;
}

/** One schema of ours. */
export interface InspectedSchema {
  schema: string;
  /** Migrations that the program knows and the database has not had; null: there is no such schema. */
  missing: string[] | null;
  /** Migrations that the program does not know. */
  unknown: string[];
  outbox: OutboxCounts | null;
}

/** Asks a database about itself, over one connection and without changing anything. */
export class DatabaseInspection {
  private constructor(
    private readonly client: Client,
    private readonly another: () => Promise<Client>,
  ) {}

  /** Rejects where the database is away, or does not let us in. */
  static async connect(url: string, applicationName: string): Promise<DatabaseInspection> {
    const another = (): Promise<Client> => open(url, applicationName);
    return new DatabaseInspection(await another(), another);
  }

  /** What gets lost between two transactions of one connection, where a pooler before the database gives each of them another one; null: there is no such pooler. */
  async lostByPooler(): Promise<LostByPooler | null> {
    const second = await this.another();
    try {
      await this.client.query("SET voltbus.doctor = 'set'");
      await this.client.query(PREPARED);
      await second.query('BEGIN'); // keeps the connection on which it was set and prepared
      const { mark } = await this.one<{ mark: string | null }>("SELECT current_setting('voltbus.doctor', true) AS mark");
      if (mark === 'set') return null;
      const prepared = await this.client.query(PREPARED).then(
        () => false,
        () => true,
      );
      return { prepared, limits: await this.lacksLimits() };
    } finally {
      second.end().catch(() => undefined); // not awaited, as below
    }
  }

  /** Whether a connection on which nothing was set has no limits of its role or database. */
  private async lacksLimits(): Promise<boolean> {
    const { limited } = await this.one<{ limited: number }>(
      `SELECT count(*)::int AS limited FROM pg_settings WHERE name IN ('${LIMITS.join("', '")}') AND reset_val <> '0'`,
    );
    return limited < LIMITS.length;
  }

  async server(): Promise<InspectedDatabase> {
    const sentAt = Date.now();
    const clock = await this.one<{ at: string }>('SELECT extract(epoch FROM clock_timestamp()) * 1000 AS at');
    const receivedAt = Date.now();
    const { version, readonly, most, used } = await this.one<{ version: string; readonly: boolean; most: number; used: number }>(
      `SELECT current_setting('server_version') AS version, pg_is_in_recovery() AS readonly,
              current_setting('max_connections')::int AS most, (SELECT count(*)::int FROM pg_stat_activity WHERE backend_type = 'client backend') AS used`,
    );
    return {
      version,
      clockAheadMs: Math.round(Number(clock.at) - (sentAt + receivedAt) / 2),
      readOnly: readonly,
      connections: { used, most },
      certificate: certificateOfPeer(this.client.connection.stream),
    };
  }

  async schema(schema: string, migrations: readonly Migration[]): Promise<InspectedSchema> {
    const known = new Set(migrations.map(migrationName));
    if (!(await this.has(`${schema}.migrations`))) return { schema, missing: null, unknown: [], outbox: null };
    const { rows } = await this.client.query<{ name: string }>(`SELECT name FROM ${schema}.migrations`);
    const applied = new Set(rows.map(({ name }) => name));
    return {
      schema,
      missing: [...known].filter((name) => !applied.has(name)),
      unknown: [...applied].filter((name) => !known.has(name)),
      outbox: await this.outbox(schema),
    };
  }

  /** Why requests are not limited to the rows of their tenant in this schema; null: they are. */
  async rowSecurityTrouble(secured: SecuredSchema): Promise<RowSecurityTrouble> {
    const asked = { query: (text: string, values?: unknown[]) => this.rows(text, values) } as Queried;
    const trouble = await troubleOfRole(asked);
    if (trouble !== null) return trouble;
    await this.client.query('BEGIN');
    try {
      return await troubleOfTables(asked, secured);
    } finally {
      await this.client.query('ROLLBACK');
    }
  }

  /** Dead letters that nobody has replayed, and since when. */
  async deadLetters(): Promise<{ open: number; lastDay: number }> {
    if (!(await this.has('router.dead_letters'))) return { open: 0, lastDay: 0 };
    return this.one<{ open: number; lastDay: number }>(
      `SELECT count(*)::int AS open, (count(*) FILTER (WHERE died_at > now() - interval '1 day'))::int AS "lastDay"
       FROM router.dead_letters WHERE replayed_at IS NULL`,
    );
  }

  /** Under which keys the encrypted values of a schema are. */
  sealed(declared: SchemaDeclaration, keys: Keyring): Promise<SealedCounts> {
    const dataSource = { query: (text: string, values: unknown[]) => this.rows(text, values) } as SealedDatabase;
    return new Resealing({ dataSource, declared, keys, ...noopTelemetry }).count();
  }

  /** Rows of a SELECT. */
  async rows<Row extends object>(statement: string, values: readonly unknown[] = []): Promise<Row[]> {
    return (await this.client.query<Row>(statement, [...values])).rows;
  }

  async close(): Promise<void> {
    this.client.end().catch(() => undefined); // not awaited: pg's end has been seen not to come after a connection that failed
  }

  private async outbox(schema: string): Promise<OutboxCounts | null> {
    return (await this.has(`${schema}.outbox`)) ? this.one<OutboxCounts>(countsOfOutbox(schema)) : null;
  }

  private async has(table: string): Promise<boolean> {
    return (await this.one<{ there: boolean }>(`SELECT to_regclass('${table}') IS NOT NULL AS there`)).there;
  }

  private async one<Row extends object>(statement: string): Promise<Row> {
    const [row] = (await this.client.query<Row>(statement)).rows;
    if (row === undefined) throw new Error('the database answered without a row');
    return row;
  }
}

async function open(url: string, applicationName: string): Promise<Client> {
  const { username: user, tls, ...address } = addressOf(url);
  const client = new Client({
    ...address,
    user,
    ssl: tls?.() ?? false,
    connectionTimeoutMillis: CONNECT_MS,
    application_name: applicationName,
    query_timeout: STATEMENT_MS,
  });
  client.on('error', () => undefined); // it is told by what fails
  await withTimeout(client.connect(), CONNECT_MS + 1_000);
  return client;
}
