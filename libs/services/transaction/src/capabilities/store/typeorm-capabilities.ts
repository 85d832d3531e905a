import type { ConnectionEvent, Protocol, StationRef } from '@voltbus/contracts';
import { prepared, type Statement } from '@voltbus/database';
import type { DataSource, EntityManager } from 'typeorm';
import { NEWEST_CONNECTIONS, connectionRows } from '../../stations/connection-rows';
import { removeStationRows } from '../../stations/typeorm-station-rows';
import type { LimitKind } from '../../limits';
import type { Capabilities, CapabilityChanges, WantedCapabilities } from '../capability-messages';

/** Answers of a station about its capabilities are awaited no longer than this. */
export const ANSWERS_WITHIN_MS = 60_000;

/** SQL: answers of the station in row `c` are still awaited. `askedAfter`: the placeholder for `waitedFrom`. */
export const unsettled = (askedAfter: string): string =>
  `(c.connected AND c.protocol IS NOT NULL AND (c.asks OR (c.awaits <> '{}' AND c.asked_at > ${askedAfter})))`;
/** SQL: the station accepts no list. */
export const TAKES_NO_LIST = `(c.said ->> 'listEnabled' = 'false' OR c.said ->> 'listAvailable' = 'false')`;

const WANTS_LIST = `EXISTS (SELECT 1 FROM transactions.local_lists l WHERE l.tenant = c.tenant AND l.station = c.station AND l.mode = 'tokens')`;

/** The tenant has drivers shown what charging costs. */
const WANTS_COSTS = `(c.protocol = 'ocpp1.6'
  AND (SELECT t.show_cost FROM transactions.terms t WHERE t.tenant = c.tenant ORDER BY t.since DESC LIMIT 1) IS TRUE)`;

/** The station is queried as soon as it is connected, which `presence` shows. */
const ASK_AGAIN = `
INSERT INTO transactions.capabilities AS c (tenant, station, epoch, protocol, connected)
SELECT $1, $2, coalesce(p.epoch, 0), p.protocol, coalesce(p.connected, false)
FROM (VALUES (1)) AS one LEFT JOIN transactions.presence p ON p.tenant = $1 AND p.station = $2
ON CONFLICT (tenant, station) DO UPDATE SET asks = true, serial = c.serial + 1, awaits = '{}'`;

/** A station of 2.1 is queried from its first limit on. It has just sent a message, so it is connected. */
const LIMITS: Statement = {
  name: 'capabilities-limits',
  text: `
INSERT INTO transactions.capabilities AS c (tenant, station, epoch, protocol, connected, limits)
SELECT $1, $2, coalesce(p.epoch, 0), coalesce(p.protocol, 'ocpp2.1'), coalesce(p.connected, true), true
FROM (VALUES (1)) AS one LEFT JOIN transactions.presence p ON p.tenant = $1 AND p.station = $2
ON CONFLICT (tenant, station) DO UPDATE SET limits = true, asks = c.asks OR NOT c.limits, serial = c.serial + (NOT c.limits)::integer
RETURNING said -> 'limits' AS limits`,
};

/** A station that is to be queried now. */
export interface DueForQuery extends StationRef, WantedCapabilities {
  protocol: Protocol;
  serial: number;
  /** Variables that it takes in one GetVariables; null: it has not told. */
  perMessage: number | null;
}

/** The capabilities of stations, as far as another block needs them. */
export class TypeormCapabilities {
  constructor(private readonly dataSource: DataSource) {}

  /** `complete`: no answer is awaited any more. */
  async find(
    { tenant, station }: StationRef,
    now: Date,
  ): Promise<{ capabilities: Capabilities; complete: boolean; serial: number } | null> {
    const rows: { capabilities: Capabilities; complete: boolean; serial: number }[] = await this.dataSource.query(
      `SELECT said AS capabilities, NOT ${unsettled('$3')} AS complete, serial FROM transactions.capabilities c WHERE tenant = $1 AND station = $2`,
      [tenant, station, waitedFrom(now)],
    );
    return rows[0] ?? null;
  }

  /** The kinds of limits that a station of 2.1 supports; null: not known. The station is queried from now on. */
  async limits(manager: EntityManager, { tenant, station }: StationRef): Promise<readonly LimitKind[] | null> {
    const [row] = await prepared<{ limits: LimitKind[] | null }>(manager, LIMITS, [tenant, station]);
    return row?.limits ?? null;
  }

  async queryAgain({ tenant, station }: StationRef): Promise<void> {
    await this.dataSource.query(ASK_AGAIN, [tenant, station]);
  }

  /** The station is queried from now on; nothing changes where it is known. */
  async begin({ tenant, station, protocol, epoch }: ConnectionEvent): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO transactions.capabilities (tenant, station, epoch, protocol, connected) VALUES ($1, $2, $3, $4, true) ON CONFLICT DO NOTHING`,
      [tenant, station, epoch, protocol],
    );
  }

  /** The station is queried again: a new connection may be of another firmware. */
  async onConnected(events: readonly ConnectionEvent[]): Promise<void> {
    await this.dataSource.query(
      `UPDATE transactions.capabilities c SET epoch = given.epoch, protocol = given.protocol, connected = true, asks = true, serial = serial + 1, awaits = '{}'
       FROM ${NEWEST_CONNECTIONS} WHERE c.tenant = given.tenant AND c.station = given.station AND c.epoch < given.epoch`,
      [connectionRows(events)],
    );
  }

  /** The end of an old connection changes nothing. */
  async onDisconnected(events: readonly ConnectionEvent[]): Promise<void> {
    await this.dataSource.query(
      `UPDATE transactions.capabilities c SET connected = false
       FROM ${NEWEST_CONNECTIONS} WHERE c.tenant = given.tenant AND c.station = given.station AND c.epoch <= given.epoch`,
      [connectionRows(events)],
    );
  }

  /** The longest waiting first. */
  dueForQuery(limit: number): Promise<DueForQuery[]> {
    return this.dataSource.query(
      `SELECT tenant, station, protocol, serial, limits, ${WANTS_LIST} AS list, ${WANTS_COSTS} AS costs, (said ->> 'variablesPerMessage')::integer AS "perMessage" FROM transactions.capabilities c
       WHERE asks AND connected AND protocol IS NOT NULL AND (limits OR ${WANTS_LIST} OR ${WANTS_COSTS}) ORDER BY asked_at NULLS FIRST LIMIT $1`,
      [limit],
    );
  }

  /** Called before the queries are sent: answers may arrive before `markQueried`. */
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

  /** Changes nothing where the station has no row. `received`: the actions whose answers are no longer awaited. */
  async update({ tenant, station }: StationRef, changes: CapabilityChanges, received: readonly string[]): Promise<void> {
    await this.dataSource.query(
      `UPDATE transactions.capabilities SET said = jsonb_strip_nulls(said || $3::jsonb),
         awaits = ARRAY(SELECT unnest(awaits) EXCEPT SELECT unnest($4::text[])) WHERE tenant = $1 AND station = $2`,
      [tenant, station, JSON.stringify(changes), received],
    );
  }

  /** The station was deleted. */
  removeStation(ref: StationRef): Promise<void> {
    return removeStationRows(this.dataSource, ref, 'capabilities');
  }
}

/** Answers to queries from before this instant are no longer awaited. */
export function waitedFrom(now: Date): Date {
  return new Date(now.getTime() - ANSWERS_WITHIN_MS);
}
