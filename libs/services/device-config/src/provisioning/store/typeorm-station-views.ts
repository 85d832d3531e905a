import type { StationRef } from '@voltbus/contracts';
import { TypeormList, type ListSlice, type ListTotal, type Position } from '@voltbus/database';
import type { DataSource } from 'typeorm';
import { connectorsWithProblems, type Connector, type Problem } from '../../availability';
import { conflictIn, type TakeOverRow } from '../../identity-conflicts';
import { lowestProfile, type SecurityProfile, type StationPresence, type StoredStation } from '../domain/station';
import { STATION_LIST, type StationSort, type StoredFilters } from './typeorm-station-list';
import { EVSE_IDS } from './typeorm-stations';

const COLUMNS = `
  s.tenant, s.station, s.security_profile AS "securityProfile", s.reached_profile AS "reachedSecurityProfile", s.used_profile AS "usedSecurityProfile", s.blocked, s.registration, s.station_group AS "group", s.pinned_protocol AS "pinnedProtocol", s.online, s.protocol, least(s.reports_not_kept, 2147483647)::integer AS "reportsNotKept", s.last_seen_at AS "lastSeenAt",
  s.vendor, s.model, s.serial_number AS "serialNumber", s.firmware_version AS "firmwareVersion", t.min_security_profile, cardinality(s.key_hashes) > 0 AS has_password, c.connectors, p.problems, o.take_overs,
  s.station_name AS name, s.station_place AS place, s.station_labels AS labels, ${EVSE_IDS} AS "evseIds"`;
const TABLE = 'device_config.stations s';
const FROM = `${TABLE} JOIN device_config.tenants t USING (tenant)
CROSS JOIN LATERAL (
  SELECT coalesce(json_agg(json_build_object('evse', evse, 'connector', connector, 'status', status, 'errorCode', error_code,
    'changedAt', changed_at) ORDER BY evse, connector), '[]') AS connectors
  FROM device_config.connectors WHERE tenant = s.tenant AND station = s.station
) c
CROSS JOIN LATERAL (
  SELECT coalesce(json_agg(json_build_object('evse', evse, 'connector', connector, 'component', component, 'code', code, 'info', info,
    'since', changed_at)), '[]') AS problems
  FROM device_config.connector_problems WHERE tenant = s.tenant AND station = s.station AND active
) p
CROSS JOIN LATERAL (
  SELECT coalesce(json_agg(json_build_object('address', address, 'times', times, 'firstAt', first_at, 'lastAt', last_at)), '[]') AS take_overs
  FROM device_config.take_overs WHERE tenant = s.tenant AND station = s.station
) o`;

/** What is stored of a station's connection. */
const PRESENCE = `s.tenant, s.station, s.online, s.protocol, s.last_seen_at AS "lastSeenAt"`;

/** Stations as the API shows them; of their credentials it reads only whether there are any. */
export class TypeormStationViews {
  private readonly listed: TypeormList<StationRow, StoredFilters, StationSort>;
  private readonly presences: TypeormList<PresenceRow, StoredFilters, StationSort>;

  constructor(private readonly dataSource: DataSource) {
    this.presences = new TypeormList<PresenceRow, StoredFilters, StationSort>(dataSource, {
      ...STATION_LIST,
      columns: PRESENCE,
      from: TABLE,
    });
    this.listed = new TypeormList<StationRow, StoredFilters, StationSort>(dataSource, { ...STATION_LIST, columns: COLUMNS, from: FROM });
  }

  async find({ tenant, station }: StationRef): Promise<StoredStation | null> {
    const rows: StationRow[] = await this.dataSource.query(`SELECT ${COLUMNS} FROM ${FROM} WHERE s.tenant = $1 AND s.station = $2`, [
      tenant,
      station,
    ]);
    return rows[0] === undefined ? null : toStored(rows[0]);
  }

  /** Rows of the list of a tenant, each with its position. */
  async rows(tenant: string, slice: ListSlice<StoredFilters, StationSort>): Promise<{ station: StoredStation; position: Position }[]> {
    const rows = await this.listed.rows(tenant, slice);
    return rows.map(({ row, position }) => ({ station: toStored(row), position }));
  }

  /** The same rows with what is stored of their connections alone, which takes a tenth of the time. */
  async presenceRows(
    tenant: string,
    slice: ListSlice<StoredFilters, StationSort>,
  ): Promise<{ station: StationPresence; position: Position }[]> {
    const rows = await this.presences.rows(tenant, slice);
    return rows.map(({ row: { lastSeenAt, ...row }, position }) => ({
      station: { ...row, lastSeenAt: lastSeenAt?.toISOString() ?? null },
      position,
    }));
  }

  /** By name; those that are gone meanwhile are missing. */
  async named(tenant: string, stations: readonly string[]): Promise<ReadonlyMap<string, StoredStation>> {
    if (stations.length === 0) return new Map();
    const rows: StationRow[] = await this.dataSource.query(
      `SELECT ${COLUMNS} FROM ${FROM} WHERE s.tenant = $1 AND s.station = ANY($2::text[])`,
      [tenant, stations],
    );
    return new Map(rows.map((row) => [row.station, toStored(row)]));
  }

  count(tenant: string, filters: StoredFilters, most: number): Promise<ListTotal> {
    return this.listed.count(tenant, filters, most);
  }
}

interface PresenceRow extends Omit<StationPresence, 'lastSeenAt'> {
  lastSeenAt: Date | null;
}

interface StationRow extends Omit<StoredStation, 'demandedProfile' | 'lastSeenAt' | 'connectors' | 'conflict'> {
  connectors: Connector[];
  problems: Problem[];
  take_overs: TakeOverRow[];
  min_security_profile: SecurityProfile;
  has_password: boolean;
  lastSeenAt: Date | null;
}

function toStored({ min_security_profile, has_password, take_overs, lastSeenAt, connectors, problems, ...row }: StationRow): StoredStation {
  return {
    ...row,
    lastSeenAt: lastSeenAt?.toISOString() ?? null,
    demandedProfile: lowestProfile(
      { minSecurityProfile: min_security_profile },
      { own: row.securityProfile, reached: row.reachedSecurityProfile, hasPassword: has_password },
    ),
    conflict: conflictIn(take_overs, new Date()),
    connectors: connectorsWithProblems(
      connectors.map((connector) => ({ ...connector, changedAt: new Date(connector.changedAt).toISOString() })),
      problems.map((problem) => ({ ...problem, since: new Date(problem.since).toISOString() })),
    ),
  };
}
