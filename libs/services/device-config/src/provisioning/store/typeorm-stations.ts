import type { Protocol, StationProfile, StationRef } from '@voltbus/contracts';
import { withoutSecrets } from '@voltbus/ocpp';
import { removeUnhandledMessages } from '@voltbus/service';
import {
  StationTransactions,
  lockNamed,
  lockStation,
  prepared,
  selectRows,
  type Outbox,
  type OutboxEvent,
  type Statement,
} from '@voltbus/database';
import type { Metrics } from '@voltbus/telemetry';
import type { DataSource, EntityManager } from 'typeorm';
import { addEviction, type OutdatedBy } from './typeorm-evictions';
import { removeMessageLog } from '../../message-log';
import type { QuirkyStation, TypeormStationQuirks } from '../../quirks';
import { UNHANDLED_MESSAGES } from '../../unhandled-messages';
import { descriptionOf, evseIdIdentity, type Description } from '../domain/description';
import { profileOf, type AdmittedStation, type Admission, type BootFacts, type Policy, type SecurityProfile } from '../domain/station';
import { admittedOf, policyOf, type AdmissionRow, type PolicyRow, type ProfileRow } from './station-rows';
import { lockReferences } from './typeorm-station-references';

/** The EVSE ids of the station `s`. */
export const EVSE_IDS = `(SELECT coalesce(json_agg(json_build_object('evse', e.evse, 'evseId', e.evse_id) ORDER BY e.evse), '[]')
  FROM device_config.evse_ids e WHERE e.tenant = s.tenant AND e.station = s.station)`;

const LOAD: Statement = {
  name: 'station-load',
  merge: ['text', 'text'],
  text: `
SELECT key_hashes, rotation_id, rotation_hashes, security_profile, reached_profile, blocked, registration, station_group, pinned_protocol, revoked_certificates, booted_at IS NOT NULL AS booted,
  station_name AS name, station_place AS place, station_labels AS labels, ${EVSE_IDS} AS "evseIds"
FROM device_config.stations s WHERE tenant = $1 AND station = $2`,
};
/** A boot for which the CSMS has asked: the station has not restarted. */
const TRIGGERED = 'Triggered';
/** Of a boot reason, more than any word of OCPP has. */
const LONGEST_REASON = 50;
const BOOTED: Statement = {
  name: 'station-booted',
  merge: ['text', 'text', 'text', 'text', 'text', 'text', 'timestamptz', 'bigint', 'text', 'text'],
  text: `
UPDATE device_config.stations SET vendor = $3, model = $4, serial_number = $5, firmware_version = $6, booted_at = $7, boot_epoch = $8,
  rebooted_at = CASE WHEN $10 = '${TRIGGERED}' THEN rebooted_at ELSE $7 END, boot_reason = CASE WHEN $10 = '${TRIGGERED}' THEN boot_reason ELSE $10 END,
  report_due = report_due OR report_firmware IS DISTINCT FROM coalesce($6, ''),
  protocol = CASE WHEN presence_epoch <= $8 THEN $9 ELSE protocol END,
  online = CASE WHEN presence_epoch < $8 THEN true ELSE online END,
  presence_epoch = greatest(presence_epoch, $8), last_seen_at = greatest(last_seen_at, $7)
WHERE tenant = $1 AND station = $2 AND boot_epoch <= $8`,
};

interface UnitParts {
  outbox: Outbox;
  quirks: Pick<TypeormStationQuirks, 'settingsOf' | 'usersOf'>;
  /** Stations of a tenant that may register by themselves. */
  maxRegistered: number;
}

/** Stations and how they are admitted. */
export class TypeormStations {
  private readonly stations;

  constructor(
    private readonly dataSource: DataSource,
    private readonly parts: UnitParts,
    metrics: Metrics,
  ) {
    this.stations = new StationTransactions(dataSource, { metrics, work: 'boots' });
  }

  /** One station at a time, and its tenant does not go meanwhile. */
  inStation<T>(ref: StationRef, work: (unit: StationUnit) => Promise<T>): Promise<T> {
    return this.dataSource.transaction(async (manager) => {
      await lockStation(manager, ref);
      return work(new StationUnit(manager, ref, this.parts));
    });
  }

  /** The same for messages of stations, of which many go together. The work must have no effect but through the unit: it may be done again. */
  inSharedTransaction<T>(ref: StationRef, work: (unit: StationUnit) => Promise<T>): Promise<T> {
    return this.stations.run(ref, (manager) => work(new StationUnit(manager, ref, this.parts)));
  }

