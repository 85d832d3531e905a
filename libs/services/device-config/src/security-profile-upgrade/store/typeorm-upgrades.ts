import type { Protocol, SecurityEvent, StationRef } from '@voltbus/contracts';
import { TypeormList, lockStation, type ListSource } from '@voltbus/database';
import type { DataSource, EntityManager } from 'typeorm';
import { inLockedStation, type LockedStation, type Transaction } from '../../stations/typeorm-in-station';
import { stationProtocol } from '../../stations/typeorm-station-protocol';
import type { SecurityEventStore } from '../../security-events';
import type { Upgrade } from '../domain/upgrade';
import type { UpgradingStation } from '../domain/upgrading-station';
import { AWAY_MS, BATCH, EXPIRE_MS, LOST_RESULT_MS, REPUBLISH_MS } from '../limits';
import { UPGRADE, UPGRADE_LIST, type ListedUpgrade, type UpgradeFilters, type UpgradeSort } from './upgrade-list';

/** Upgrades that there is something to do about: to be sent, sent and forgotten, of a station that does not come back, never sent, or done unseen. */
const DUE = `
SELECT u.tenant, u.station FROM device_config.security_profile_upgrades u
JOIN device_config.stations s ON s.tenant = u.tenant AND s.station = u.station
WHERE u.ended_at IS NULL AND (
  (u.state = 'waiting' AND u.next_at <= $1 AND s.online AND s.registration = 'accepted')
  OR (u.state = 'sent' AND (u.sent_at <= $2 OR (NOT u.published AND u.sent_at <= $3)))
  OR (u.state = 'reconnecting' AND u.until <= $1)
  OR (u.state = 'waiting' AND NOT u.may_have_it AND (u.started_at <= $4 OR u.deliver_by <= $1))
  OR (u.state = 'waiting' AND u.may_have_it AND u.next_at <= $5)
  OR s.used_profile >= u.target)
ORDER BY u.next_at NULLS FIRST LIMIT ${BATCH}`;

const STATION = `
SELECT s.protocol, s.online AND s.registration = 'accepted' AS online, s.used_profile AS "usedProfile", s.presence_epoch::float8 AS epoch,
  s.reached_profile AS "reachedProfile", cardinality(s.key_hashes) > 0 AS "hasPassword", t.certificate_organization IS NOT NULL AS "hasOrganization",
  EXISTS (SELECT FROM device_config.installed_certificates i WHERE i.tenant = s.tenant AND i.station = s.station AND i.kind = 'CSMSRootCertificate'
    AND i.state IN ('installed', 'foreign')) AS "hasRoot",
  EXISTS (SELECT FROM device_config.certificates c WHERE c.tenant = s.tenant AND c.station = s.station AND c.kind = 'ChargingStationCertificate'
    AND c.accepted_at IS NOT NULL AND c.revoked_at IS NULL AND c.not_after > $3) AS "hasCertificate"
FROM device_config.stations s JOIN device_config.tenants t ON t.tenant = s.tenant WHERE s.tenant = $1 AND s.station = $2`;

/** Raises of security profiles, one change of a station at a time. */
export class TypeormUpgrades {
  private readonly listed: TypeormList<ListedUpgrade, UpgradeFilters, UpgradeSort>;

  constructor(
    private readonly dataSource: DataSource,
    private readonly events: Pick<SecurityEventStore, 'writeIn'>,
  ) {
    this.listed = new TypeormList(dataSource, UPGRADE_LIST);
  }

  list(tenant: string): ListSource<ListedUpgrade, UpgradeFilters, UpgradeSort> {
    return this.listed.of(tenant);
  }

  async find({ tenant, station }: StationRef): Promise<Upgrade | null> {
    return load(this.dataSource.manager, { tenant, station });
  }

  async due(now: Date): Promise<StationRef[]> {
    const before = (ms: number): Date => new Date(now.getTime() - ms);
    return this.dataSource.query(DUE, [now, ...[LOST_RESULT_MS, REPUBLISH_MS, EXPIRE_MS, AWAY_MS].map(before)]);
  }

  /** Whether this was the last command of an upgrade. */
  async ofCommand(tenant: string, command: string): Promise<boolean> {
    const rows: unknown[] = await this.dataSource.query(
      'SELECT FROM device_config.security_profile_upgrades WHERE tenant = $1 AND command = $2',
      [tenant, command],
    );
    return rows.length > 0;
  }

  async protocolOf(ref: StationRef): Promise<Protocol | null> {
    return (await stationProtocol(this.dataSource, ref)) ?? null;
  }

