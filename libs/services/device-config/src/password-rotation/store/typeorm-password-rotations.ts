import type { Protocol, SecurityEvent, StationRef } from '@voltbus/contracts';
import { TypeormList, lockStation, type ListSource } from '@voltbus/database';
import type { DataSource, EntityManager } from 'typeorm';
import { addEviction } from '../../provisioning';
import { inLockedStation, type LockedStation, type Transaction } from '../../stations/typeorm-in-station';
import { stationProtocol } from '../../stations/typeorm-station-protocol';
import type { SecurityEventStore } from '../../security-events';
import type { RotatingStation } from '../domain/rotating-station';
import type { Passwords, Rotation } from '../domain/rotation';
import { BATCH, CONFIRM_MS, EXPIRE_MS, LOST_RESULT_MS, RECONNECT_MS, REPUBLISH_MS } from '../limits';
import { ROTATION, ROTATION_LIST, type ListedRotation, type RotationFilters, type RotationSort } from './rotation-list';

/**
 * Rotations that there is something to do about: to be sent, sent and forgotten, accepted by a station that stays connected or does not use it, never sent,
 * and those of stations that were given another password.
 */
const DUE = `
SELECT r.tenant, r.station FROM device_config.password_rotations r
JOIN device_config.stations s ON s.tenant = r.tenant AND s.station = r.station
WHERE r.ended_at IS NULL AND (
  (r.state IN ('waiting', 'unconfirmed') AND r.next_at <= $1 AND s.online AND s.registration = 'accepted')
  OR (r.state = 'sent' AND (r.sent_at <= $2 OR (NOT r.published AND r.sent_at <= $3)))
  OR (r.state = 'accepted' AND ((NOT r.closed AND r.accepted_at <= $4) OR r.accepted_at <= $5))
  OR (r.state = 'waiting' AND NOT r.may_have_it AND (r.started_at <= $6 OR r.deliver_by <= $1))
  OR s.rotation_id IS DISTINCT FROM r.id)
ORDER BY r.next_at NULLS FIRST LIMIT ${BATCH}`;

/** Rotations of passwords, and which passwords stations may use meanwhile. */
export class TypeormPasswordRotations {
  private readonly listed: TypeormList<ListedRotation, RotationFilters, RotationSort>;

  constructor(
    private readonly dataSource: DataSource,
    private readonly events: Pick<SecurityEventStore, 'writeIn'>,
  ) {
    this.listed = new TypeormList(dataSource, ROTATION_LIST);
  }

  list(tenant: string): ListSource<ListedRotation, RotationFilters, RotationSort> {
    return this.listed.of(tenant);
  }

  async find({ tenant, station }: StationRef): Promise<Rotation | null> {
    return load(this.dataSource.manager, { tenant, station });
  }

  async due(now: Date): Promise<StationRef[]> {
    const before = (ms: number): Date => new Date(now.getTime() - ms);
    return this.dataSource.query(DUE, [now, ...[LOST_RESULT_MS, REPUBLISH_MS, RECONNECT_MS, CONFIRM_MS, EXPIRE_MS].map(before)]);
  }

  /** Whether this was the last command of a rotation. */
  async ofCommand(tenant: string, command: string): Promise<boolean> {
    const rows: unknown[] = await this.dataSource.query('SELECT FROM device_config.password_rotations WHERE tenant = $1 AND command = $2', [
      tenant,
      command,
    ]);
    return rows.length > 0;
  }

  async protocolOf(ref: StationRef): Promise<Protocol | null> {
    return (await stationProtocol(this.dataSource, ref)) ?? null;
  }

  /** One change of a station's passwords at a time, whoever makes it. Null: there is no such station. */
  inStation<T>(
    { tenant, station }: StationRef,
    work: (unit: RotationUnit, station: RotatingStation, rotation: Rotation | null) => Promise<T>,
  ): Promise<T | null> {
    return this.dataSource.transaction((manager) => this.lockedIn(manager, { tenant, station }, work));
  }

  /** The same, within the caller's transaction. */
  async lockedIn<T>(
    manager: Transaction,
    { tenant, station }: StationRef,
    work: (unit: RotationUnit, station: RotatingStation, rotation: Rotation | null) => Promise<T>,
  ): Promise<T | null> {
    await lockStation(manager, { tenant, station });
    const rows: RotatingStation[] = await manager.query(
      `SELECT protocol, cardinality(key_hashes) > 0 AS "hasPassword", coalesce(reached_profile, 0) = 3 AS certified, rotation_id AS rotation,
         online AND registration = 'accepted' AS online
       FROM device_config.stations WHERE tenant = $1 AND station = $2`,
      [tenant, station],
    );
    if (rows[0] === undefined) return null;
    const rotation = await load(manager, { tenant, station }, 'FOR UPDATE');
    return work(new RotationUnit(manager, { tenant, station }, this.events), rows[0], rotation);
  }