  find(ref: StationRef): Promise<AdmittedStation | null> {
    return new StationUnit(this.dataSource.manager, ref, this.parts).load();
  }

  /** Profiles of these stations, in the order given. Of unknown stations too: a tenant that has no room for more refuses them. */
  async profiles(refs: readonly StationRef[]): Promise<StationProfile[]> {
    const rows: (ProfileRow & QuirkyStation)[] = await this.dataSource.query(
      `SELECT requested.tenant, requested.station, t.min_security_profile, t.certificate_organization, t.keep_messages_hours, t.show_cost, s.key_hashes, s.rotation_id, s.rotation_hashes, s.security_profile, s.reached_profile, s.blocked, s.registration, s.station_group, s.pinned_protocol,
         s.revoked_certificates, s.booted_at IS NOT NULL AS booted, s.vendor, s.model, s.firmware_version AS firmware, s.station_group AS "group",
         CASE WHEN s.station IS NULL AND t.unknown_stations = 'register' AND ${full('t.tenant', '$3')} THEN 'refuse' ELSE t.unknown_stations END AS unknown_stations
       FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS requested(tenant, station, place)
       LEFT JOIN device_config.tenants t ON t.tenant = requested.tenant
       LEFT JOIN device_config.stations s ON s.tenant = requested.tenant AND s.station = requested.station ORDER BY place`,
      [refs.map(({ tenant }) => tenant), refs.map(({ station }) => station), this.parts.maxRegistered],
    );
    const quirks = await this.parts.quirks.settingsOf(rows);
    return rows.map((row, at) => profileOf(row, policyOf(row), admittedOf(row), quirks[at]));
  }
}

/** What can be read and written about one station within its database transaction. */
export class StationUnit {
  constructor(
    private readonly manager: EntityManager,
    readonly ref: StationRef,
    private readonly parts: UnitParts,
  ) {}

  /** Null: no such tenant. */
  async policy(): Promise<Policy | null> {
    const rows: PolicyRow[] = await this.manager.query(
      `SELECT unknown_stations, min_security_profile, certificate_organization, keep_messages_hours, show_cost FROM device_config.tenants WHERE tenant = $1 FOR KEY SHARE`,
      [this.ref.tenant],
    );
    return rows[0] === undefined ? null : policyOf(rows[0]);
  }

  async load(): Promise<AdmittedStation | null> {
    const { manager, key } = this;
    const [row] = await selectRows<StationRow>(manager, LOAD, key);
    const admitted = row === undefined ? null : admittedOf(row);
    return row === undefined || admitted === null ? null : { ...admitted, ...descriptionOf(row) };
  }

  /** Whether one more station of the tenant may register by itself; until this transaction ends no other one does. */
  async hasRoom(): Promise<boolean> {
    const { tenant } = this.ref;
    await lockNamed(this.manager, `registering ${tenant}`);
    const [row]: { is_full: boolean }[] = await this.manager.query(`SELECT ${full('$1', '$2')} AS is_full`, [
      tenant,
      this.parts.maxRegistered,
    ]);
    return row?.is_full === false;
  }

  /** `by`: an operator, or the station itself at its first boot. */
  async admit(admission: Admission, by: 'operator' | 'itself'): Promise<void> {
    const { keyHashes, passwordRotation, securityProfile, blocked, registration, group, pinnedProtocol, name, place, labels } = admission;
    await this.manager.query(
      `INSERT INTO device_config.stations (tenant, station, key_hashes, security_profile, blocked, registration, station_group, pinned_protocol, self_registered,
         station_name, station_place, station_labels, rotation_id, rotation_hashes)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
       ON CONFLICT (tenant, station) DO UPDATE SET key_hashes = excluded.key_hashes, security_profile = excluded.security_profile,
         blocked = excluded.blocked, registration = excluded.registration, station_group = excluded.station_group, pinned_protocol = excluded.pinned_protocol,
         self_registered = excluded.self_registered, station_name = excluded.station_name, station_place = excluded.station_place,
         station_labels = excluded.station_labels, rotation_id = excluded.rotation_id, rotation_hashes = excluded.rotation_hashes`,
      [
        ...[...this.key, keyHashes, securityProfile, blocked, registration, group, pinnedProtocol, by === 'itself'],
        ...[name, place === null ? null : JSON.stringify(place), JSON.stringify(labels)],
        ...[passwordRotation?.id ?? null, passwordRotation?.keyHashes ?? []],
      ],
    );
  }

