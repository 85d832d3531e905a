import type { ConnectionEvent, Protocol, StationRef } from '@voltbus/contracts';
import type { DataSource, EntityManager } from 'typeorm';
import { NEWEST_CONNECTIONS, connectionRows } from '../../stations/connection-rows';
import { removeStationRows } from '../../stations/typeorm-station-rows';
import { TAKES_NO_LIST, unsettled, waitedFrom } from '../../capabilities';
import { MAX_ATTEMPTS, type Kind, type LocalList, type Mode, type Step } from '../domain/local-list';
import { eraseEntry, forgetErased } from './typeorm-erased-entries';
import { lockRevision, numberUnnumbered, QUIET_MS } from '../../authorization';
import { LONGEST_WAIT_MS, TypeormTokenChanges, forgetRemoved } from './typeorm-token-changes';

/** A station's list with what belongs to its keeping. */
export interface StoredLocalList {
  ref: StationRef;
  list: LocalList;
  /** Entries that one message may have. */
  perMessage: number;
  serial: number;
  command: string | null;
  changedAt: Date;
}

/** As the row says; what `list.ts` needs to know to have something to ask. */
const DUE = `
l.mode = 'tokens' AND l.connected AND l.command IS NULL AND l.standing <> 'not-supported' AND l.attempts < $1 AND (l.retry_at IS NULL OR l.retry_at <= $2)
AND (l.asks OR l.whole OR l.version IS NULL OR l.version > r.revision
  OR (l.version < r.revision AND (l.version < l.target OR l.version = 0 OR r.changed_at < $3 OR r.stirred_at < $4)))
AND NOT EXISTS (SELECT 1 FROM transactions.capabilities c WHERE c.tenant = l.tenant AND c.station = l.station AND (${TAKES_NO_LIST} OR ${unsettled('$5')}))`;

interface Row {
  tenant: string;
  station: string;
  mode: Mode;
  per_message: number;
  connected: boolean;
  protocol: Protocol | null;
  version: number | null;
  cleared: number;
  target: number;
  asks: boolean;
  whole: boolean;
  unproven: number | null;
  standing: LocalList['standing'];
  attempts: number;
  retry_at: Date | null;
  last_outcome: string | null;
  changed_at: Date;
  serial: number;
  command: string | null;
  kind: Kind | null;
  base: number | null;
  up_to: number | null;
}

/** Local lists of stations that have one, or had. */
export class TypeormLocalLists {
  constructor(private readonly dataSource: DataSource) {}

  tokens(ref: StationRef): TypeormTokenChanges {
    return new TypeormTokenChanges(this.dataSource.manager, ref);
  }

  async find({ tenant, station }: StationRef): Promise<StoredLocalList | null> {
    const rows = await this.dataSource.query<Row[]>('SELECT * FROM transactions.local_lists WHERE tenant = $1 AND station = $2', [
      tenant,
      station,
    ]);
    return rows[0] === undefined ? null : toKept(rows[0]);
  }

  /**
   * Nobody else changes it meanwhile; what `work` returns is kept, nothing where it returns null. A station nobody has
   * spoken of yet is null to it.
   */
  async change<T extends StoredLocalList | null>(
    ref: StationRef,
    work: (kept: StoredLocalList | null, tokens: TypeormTokenChanges) => Promise<T>,
  ): Promise<T> {
    return this.dataSource.transaction(async (manager) => {
      const text = 'SELECT * FROM transactions.local_lists WHERE tenant = $1 AND station = $2 FOR UPDATE';
      const [row] = await manager.query<Row[]>(text, [ref.tenant, ref.station]);
      if (row === undefined) await lockRevision(manager, ref.tenant); // begins the count of a tenant without tokens
      const changed = await work(row === undefined ? null : toKept(row), new TypeormTokenChanges(manager, ref));
      if (changed !== null) await save(manager, changed);
      return changed;
    });
  }

  /** Stations for which something is to be done, except those that another process has in hand. */
  async due(now: Date, limit: number): Promise<StationRef[]> {
    const before = (ms: number) => new Date(now.getTime() - ms);
    return this.dataSource.query(
      `SELECT l.tenant, l.station FROM transactions.local_lists l JOIN transactions.token_revisions r ON r.tenant = l.tenant
       WHERE ${DUE} ORDER BY l.changed_at LIMIT $6`,
      [MAX_ATTEMPTS, now, before(QUIET_MS), before(LONGEST_WAIT_MS), waitedFrom(now), limit],
    );
  }

  /** What was planned and, for all we know, not asked: a process died in between, or is about to ask. */
  async unasked(limit: number): Promise<StoredLocalList[]> {
    const rows = await this.dataSource.query<Row[]>(
      'SELECT * FROM transactions.local_lists WHERE command IS NOT NULL AND NOT asked ORDER BY planned_at LIMIT $1',
      [limit],
    );
    return rows.map(toKept);
  }

