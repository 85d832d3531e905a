import type { ConnectionEvent, Protocol, StationRef } from '@voltbus/contracts';
import { prepared, type Statement } from '@voltbus/database';
import type { DataSource, EntityManager } from 'typeorm';
import { removeStationRows } from '../../stations/typeorm-station-rows';
import type { LimitKind } from '../../limits';
import type { Capabilities, CapabilityChanges, WantedCapabilities } from '../capability-messages';

/** Nobody waits longer for what a station says it can do. */
export const ANSWERS_WITHIN_MS = 60_000;

/** Somebody else's row is `c`; `$n` is the instant after which it must have been asked. */
export const unsettled = (askedAfter: string): string =>
  `(c.connected AND c.protocol IS NOT NULL AND (c.asks OR (c.awaits <> '{}' AND c.asked_at > ${askedAfter})))`;
/** The station takes no list. */
export const TAKES_NO_LIST = `(c.said ->> 'listEnabled' = 'false' OR c.said ->> 'listAvailable' = 'false')`;

const WANTS_LIST = `EXISTS (SELECT 1 FROM transactions.local_lists l WHERE l.tenant = c.tenant AND l.station = c.station AND l.mode = 'tokens')`;

/** Asked as soon as it can be: what is known of its connection is known from `presence`. */
const ASK_AGAIN = `
INSERT INTO transactions.capabilities AS c (tenant, station, epoch, protocol, connected)
SELECT $1, $2, coalesce(p.epoch, 0), p.protocol, coalesce(p.connected, false)
FROM (VALUES (1)) AS one LEFT JOIN transactions.presence p ON p.tenant = $1 AND p.station = $2
ON CONFLICT (tenant, station) DO UPDATE SET asks = true, serial = c.serial + 1, awaits = '{}'`;

/** A station of 2.1 is asked from its first limit on. It speaks, so it is there. */
const LIMITS: Statement = {
  name: 'capabilities-limits',
  text: `
INSERT INTO transactions.capabilities AS c (tenant, station, epoch, protocol, connected, limits)
SELECT $1, $2, coalesce(p.epoch, 0), coalesce(p.protocol, 'ocpp2.1'), coalesce(p.connected, true), true
FROM (VALUES (1)) AS one LEFT JOIN transactions.presence p ON p.tenant = $1 AND p.station = $2
ON CONFLICT (tenant, station) DO UPDATE SET limits = true, asks = c.asks OR NOT c.limits, serial = c.serial + (NOT c.limits)::integer
RETURNING said -> 'limits' AS limits`,
};

/** Whom to ask now. */
export interface DueForQuery extends StationRef, WantedCapabilities {
  protocol: Protocol;
  serial: number;
}

/** The capabilities of stations, as far as another block needs them. */
export class TypeormCapabilities {
  constructor(private readonly dataSource: DataSource) {}

  /** `settled`: all was said that will be, or nobody waits for it any more. */
  async find({ tenant, station }: StationRef, now: Date): Promise<{ said: Capabilities; settled: boolean; serial: number } | null> {
    const rows: { said: Capabilities; settled: boolean; serial: number }[] = await this.dataSource.query(
      `SELECT said, NOT ${unsettled('$3')} AS settled, serial FROM transactions.capabilities c WHERE tenant = $1 AND station = $2`,
      [tenant, station, waitedFrom(now)],
    );
    return rows[0] ?? null;
  }

  /** Kinds of limits that a station of 2.1 keeps, which is asked from now on; null: it has not said. */
  async limits(manager: EntityManager, { tenant, station }: StationRef): Promise<readonly LimitKind[] | null> {
    const [row] = await prepared<{ limits: LimitKind[] | null }>(manager, LIMITS, [tenant, station]);
    return row?.limits ?? null;
  }

  async queryAgain({ tenant, station }: StationRef): Promise<void> {
    await this.dataSource.query(ASK_AGAIN, [tenant, station]);
  }

  /** A new connection, perhaps of another firmware: what it said before may have changed. */
  async onConnected({ tenant, station, protocol, epoch }: ConnectionEvent): Promise<void> {
    await this.dataSource.query(
      `UPDATE transactions.capabilities SET epoch = $3, protocol = $4, connected = true, asks = true, serial = serial + 1, awaits = '{}'
       WHERE tenant = $1 AND station = $2 AND epoch < $3`,
      [tenant, station, epoch, protocol],
    );
  }

  /** The end of an old connection changes nothing. */
  async onDisconnected({ tenant, station, epoch }: ConnectionEvent): Promise<void> {
    await this.dataSource.query(
      'UPDATE transactions.capabilities SET connected = false WHERE tenant = $1 AND station = $2 AND epoch <= $3',
      [tenant, station, epoch],
    );
  }

  /** Those that wait longest first. */
  dueForQuery(limit: number): Promise<DueForQuery[]> {
    return this.dataSource.query(
      `SELECT tenant, station, protocol, serial, limits, ${WANTS_LIST} AS list FROM transactions.capabilities c
       WHERE asks AND connected AND protocol IS NOT NULL AND (limits OR ${WANTS_LIST}) ORDER BY asked_at NULLS FIRST LIMIT $1`,
      [limit],
    );
  }

  /** The answers may come before the asking is noted. */
  async markQuerying({ tenant, station, serial }: DueForQuery, awaits: readonly string[], now: Date): Promise<void> {
    await this.dataSource.query(
      'UPDATE transactions.capabilities SET awaits = $4, asked_at = $5 WHERE tenant = $1 AND station = $2 AND serial = $3',
      [tenant, station, serial, awaits, now],
    );
  }

  async markQueried({ tenant, station, serial }: DueForQuery): Promise<void> {
    await this.dataSource.query('UPDATE transactions.capabilities SET asks = false WHERE tenant = $1 AND station = $2 AND serial = $3', [
      tenant,
      station,
      serial,
    ]);
  }

  /** Nothing is kept of a station of which nobody wants to know. `settles`: what is waited for no longer. */
  async update({ tenant, station }: StationRef, news: CapabilityChanges, settles: readonly string[]): Promise<void> {
    await this.dataSource.query(
      `UPDATE transactions.capabilities SET said = jsonb_strip_nulls(said || $3::jsonb),
         awaits = ARRAY(SELECT unnest(awaits) EXCEPT SELECT unnest($4::text[])) WHERE tenant = $1 AND station = $2`,
      [tenant, station, JSON.stringify(news), settles],
    );
  }

  /** The station was deleted. */
  removeStation(ref: StationRef): Promise<void> {
    return removeStationRows(this.dataSource, ref, 'capabilities');
  }
}

/** What was asked before this is waited for no longer. */
export function waitedFrom(now: Date): Date {
  return new Date(now.getTime() - ANSWERS_WITHIN_MS);
}
