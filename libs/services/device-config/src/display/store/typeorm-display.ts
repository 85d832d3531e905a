import type { ConnectionEvent, StationRef } from '@voltbus/contracts';
import { TypeormList, filteredBy, type ListDefinition, type ListSource } from '@voltbus/database';
import type { DataSource } from 'typeorm';
import { inStation } from '../../stations/typeorm-in-station';
import type { DisplayMessage, DisplayState } from '../domain/display-message';
import { DisplayUnit, MESSAGE_COLUMNS, REPORT_COLUMNS, type DisplayReport } from './typeorm-display-unit';

interface DisplayFilters {
  station: string;
  stand?: DisplayState[] | undefined;
}
type OwnDisplayFilters = Omit<DisplayFilters, 'station'>;
type DisplaySort = 'changedAt';

const MESSAGE_LIST: ListDefinition<DisplayFilters, DisplaySort> = {
  columns: MESSAGE_COLUMNS,
  from: 'device_config.display_messages',
  owner: 'tenant',
  station: 'station',
  id: [{ sql: 'message_id', type: 'integer' }],
  sorts: { changedAt: [{ sql: 'changed_at', type: 'timestamptz' }] },
  filters: {
    station: (station, bind) => `station = ${bind(station)}`,
    stand: (states, bind) => `state = ANY(${bind(states)}::text[])`,
  },
};

/** A station may have lost its messages while it was away, or have ended them. */
const ASK_AGAIN = `
UPDATE device_config.display_reports r SET due = true
FROM (SELECT DISTINCT * FROM unnest($1::text[], $2::text[]) AS given(tenant, station)) AS given
WHERE r.tenant = given.tenant AND r.station = given.station AND NOT r.due
  AND EXISTS (SELECT FROM device_config.display_messages m WHERE m.tenant = r.tenant AND m.station = r.station
    AND m.state IN ('requested', 'set', 'clearing'))`;

/** Messages on displays, one change of a station at a time. */
export class TypeormDisplay {
  private readonly listed: TypeormList<DisplayMessage, DisplayFilters, DisplaySort>;

  constructor(private readonly dataSource: DataSource) {
    this.listed = new TypeormList(dataSource, MESSAGE_LIST);
  }

  /** Nothing is done where there is no such station: null. */
  inStation<T>(ref: StationRef, work: (unit: DisplayUnit) => Promise<T>): Promise<T | null> {
    return inStation(this.dataSource, 'display', ref, (manager) => work(new DisplayUnit(manager, ref)));
  }

  list({ tenant, station }: StationRef): ListSource<DisplayMessage, OwnDisplayFilters, DisplaySort> {
    return filteredBy(this.listed.of(tenant), { station });
  }

  async report({ tenant, station }: StationRef): Promise<DisplayReport | null> {
    const rows: DisplayReport[] = await this.dataSource.query(
      `SELECT ${REPORT_COLUMNS} FROM device_config.display_reports WHERE tenant = $1 AND station = $2`,
      [tenant, station],
    );
    return rows[0] ?? null;
  }

  async onConnected(events: readonly ConnectionEvent[]): Promise<void> {
    await this.dataSource.query(ASK_AGAIN, [events.map(({ tenant }) => tenant), events.map(({ station }) => station)]);
  }

  /** Stations that are to be asked, and are there. */
  due(limit: number): Promise<StationRef[]> {
    return this.dataSource.query(
      `SELECT r.tenant, r.station FROM device_config.display_reports r
       JOIN device_config.stations s ON s.tenant = r.tenant AND s.station = r.station
       WHERE r.due AND s.online LIMIT $1`,
      [limit],
    );
  }
}