  /** Asked so long ago that no word of it will come. */
  async overdue(plannedBefore: Date, limit: number): Promise<StoredLocalList[]> {
    const rows = await this.dataSource.query<Row[]>(
      'SELECT * FROM transactions.local_lists WHERE command IS NOT NULL AND asked AND planned_at < $1 ORDER BY planned_at LIMIT $2',
      [plannedBefore, limit],
    );
    return rows.map(toKept);
  }

  async asked({ tenant, station }: StationRef, command: string): Promise<void> {
    await this.dataSource.query('UPDATE transactions.local_lists SET asked = true WHERE tenant = $1 AND station = $2 AND command = $3', [
      tenant,
      station,
      command,
    ]);
  }

  /** Connections that were not known: their stations must be asked what they have. Once per connection, however often that is said. */
  async onConnected(events: readonly ConnectionEvent[], now: Date): Promise<void> {
    await this.dataSource.query(CAME, [connectionRows(events), now]);
  }

  /** The end of an old connection changes nothing. */
  async onDisconnected(events: readonly ConnectionEvent[]): Promise<void> {
    await this.dataSource.query(WENT, [connectionRows(events)]);
  }

  numberUnnumbered(): Promise<void> {
    return numberUnnumbered(this.dataSource);
  }

  erase(ref: StationRef, idToken: string): Promise<boolean> {
    return eraseEntry(this.dataSource, ref, idToken);
  }

  async forget(before: Date, limit: number): Promise<void> {
    await forgetRemoved(this.dataSource, before, limit);
    await forgetErased(this.dataSource, before, limit);
  }

  /** The station was deleted. */
  removeStation(ref: StationRef): Promise<void> {
    return removeStationRows(this.dataSource, ref, 'local_lists', 'erased_entries');
  }
}

async function save(manager: EntityManager, { ref, list, perMessage, serial, command, changedAt }: StoredLocalList): Promise<void> {
  const { kind, base, upTo } = { base: null, upTo: null, kind: null, ...list.step };
  const row: Record<string, unknown> = {
    ...{ mode: list.mode, per_message: perMessage, connected: list.connected, protocol: list.protocol, version: list.version },
    ...{ cleared: list.cleared, target: list.target, asks: list.asks, whole: list.whole, unproven: list.unproven },
    ...{
      standing: list.standing,
      attempts: list.attempts,
      retry_at: list.retryAt,
      last_outcome: list.lastOutcome,
      changed_at: changedAt,
    },
    ...{ serial, command, kind, base, up_to: upTo },
  };
  const names = Object.keys(row);
  const marks = names.map((_, index) => `$${index + 3}`);
  await manager.query(
    `INSERT INTO transactions.local_lists AS l (tenant, station, ${names.join(', ')}) VALUES ($1, $2, ${marks.join(', ')})
     ON CONFLICT (tenant, station) DO UPDATE SET ${names.map((name) => `${name} = excluded.${name}`).join(', ')},
       asked = l.asked AND l.command IS NOT DISTINCT FROM excluded.command,
       planned_at = CASE WHEN l.command IS NOT DISTINCT FROM excluded.command THEN l.planned_at ELSE excluded.changed_at END`,
    [ref.tenant, ref.station, ...Object.values(row)],
  );
}

const CAME = `
UPDATE transactions.local_lists l SET epoch = given.epoch, protocol = given.protocol, connected = true, asks = true, changed_at = $2,
  retry_at = CASE WHEN standing = 'failed' THEN retry_at END
FROM ${NEWEST_CONNECTIONS} WHERE l.tenant = given.tenant AND l.station = given.station AND l.epoch < given.epoch`;
const WENT = `
UPDATE transactions.local_lists l SET connected = false
FROM ${NEWEST_CONNECTIONS} WHERE l.tenant = given.tenant AND l.station = given.station AND l.epoch <= given.epoch`;

function toKept(row: Row): StoredLocalList {
  const { tenant, station, per_message: perMessage, serial, command, changed_at: changedAt } = row;
  return { ref: { tenant, station }, list: toList(row), perMessage, serial, command, changedAt };
}

function toList({ retry_at: retryAt, last_outcome: lastOutcome, ...row }: Row): LocalList {
  const { mode, connected, protocol, version, cleared, target, asks, whole, unproven, standing, attempts } = row;
  const progress = { version, cleared, target, asks, whole, unproven, step: stepOf(row) };
  return { mode, connected, protocol, ...progress, standing, attempts, retryAt, lastOutcome };
}

function stepOf({ kind, base, up_to: upTo }: Pick<Row, 'kind' | 'base' | 'up_to'>): Step | null {
  if (kind === null) return null;
  return kind === 'version' ? { kind } : { kind, base: base ?? 0, upTo: upTo ?? 0 };
}
