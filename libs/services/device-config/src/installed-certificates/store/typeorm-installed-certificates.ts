import type { ConnectionEvent, StationRef } from '@voltbus/contracts';
import { TypeormList, filteredBy, type ListDefinition, type ListSource } from '@voltbus/database';
import type { DataSource } from 'typeorm';
import { inStation } from '../../stations/typeorm-in-station';
import type { InstalledCertificate, Kind, State } from '../domain/installed-certificate';
import { BATCH, MAX_REMOVALS } from '../limits';
import { CERTIFICATE_COLUMNS, InstalledUnit, REPORT_COLUMNS, type CertificateReport } from './typeorm-installed-unit';

interface Filters {
  station: string;
  kind?: Kind[] | undefined;
  state?: State[] | undefined;
}
type OwnFilters = Omit<Filters, 'station'>;
type Sort = 'changedAt';

const CERTIFICATE_LIST: ListDefinition<Filters, Sort> = {
  columns: CERTIFICATE_COLUMNS,
  from: 'device_config.installed_certificates',
  owner: 'tenant',
  station: 'station',
  id: [{ sql: 'id', type: 'uuid' }],
  sorts: { changedAt: [{ sql: 'changed_at', type: 'timestamptz' }] },
  filters: {
    station: (station, bind) => `station = ${bind(station)}`,
    kind: (kinds, bind) => `kind = ANY(${bind(kinds)}::text[])`,
    state: (states, bind) => `state = ANY(${bind(states)}::text[])`,
  },
};

/** By which CAs stations believed the server; of an older connection nothing is noted. Stations of which nothing is kept are left out. */
const NOTE_SEEN = `
UPDATE device_config.certificate_reports r SET issuers = given.issuers, used_profile = given.profile, seen_at = given.at, seen_epoch = given.epoch
FROM (SELECT DISTINCT ON (tenant, station) * FROM json_to_recordset($1::json)
        AS one(tenant text, station text, epoch bigint, at timestamptz, profile smallint, issuers jsonb) ORDER BY tenant, station, epoch DESC) AS given
WHERE r.tenant = given.tenant AND r.station = given.station AND r.seen_epoch < given.epoch`;

/** Stations of which a command or a list got no answer, unless they were asked since. */
const ASK_AGAIN = `
UPDATE device_config.certificate_reports r SET due = true WHERE NOT r.due AND (
  (r.asked_at <= $1 AND r.completed_at IS NULL)
  OR EXISTS (SELECT FROM device_config.installed_certificates c WHERE c.tenant = r.tenant AND c.station = r.station
    AND c.state IN ('installing', 'deleting') AND c.answer IS NULL AND c.changed_at <= $1 AND (r.asked_at IS NULL OR r.asked_at <= c.changed_at)))`;

/** Roots whose place another one takes that the station has, and which were not asked to be removed a moment ago. */
const REPLACING = `
SELECT next.tenant, next.station, next.id FROM device_config.installed_certificates next
JOIN device_config.installed_certificates old ON old.tenant = next.tenant AND old.station = next.station AND old.id = next.replaces
JOIN device_config.certificate_reports r ON r.tenant = next.tenant AND r.station = next.station
JOIN device_config.stations s ON s.tenant = next.tenant AND s.station = next.station
WHERE next.replaces IS NOT NULL AND next.state = 'installed' AND old.state IN ('installed', 'foreign') AND s.online
  AND next.removals < ${MAX_REMOVALS} AND (next.removals = 0 OR old.changed_at <= $1)
  AND (next.kind <> 'CSMSRootCertificate' OR r.seen_at > next.installed_at)
ORDER BY next.changed_at LIMIT ${BATCH}`;

/** CA certificates of stations, one change of a station at a time. */
export class TypeormInstalledCertificates {
  private readonly listed: TypeormList<InstalledCertificate, Filters, Sort>;

  constructor(private readonly dataSource: DataSource) {
    this.listed = new TypeormList(dataSource, CERTIFICATE_LIST);
  }

  /** Nothing is done where there is no such station: null. */
  inStation<T>(ref: StationRef, work: (unit: InstalledUnit) => Promise<T>): Promise<T | null> {
    return inStation(this.dataSource, 'installed-certificates', ref, (manager, station) => work(new InstalledUnit(manager, ref, station)));
  }

  list({ tenant, station }: StationRef): ListSource<InstalledCertificate, OwnFilters, Sort> {
    return filteredBy(this.listed.of(tenant), { station });
  }

  async report({ tenant, station }: StationRef): Promise<CertificateReport | null> {
    const rows: CertificateReport[] = await this.dataSource.query(
      `SELECT ${REPORT_COLUMNS} FROM device_config.certificate_reports WHERE tenant = $1 AND station = $2`,
      [tenant, station],
    );
    return rows[0] ?? null;
  }

  async onConnected(events: readonly ConnectionEvent[]): Promise<void> {
    const seen = events.map(({ tenant, station, epoch, at, securityProfile = null, serverIssuers = null }) => ({
      ...{ tenant, station, epoch, at, profile: securityProfile, issuers: serverIssuers },
    }));
    await this.dataSource.query(NOTE_SEEN, [JSON.stringify(seen)]);
  }

  /** Asks for the lists of stations whose answers have not come since then. */
  async askAgain(since: Date): Promise<void> {
    await this.dataSource.query(ASK_AGAIN, [since]);
  }

  /** Stations that are to be asked, and are there. */
  due(limit: number): Promise<StationRef[]> {
    return this.dataSource.query(
      `SELECT r.tenant, r.station FROM device_config.certificate_reports r
       JOIN device_config.stations s ON s.tenant = r.tenant AND s.station = r.station
       WHERE r.due AND s.online LIMIT $1`,
      [limit],
    );
  }

  /** Certificates that may have taken the place of another. */
  replacing(askedBefore: Date): Promise<(StationRef & { id: string })[]> {
    return this.dataSource.query(REPLACING, [askedBefore]);
  }

  /** Whether a root of the CSMS is known to be at the station, by its answer or its list. */
  async hasRootOfCsms({ tenant, station }: StationRef): Promise<boolean> {
    const rows: unknown[] = await this.dataSource.query(
      `SELECT FROM device_config.installed_certificates WHERE tenant = $1 AND station = $2 AND kind = 'CSMSRootCertificate' AND state IN ('installed', 'foreign') LIMIT 1`,
      [tenant, station],
    );
    return rows.length > 0;
  }
}