  /** Locks the station as it is when its rotation is changed, for a caller who locks something else before. */
  lockFirst<T>(ref: StationRef, work: (manager: Transaction, station: LockedStation) => Promise<T>): Promise<T | null> {
    return inLockedStation(this.dataSource, ref, work);
  }

  byIds(manager: Transaction, ids: readonly string[]): Promise<Rotation[]> {
    return manager.query(`SELECT ${ROTATION} FROM device_config.password_rotations WHERE id = ANY($1::uuid[])`, [ids]);
  }

  /** Those that no station was sent are over: they are not sent any more. */
  async withdraw(manager: Transaction, ids: readonly string[], now: Date): Promise<void> {
    await manager.query(
      `UPDATE device_config.password_rotations SET deliver_by = $2 WHERE id = ANY($1::uuid[]) AND state = 'waiting' AND NOT may_have_it`,
      [ids, now],
    );
  }
}

/** The rotation of one station within its database transaction. */
export class RotationUnit {
  constructor(
    private readonly manager: EntityManager,
    private readonly ref: StationRef,
    private readonly events: Pick<SecurityEventStore, 'writeIn'>,
  ) {}

  /** From now on the new password is accepted beside the old one. */
  async offer(rotation: Rotation, keyHashes: readonly string[]): Promise<void> {
    await this.write(rotation);
    await this.manager.query(
      `UPDATE device_config.stations SET key_hashes = key_hashes || $3::text[], rotation_id = $4, rotation_hashes = $3 WHERE tenant = $1 AND station = $2`,
      [...this.key, keyHashes, rotation.id],
    );
    await this.outdate(null);
  }

  async write(rotation: Rotation): Promise<void> {
    const { id, state, sealed, command, published, mayHaveIt, tries, nextAt, closed, actor, campaign, reason } = rotation;
    const { startedAt, sentAt, acceptedAt, endedAt, deliverBy } = rotation;
    await this.manager.query(
      `INSERT INTO device_config.password_rotations (tenant, station, id, state, sealed, command, published, may_have_it, tries, next_at, closed, actor,
         campaign, reason, started_at, sent_at, accepted_at, ended_at, deliver_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
       ON CONFLICT (tenant, station) DO UPDATE SET id = excluded.id, state = excluded.state, sealed = excluded.sealed, command = excluded.command,
         published = excluded.published, may_have_it = excluded.may_have_it, tries = excluded.tries, next_at = excluded.next_at, closed = excluded.closed,
         actor = excluded.actor, campaign = excluded.campaign, reason = excluded.reason, started_at = excluded.started_at, sent_at = excluded.sent_at,
         accepted_at = excluded.accepted_at, ended_at = excluded.ended_at,
         deliver_by = excluded.deliver_by`,
      [
        ...[...this.key, id, state, sealed, command, published, mayHaveIt, tries, nextAt, closed, actor, campaign, reason],
        ...[startedAt, sentAt, acceptedAt, endedAt, deliverBy],
      ],
    );
  }

  /** The passwords that the station may use once its rotation is over. */
  async settle(passwords: Passwords): Promise<void> {
    if (passwords === 'both') return;
    const kept =
      passwords === 'new' ? 'rotation_hashes' : `ARRAY(SELECT hash FROM unnest(key_hashes) AS hash WHERE NOT hash = ANY(rotation_hashes))`;
    await this.manager.query(
      `UPDATE device_config.stations SET key_hashes = ${kept}, rotation_id = NULL, rotation_hashes = '{}' WHERE tenant = $1 AND station = $2`,
      this.key,
    );
    await this.outdate(null);
  }

  /** What has to follow: the cached profile is dropped and, with a reason, the connection is closed. */
  outdate(reason: 'credentials-changed' | null): Promise<void> {
    return addEviction(this.manager, this.ref, reason);
  }

  /** Returns the event where it is new. */
  record(event: SecurityEvent): Promise<SecurityEvent[]> {
    return this.events.writeIn(this.manager, [event]);
  }

  private get key(): [string, string] {
    return [this.ref.tenant, this.ref.station];
  }
}

/** Locked: whoever withdraws rotations does so without the lock of their station. */
async function load(manager: EntityManager, { tenant, station }: StationRef, lock: 'FOR UPDATE' | '' = ''): Promise<Rotation | null> {
  const rows: Rotation[] = await manager.query(
    `SELECT ${ROTATION} FROM device_config.password_rotations WHERE tenant = $1 AND station = $2 ${lock}`,
    [tenant, station],
  );
  return rows[0] ?? null;
}
