import type { Command, StationRef } from '@voltbus/contracts';
import { TypeormList, filteredBy, type ListSource } from '@voltbus/database';
import type { DataSource, EntityManager } from 'typeorm';
import { inStation, type LockedStation } from '../../stations/typeorm-in-station';
import type { StationRequest } from '../domain/station-request';
import { LATE_MS, RESULT_GRACE_MS, SETTLE_MS } from '../limits';
import type { RequestedStation } from '../request-rules';
import { COLUMNS, REQUEST_LIST, type KindFilter, type RequestFilters, type RequestSort } from './request-list';

type Kind = StationRequest['kind'];

/** What is asked of a station, and how long it may wait to be sent. */
export interface NewRequest {
  subject: string;
  body: Readonly<Record<string, unknown>>;
  requestedBy: string;
  expiresAt: Date;
}

/** States of a connector in which a session runs or may be about to begin, of all versions. */
const IN_USE = `('Occupied', 'Preparing', 'Charging', 'SuspendedEV', 'SuspendedEVSE')`;
const STATION = `s.protocol, s.online, s.vendor, s.model, s.firmware_version AS firmware, s.booted_at AS "bootedAt", s.rebooted_at AS "rebootedAt", s.boot_reason AS "bootReason",
  EXISTS (SELECT FROM device_config.connectors c WHERE c.tenant = s.tenant AND c.station = s.station AND c.status IN ${IN_USE}) AS "inUse"`;
const OF_STATION = 'JOIN device_config.stations s ON s.tenant = r.tenant AND s.station = r.station';

/** Requests to stations of all kinds. */
export class TypeormStationRequests {
  private readonly listed: TypeormList<StationRequest, RequestFilters & KindFilter, RequestSort>;

  constructor(private readonly dataSource: DataSource) {
    this.listed = new TypeormList(dataSource, REQUEST_LIST);
  }

  list(tenant: string, kind: Kind): ListSource<StationRequest, RequestFilters, RequestSort> {
    return filteredBy(this.listed.of(tenant), { kind: [kind] });
  }

  async find(tenant: string, id: string): Promise<StationRequest | null> {
    const rows: StationRequest[] = await this.dataSource.query(
      `SELECT ${COLUMNS} FROM device_config.station_requests r WHERE r.tenant = $1 AND r.id = $2`,
      [tenant, id],
    );
    return rows[0] ?? null;
  }

  /** Of whichever tenant. */
  async findById(id: string): Promise<StationRequest | null> {
    const rows: StationRequest[] = await this.dataSource.query(`SELECT ${COLUMNS} FROM device_config.station_requests r WHERE r.id = $1`, [
      id,
    ]);
    return rows[0] ?? null;
  }

  /** Nobody else makes requests of the station until `work` has ended. Null: there is no such station. */
  inStation<T>(ref: StationRef, work: (manager: EntityManager, station: LockedStation) => Promise<T>): Promise<T | null> {
    return inStation(this.dataSource, 'requests', ref, work);
  }

  byIds(manager: EntityManager, ids: readonly string[]): Promise<StationRequest[]> {
    return manager.query(`SELECT ${COLUMNS} FROM device_config.station_requests r WHERE r.id = ANY($1::uuid[])`, [ids]);
  }

  openOf(manager: EntityManager, { tenant, station }: StationRef, kind: Kind): Promise<StationRequest[]> {
    return manager.query(
      `SELECT ${COLUMNS} FROM device_config.station_requests r WHERE r.tenant = $1 AND r.station = $2 AND r.kind = $3 AND r.ended_at IS NULL ORDER BY r.created_at`,
      [tenant, station, kind],
    );
  }

  lastOf(
    { tenant, kind, subjects }: { tenant: string; kind: Kind; subjects: readonly string[] },
    manager: EntityManager = this.dataSource.manager,
  ): Promise<StationRequest[]> {
    return manager.query(
      `SELECT DISTINCT ON (r.station, r.subject) ${COLUMNS} FROM device_config.station_requests r
       WHERE r.tenant = $1 AND r.kind = $2 AND r.subject = ANY($3) ORDER BY r.station, r.subject, r.created_at DESC, r.id DESC`,
      [tenant, kind, subjects],
    );
  }

  async create(
    manager: EntityManager,
    { tenant, station }: StationRef,
    { kind, requestId, at, subject, body, requestedBy, expiresAt }: NewRequest & { kind: Kind; requestId: number; at: Date },
  ): Promise<StationRequest> {
    const rows: StationRequest[] = await manager.query(
      `INSERT INTO device_config.station_requests AS r (tenant, station, kind, request_id, subject, body, requested_by, created_at, next_at, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9) RETURNING ${COLUMNS}`,
      [tenant, station, kind, requestId, subject, JSON.stringify(body), requestedBy, at, expiresAt],
    );
    if (rows[0] === undefined) throw new Error('an insert returned no row');
    return rows[0];
  }

  /** Ends those of the caller's transaction that were never sent: another one takes their place. Returns how many. */
  async withdraw(manager: EntityManager, ids: readonly string[], at: Date): Promise<number> {
    if (ids.length === 0) return 0;
    const [, count]: [unknown, number] = await manager.query(
      `UPDATE device_config.station_requests SET state = 'cancelled', reason = 'superseded', ended_at = $2, next_at = NULL
       WHERE id = ANY($1::uuid[]) AND ended_at IS NULL AND sent_at IS NULL`,
      [ids, at],
    );
    return count;
  }

