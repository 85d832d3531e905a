import { SecretBox, keyIdOf, type Keyring } from '@voltbus/contracts';
import type { Logger, Metrics } from '@voltbus/telemetry';
import type { SchemaDeclaration } from '../retention/retention';
import { bytesOf, writtenAs, type SealedColumn } from './sealed-column';
import { SealedRows, type SealedDatabase, type SealedRow } from './typeorm-sealed-rows';

/** How often a pass begins while values are under a previous key, and for a while after the start, because other processes may still write them. */
export const RESEAL_SOON_MS = 300_000;
export const RESEAL_SELDOM_MS = 3_600_000;

/** Under which key a value is: `unreadable` is under none of this process, or is of another owner. */
type Under = 'current' | 'previous' | 'next' | 'unreadable';
export type SealedCounts = Record<Under, number>;

interface ResealingParts {
  dataSource: SealedDatabase;
  declared: SchemaDeclaration;
  keys: Keyring;
  logger: Logger;
  metrics: Metrics;
  page?: number;
}

/**
 * Encrypts the values of a schema's declared columns anew that are not under the current key. A value is replaced only while it is the one that was read, so
 * that any number of processes may do it beside writers; what a crash or a writer left is found by the next pass. Values under the key to come stay: the
 * processes that have it already write them. Those that no key decrypts stay as they are, and are counted and logged.
 */
export class Resealing {
  private readonly rows: SealedRows;
  private counts: SealedCounts | null = null;
  private startedAt: number | null = null;
  private lastAt = Number.NEGATIVE_INFINITY;
  private stopped = false;

  constructor(private readonly parts: ResealingParts) {
    const { metrics, declared, dataSource, page } = parts;
    this.rows = new SealedRows({ dataSource, schema: declared.schema, ...(page === undefined ? {} : { page }) });
    metrics.gauge(
      'sealed_values',
      'Encrypted values by the key that they are under (current, previous, next, unreadable), when last looked at',
      ['schema', 'key'],
      () => Object.entries(this.counts ?? {}).map(([key, value]) => ({ value, labels: { schema: declared.schema, key } })),
    );
  }

  /** A pass, where one is due: at once after the start. One that fails is due again. */
  async runWhenDue(now = performance.now()): Promise<void> {
    this.startedAt ??= now;
    const soon = (this.counts?.previous ?? 0) > 0 || now - this.startedAt < RESEAL_SELDOM_MS;
    if (now - this.lastAt < (soon ? RESEAL_SOON_MS : RESEAL_SELDOM_MS)) return;
    await this.run();
    this.lastAt = now;
  }

  /** Looks at every value once, and returns under which keys they are afterwards. */
  async run(): Promise<SealedCounts> {
    const { counts, resealed } = await this.pass(true);
    if (!this.stopped) this.report(counts, resealed);
    return counts;
  }

  /** The same, without a change. */
  async count(): Promise<SealedCounts> {
    return (await this.pass(false)).counts;
  }

  private async pass(replaces: boolean): Promise<{ counts: SealedCounts; resealed: number }> {
    const counts: SealedCounts = { current: 0, previous: 0, next: 0, unreadable: 0 };
    let resealed = 0;
    for (const { name, sealed = [], passing = [] } of this.parts.declared.tables) {
      for (const column of sealed) resealed += await this.column(name, column, { counts, replaces });
      for (const values of passing)
        for await (const { value } of this.rows.passing(name, values)) counts[this.named(bytesOf(values.form, value)) ?? this.unnamed]++;
    }
    return { counts, resealed };
  }

  /** Begins nothing further. */
  stop(): void {
    this.stopped = true;
  }

  private report(counts: SealedCounts, resealed: number): void {
    this.counts = counts;
    const { logger, declared } = this.parts;
    const told = { schema: declared.schema, ...counts };
    if (resealed > 0) logger.info({ ...told, resealed }, 'stored secrets were encrypted anew under the current key');
    if (counts.unreadable > 0)
      logger.error(told, 'stored secrets cannot be decrypted: set the key that they are under as VOLTBUS_ENCRYPTION_KEY_PREVIOUS');
  }

  private async column(
    table: string,
    column: SealedColumn,
    { counts, replaces }: { counts: SealedCounts; replaces: boolean },
  ): Promise<number> {
    const box = new SecretBox(this.parts.keys, column.purpose);
    let resealed = 0;
    for await (const row of this.rows.values(table, column)) {
      if (this.stopped) break;
      const under = await this.value(table, column, { row, box, replaces });
      counts[under === 'resealed' ? 'current' : under]++;
      if (under === 'resealed') resealed++;
    }
    return resealed;
  }

  private async value(
    table: string,
    column: SealedColumn,
    { row, box, replaces }: { row: SealedRow; box: SecretBox; replaces: boolean },
  ): Promise<Under | 'resealed'> {
    const sealed = bytesOf(column.form, row.value);
    const named = this.named(sealed);
    if (named === 'current' || named === 'next') return named;
    const owner = column.owner.of(row.of);
    const secret = box.openBytes(sealed, owner);
    if (secret === null) return 'unreadable';
    if (!this.parts.keys.named) return 'current'; // the only key there is; its values do not name it
    if (!replaces) return 'previous';
    const replaced = await this.rows.replace(table, column, { row, value: writtenAs(column.form, box.close(secret, owner)) });
    return replaced ? 'resealed' : 'previous';
  }

  /** The part of the key that the value names; null: it names none. */
  private named(sealed: Buffer): Under | null {
    const id = keyIdOf(sealed);
    return id === null ? null : (this.parts.keys.partOf(id) ?? 'unreadable');
  }

  private get unnamed(): Under {
    return this.parts.keys.named ? 'previous' : 'current';
  }
}