  /** Those of the stations of which a connection may end an upgrade. */
  watchedAmong(refs: readonly StationRef[]): Promise<StationRef[]> {
    return this.dataSource.query(
      `SELECT tenant, station FROM device_config.security_profile_upgrades
       WHERE (ended_at IS NULL OR (may_have_it AND state IN ('taken-back', 'cancelled'))) AND (tenant, station) IN (SELECT * FROM unnest($1::text[], $2::text[]))`,
      [refs.map(({ tenant }) => tenant), refs.map(({ station }) => station)],
    );
  }

  /** One change of a station at a time, whoever makes it. Null: there is no such station. */
  inStation<T>(
    { tenant, station }: StationRef,
    now: Date,
    work: (unit: UpgradeUnit, station: UpgradingStation, upgrade: Upgrade | null) => Promise<T>,
  ): Promise<T | null> {
    return this.dataSource.transaction((manager) => this.lockedIn(manager, { tenant, station }, now, work));
  }

  /** The same, within the caller's transaction. */
  async lockedIn<T>(
    manager: Transaction,
    { tenant, station }: StationRef,
    now: Date,
    work: (unit: UpgradeUnit, station: UpgradingStation, upgrade: Upgrade | null) => Promise<T>,
  ): Promise<T | null> {
    await lockStation(manager, { tenant, station });
    const rows: UpgradingStation[] = await manager.query(STATION, [tenant, station, now]);
    if (rows[0] === undefined) return null;
    const upgrade = await load(manager, { tenant, station }, 'FOR UPDATE');
    return work(new UpgradeUnit(manager, { tenant, station }, this.events), rows[0], upgrade);
  }

  /** Locks the station as it is when its upgrade is changed, for a caller who locks something else before. */
  lockFirst<T>(ref: StationRef, work: (manager: Transaction, station: LockedStation) => Promise<T>): Promise<T | null> {
    return inLockedStation(this.dataSource, ref, work);
  }

  byIds(manager: Transaction, ids: readonly string[]): Promise<Upgrade[]> {
    return manager.query(`SELECT ${UPGRADE} FROM device_config.security_profile_upgrades WHERE id = ANY($1::uuid[])`, [ids]);
  }

  /** Those of which no station has heard are over: none of their steps is sent any more. */
  async withdraw(manager: Transaction, ids: readonly string[], now: Date): Promise<void> {
    await manager.query(
      `UPDATE device_config.security_profile_upgrades SET deliver_by = $2
       WHERE id = ANY($1::uuid[]) AND state = 'waiting' AND step IN ('change', 'read') AND tries = 0 AND NOT may_have_it`,
      [ids, now],
    );
  }
}

/** The upgrade of one station within its database transaction. */
class UpgradeUnit {
  constructor(
    private readonly manager: EntityManager,
    private readonly ref: StationRef,
    private readonly events: Pick<SecurityEventStore, 'writeIn'>,
  ) {}

  async write(upgrade: Upgrade): Promise<void> {
    const { id, state, step, target, network, slot, order, mayHaveIt, command, published, tries, nextAt, until, epoch } = upgrade;
    const { actor, reason, startedAt, sentAt, endedAt, deliverBy } = upgrade;
    await this.manager.query(
      `INSERT INTO device_config.security_profile_upgrades (tenant, station, id, state, step, target, network, slot, slot_order, may_have_it, command, published,
         tries, next_at, until, epoch, actor, reason, started_at, sent_at, ended_at, deliver_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)
       ON CONFLICT (tenant, station) DO UPDATE SET id = excluded.id, state = excluded.state, step = excluded.step, target = excluded.target,
         network = excluded.network, slot = excluded.slot, slot_order = excluded.slot_order, may_have_it = excluded.may_have_it, command = excluded.command,
         published = excluded.published, tries = excluded.tries, next_at = excluded.next_at, until = excluded.until, epoch = excluded.epoch,
         actor = excluded.actor, reason = excluded.reason, started_at = excluded.started_at, sent_at = excluded.sent_at, ended_at = excluded.ended_at,
         deliver_by = excluded.deliver_by`,
      [
        ...[this.ref.tenant, this.ref.station, id, state, step, target, network, slot, order, mayHaveIt, command, published],
        ...[tries, nextAt, until, epoch, actor, reason, startedAt, sentAt, endedAt, deliverBy],
      ],
    );
  }

  /** Returns the event where it is new. */
  record(event: SecurityEvent): Promise<SecurityEvent[]> {
    return this.events.writeIn(this.manager, [event]);
  }
}

/** Locked: whoever withdraws upgrades does so without the lock of their station. */
async function load(manager: EntityManager, { tenant, station }: StationRef, lock: 'FOR UPDATE' | '' = ''): Promise<Upgrade | null> {
  const rows: Upgrade[] = await manager.query(
    `SELECT ${UPGRADE} FROM device_config.security_profile_upgrades WHERE tenant = $1 AND station = $2 ${lock}`,
    [tenant, station],
  );
  return rows[0] ?? null;
}