  /** Stores what `decide` makes of it, alone, and what `along` writes in the same transaction. Null: there is none. */
  change(
    id: string,
    decide: (request: StationRequest, station: RequestedStation) => StationRequest,
    along?: (manager: EntityManager) => Promise<void>,
  ): Promise<{ before: StationRequest; after: StationRequest } | null> {
    return this.dataSource.transaction(async (manager) => {
      const rows: (StationRequest & RequestedStation)[] = await manager.query(
        `SELECT ${STATION}, ${COLUMNS} FROM device_config.station_requests r ${OF_STATION} WHERE r.id = $1 FOR UPDATE OF r`,
        [id],
      );
      const [row] = rows;
      if (row === undefined) return null;
      const { protocol, online, vendor, model, firmware, bootedAt, rebootedAt, bootReason, inUse, ...before } = row;
      const after = decide(before, { protocol, online, vendor, model, firmware, bootedAt, rebootedAt, bootReason, inUse });
      if (after !== before) await write(manager, after);
      await along?.(manager);
      return { before, after };
    });
  }

  /** Those that are to be sent and can be, and those whose command has no result yet; the longest due first. */
  async due(kind: Kind, now: Date, most: number): Promise<string[]> {
    const rows: { id: string }[] = await this.dataSource.query(
      `SELECT r.id FROM device_config.station_requests r ${OF_STATION}
       WHERE r.kind = $1 AND r.next_at <= $2 AND r.ended_at IS NULL AND (r.command IS NOT NULL OR (r.expires_at > $2 AND s.online
         AND s.registration = 'accepted' AND (s.booted_at IS NULL OR s.booted_at < $3)))
       ORDER BY r.next_at LIMIT $4`,
      [kind, now, new Date(now.getTime() - SETTLE_MS), most],
    );
    return rows.map(({ id }) => id);
  }

  async overdue(kind: Kind, now: Date, most: number): Promise<string[]> {
    const rows: { id: string }[] = await this.dataSource.query(
      `SELECT id FROM device_config.station_requests WHERE kind = $1 AND ended_at IS NULL AND expires_at <= $2
         AND (command IS NULL OR accepted_at IS NOT NULL OR progress > 0 OR expires_at <= $4) ORDER BY expires_at LIMIT $3`,
      [kind, now, most, new Date(now.getTime() - RESULT_GRACE_MS)],
    );
    return rows.map(({ id }) => id);
  }

  /** Those that were sent, whose station has booted since in a way that was not looked at: open, or failed not long ago. */
  async booted(kind: Kind, now: Date, most: number): Promise<string[]> {
    const rows: { id: string }[] = await this.dataSource.query(
      `SELECT r.id FROM device_config.station_requests r ${OF_STATION}
       WHERE r.kind = $1 AND r.sent_at < s.booted_at AND r.boot_at IS DISTINCT FROM s.booted_at
         AND (r.ended_at IS NULL OR (r.state = 'failed' AND r.ended_at > $2)) ORDER BY s.booted_at LIMIT $3`,
      [kind, new Date(now.getTime() - LATE_MS), most],
    );
    return rows.map(({ id }) => id);
  }

  async ofCommand({ id, tenant, station }: Command, kind: Kind): Promise<string | null> {
    const rows: { id: string }[] = await this.dataSource.query(
      'SELECT id FROM device_config.station_requests WHERE command = $1 AND tenant = $2 AND station = $3 AND kind = $4',
      [id, tenant, station, kind],
    );
    return rows[0]?.id ?? null;
  }

  /** The request that a status is about: that of its number, or the last one that was sent. */
  async ofStatus({ tenant, station }: StationRef, kind: Kind, requestId: number | null): Promise<string | null> {
    const rows: { id: string }[] = await this.dataSource.query(
      `SELECT id FROM device_config.station_requests WHERE tenant = $1 AND station = $2 AND kind = $3 AND sent_at IS NOT NULL
         AND ($4::bigint IS NULL OR request_id = $4) ORDER BY sent_at DESC, created_at DESC LIMIT 1`,
      [tenant, station, kind, requestId],
    );
    return rows[0]?.id ?? null;
  }

  /** Open requests of the kind that were made before this one. */
  async earlierThan({ id, tenant, station, kind, createdAt }: StationRequest): Promise<string[]> {
    const rows: { id: string }[] = await this.dataSource.query(
      `SELECT id FROM device_config.station_requests WHERE tenant = $1 AND station = $2 AND kind = $3 AND ended_at IS NULL AND sent_at IS NOT NULL
         AND created_at <= $4 AND id <> $5 ORDER BY created_at`,
      [tenant, station, kind, createdAt, id],
    );
    return rows.map((row) => row.id);
  }
}

async function write(manager: EntityManager, request: StationRequest): Promise<void> {
  const { id, body, state, reason, progress, statuses, command, tries } = request;
  const { nextAt, sentAt, acceptedAt, doneAt, endedAt, expiresAt, bootAt } = request;
  await manager.query(
    `UPDATE device_config.station_requests SET body = $2, state = $3, reason = $4, progress = $5, statuses = $6, command = $7, tries = $8,
       next_at = $9, sent_at = $10, accepted_at = $11, done_at = $12, ended_at = $13, expires_at = $14, boot_at = $15 WHERE id = $1`,
    [
      ...[id, JSON.stringify(body), state, reason, progress, JSON.stringify(statuses), command, tries],
      ...[nextAt, sentAt, acceptedAt, doneAt, endedAt, expiresAt, bootAt],
    ],
  );
}