  /** By an operator. `admit` leaves it alone, so that it does not undo what a connection has raised meanwhile. */
  async setReachedSecurityProfile(reached: SecurityProfile | null): Promise<void> {
    await this.manager.query('UPDATE device_config.stations SET reached_profile = $3 WHERE tenant = $1 AND station = $2', [
      ...this.key,
      reached,
    ]);
  }

  /** The EVSE ids of the station are these from now on. Returns one that another station of the tenant has; then the transaction must not be committed. */
  async nameEvses(evseIds: Description['evseIds']): Promise<{ station: string; evseId: string } | null> {
    await this.manager.query('DELETE FROM device_config.evse_ids WHERE tenant = $1 AND station = $2', this.key);
    const rows = evseIds
      .map((one) => ({ ...one, identity: evseIdIdentity(one.evseId) }))
      .sort((a, b) => (a.identity < b.identity ? -1 : 1));
    for (const { evse, evseId, identity } of rows) {
      // in the order of identities: two stations that change at the same time wait for each other in one direction
      const added: unknown[] = await this.manager.query(
        `INSERT INTO device_config.evse_ids (tenant, station, evse, evse_id, identity) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (tenant, identity) DO NOTHING RETURNING 1`,
        [...this.key, evse, evseId, identity],
      );
      if (added.length === 0) return { evseId, station: await this.holderOf(identity) };
    }
    return null;
  }

  private async holderOf(identity: string): Promise<string> {
    const rows: { station: string }[] = await this.manager.query(
      'SELECT station FROM device_config.evse_ids WHERE tenant = $1 AND identity = $2',
      [this.ref.tenant, identity],
    );
    return rows[0]?.station ?? 'another';
  }

  /** Fenced: the boot of an older connection does not overwrite that of a newer one. */
  async booted(facts: BootFacts, by: { epoch: number; protocol: Protocol; at: Date }): Promise<void> {
    const { vendor, model, serialNumber, firmwareVersion, reason } = withoutSecrets(facts); // some stations name the URL they were updated from
    const described = [vendor, model, serialNumber, firmwareVersion];
    await prepared(this.manager, BOOTED, [
      ...[...this.key, ...described, by.at, by.epoch, by.protocol, reason?.slice(0, LONGEST_REASON) ?? null],
    ]);
  }

  /** Resolves to false where the station is pinned already, was pinned by a later connection, or does not exist. An event that comes twice pins once, also when an operator took the pin back meanwhile. */
  async pin(protocol: Protocol, epoch: number): Promise<boolean> {
    const [pinned]: [unknown[], number] = await this.manager.query(
      `UPDATE device_config.stations SET pinned_protocol = $3, pinned_epoch = $4
       WHERE tenant = $1 AND station = $2 AND pinned_protocol IS NULL AND pinned_epoch < $4 RETURNING station`,
      [...this.key, protocol, epoch],
    );
    return pinned.length > 0;
  }

  /** Until this transaction ends nobody refers to a station of the tenant. */
  lockReferences(): Promise<void> {
    return lockReferences(this.manager, this.ref.tenant);
  }

  /** Quirk profiles that name the station. */
  quirkProfiles(): Promise<string[]> {
    return this.parts.quirks.usersOf(this.ref, this.manager);
  }

  /** With its messages and their copies; connectors and the like go by cascade. */
  async remove(): Promise<void> {
    await this.manager.query(`DELETE FROM device_config.stations WHERE tenant = $1 AND station = $2`, this.key);
    await removeMessageLog(this.manager, this.ref);
    await removeUnhandledMessages(this.manager, UNHANDLED_MESSAGES, this.ref);
  }

  /** Notes what has to follow the change: drop the cached profile and, with a reason, close the socket. */
  outdate(reason: OutdatedBy): Promise<void> {
    return addEviction(this.manager, this.ref, reason);
  }

  publishEvent(event: OutboxEvent): Promise<void> {
    return this.parts.outbox.add(this.manager, [event]);
  }

  private get key(): [string, string] {
    return [this.ref.tenant, this.ref.station];
  }
}

/** Whether a tenant has as many stations that registered by themselves as it may. */
function full(tenant: string, max: string): string {
  return `(${max}::integer = 0 OR EXISTS (SELECT FROM device_config.stations r WHERE r.tenant = ${tenant} AND r.self_registered
    OFFSET greatest(${max}::integer - 1, 0) LIMIT 1))`;
}

type StationRow = AdmissionRow & Description;
