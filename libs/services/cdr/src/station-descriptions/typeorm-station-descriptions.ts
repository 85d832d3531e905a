import type { StationRef } from '@voltbus/contracts';
import { HISTORY, OF_A_STATION, type Database, type TableDeclaration, prepared, type Statement } from '@voltbus/database';
import type { Version } from '@voltbus/pricing';
import type { EntityManager } from 'typeorm';
import type { Site } from './site';

export const stationDescriptionsTable: TableDeclaration = {
  ...OF_A_STATION,
  name: 'station_descriptions',
  holds: 'Names, places and EVSE ids of stations',
  madeBy: 'operators',
  bound: 'one for each change',
  keeping: HISTORY,
};

const HISTORY_OF: Statement = {
  name: 'station-description-history',
  merge: ['text', 'text'],
  text: 'SELECT since, description FROM cdr.station_descriptions WHERE tenant = $1 AND station = $2 ORDER BY since',
};

/** Descriptions of stations with their history: versions are added, none is changed. */
export class TypeormStationDescriptions {
  constructor(private readonly database: Database) {}

  /**
   * The station is described so from that instant on. Null: it was deleted. An event that comes twice adds nothing, nor does one that changes nothing that a
   * CDR shows: every bill reads the history.
   */
  async add({ tenant, station }: StationRef, site: Site | null, since: Date): Promise<void> {
    await this.database.query(
      `INSERT INTO cdr.station_descriptions (tenant, station, since, description)
       SELECT $1::text, $2::text, $3::timestamptz, $4::jsonb WHERE $4::jsonb IS DISTINCT FROM
         (SELECT description FROM cdr.station_descriptions WHERE tenant = $1 AND station = $2 AND since <= $3 ORDER BY since DESC LIMIT 1)
       ON CONFLICT DO NOTHING`,
      [tenant, station, since, site === null ? null : JSON.stringify(site)],
    );
  }

  async history(manager: EntityManager, { tenant, station }: StationRef): Promise<Version<Site>[]> {
    const rows = await prepared<{ since: Date; description: Site | null }>(manager, HISTORY_OF, [tenant, station]);
    return rows.map(({ since, description }) => ({ since: since.getTime(), value: description }));
  }
}
