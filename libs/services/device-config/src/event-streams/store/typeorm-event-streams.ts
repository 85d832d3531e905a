import { CsmsError, type Protocol, type StationRef } from '@voltbus/contracts';
import { TypeormList, before, filteredBy, notBefore, type ListDefinition, type ListSource } from '@voltbus/database';
import type { DataSource, EntityManager } from 'typeorm';
import { inStation } from '../../stations/typeorm-in-station';
import { stationProtocol } from '../../stations/typeorm-station-protocol';
import type { OpenedStream, StreamParameters, StreamValue } from '../domain/event-stream';
import { MAX_REMEMBERED } from '../limits';

export interface StoredStream extends OpenedStream {
  openedAt: Date;
  closedAt: Date | null;
  lastAt: Date | null;
  pending: number | null;
  received: number;
  notKept: number;
}

interface StreamFilters {
  station: string;
  open?: boolean | undefined;
}
interface ValueFilters {
  station: string;
  stream: number;
  from?: string | undefined;
  to?: string | undefined;
}

const MEMBERS = `e.id, e.monitor, e.interval_seconds AS "intervalSeconds", e."values", e.opened_at AS "openedAt", e.closed_at AS "closedAt", e.last_at AS "lastAt",
  e.pending, e.received::float8 AS received, e.not_kept::float8 AS "notKept"`;

const STREAM_LIST: ListDefinition<StreamFilters, 'id'> = {
  columns: MEMBERS,
  from: 'device_config.event_streams e',
  owner: 'e.tenant',
  station: 'e.station',
  id: [{ sql: 'e.id', type: 'integer' }],
  sorts: { id: [] },
  filters: {
    station: (station, bind) => `e.station = ${bind(station)}`,
    open: (open) => `e.closed_at IS ${open ? '' : 'NOT '}NULL`,
  },
};

const VALUE_LIST: ListDefinition<ValueFilters, 'at'> = {
  columns: 'v.at, v.value, v.received_at AS "receivedAt"',
  from: 'device_config.event_stream_values v',
  owner: 'v.tenant',
  station: 'v.station',
  id: [{ sql: 'v.at', type: 'timestamptz' }],
  sorts: { at: [] },
  filters: {
    station: (station, bind) => `v.station = ${bind(station)}`,
    stream: (stream, bind) => `v.stream = ${bind(stream)}::integer`,
    from: notBefore('v.at'),
    to: before('v.at'),
  },
};

export interface StoredValue extends StreamValue {
  receivedAt: Date;
}

/** Event streams of stations. */
export class TypeormEventStreams {
  private readonly streams: TypeormList<StoredStream, StreamFilters, 'id'>;
  private readonly values: TypeormList<StoredValue, ValueFilters, 'at'>;

  constructor(private readonly dataSource: DataSource) {
    this.streams = new TypeormList(dataSource, STREAM_LIST);
    this.values = new TypeormList(dataSource, VALUE_LIST);
  }

  /** One change of a station's streams at a time. Null: there is no such station. */
  inStation<T>(ref: StationRef, work: (unit: StreamsUnit) => Promise<T>): Promise<T | null> {
    return inStation(this.dataSource, 'event streams', ref, (manager) => work(new StreamsUnit(manager, ref)));
  }

  list({ tenant, station }: StationRef): ListSource<StoredStream, Omit<StreamFilters, 'station'>, 'id'> {
    return filteredBy(this.streams.of(tenant), { station });
  }

  valuesOf({ tenant, station }: StationRef, stream: number): ListSource<StoredValue, Omit<ValueFilters, 'station' | 'stream'>, 'at'> {
    return filteredBy(this.values.of(tenant), { station, stream });
  }

  async find({ tenant, station }: StationRef, id: number): Promise<StoredStream | null> {
    const rows: StoredStream[] = await this.dataSource.query(
      `SELECT ${MEMBERS} FROM device_config.event_streams e WHERE e.tenant = $1 AND e.station = $2 AND e.id = $3`,
      [tenant, station, id],
    );
    return rows[0] ?? null;
  }

  /** Null: it never connected. Throws `unknown-station`. */
  async protocolOf(ref: StationRef): Promise<Protocol | null> {
    const protocol = await stationProtocol(this.dataSource, ref);
    if (protocol === undefined) throw new CsmsError('unknown-station', 'no such station');
    return protocol;
  }
}

/** The streams of one station within its database transaction. */
class StreamsUnit {
  constructor(
    private readonly manager: EntityManager,
    private readonly ref: StationRef,
  ) {}

  open(): Promise<StoredStream[]> {
    return this.manager.query(
      `SELECT ${MEMBERS} FROM device_config.event_streams e WHERE e.tenant = $1 AND e.station = $2 AND e.closed_at IS NULL ORDER BY e.id`,
      this.key,
    );
  }

  /** Opens it anew: what a stream of the same number has sent before is another one's. */
  async write({ id, monitor, intervalSeconds, values }: OpenedStream, at: Date): Promise<void> {
    await this.manager.query('DELETE FROM device_config.event_streams WHERE tenant = $1 AND station = $2 AND id = $3', [...this.key, id]);
    await this.manager.query(
      `INSERT INTO device_config.event_streams (tenant, station, id, monitor, interval_seconds, "values", opened_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [...this.key, id, monitor, intervalSeconds, values, at],
    );
    await this.manager.query(
      `DELETE FROM device_config.event_streams WHERE tenant = $1 AND station = $2 AND id IN (
         SELECT id FROM device_config.event_streams WHERE tenant = $1 AND station = $2 ORDER BY closed_at DESC NULLS FIRST, id OFFSET $3)`,
      [...this.key, MAX_REMEMBERED],
    );
  }

  async close(ids: readonly number[], at: Date): Promise<void> {
    if (ids.length === 0) return;
    await this.manager.query(
      `UPDATE device_config.event_streams SET closed_at = $4 WHERE tenant = $1 AND station = $2 AND id = ANY($3::integer[]) AND closed_at IS NULL`,
      [...this.key, ids, at],
    );
  }

  async adjust(id: number, { intervalSeconds, values }: StreamParameters): Promise<void> {
    await this.manager.query(
      `UPDATE device_config.event_streams SET interval_seconds = $4, "values" = $5 WHERE tenant = $1 AND station = $2 AND id = $3 AND closed_at IS NULL`,
      [...this.key, id, intervalSeconds, values],
    );
  }

  /** Values that are there already are not added; `told` is counted with every message. */
  async add(
    stream: number,
    values: readonly StreamValue[],
    told: { values: number; notKept: number; pending: number | null; at: Date },
  ): Promise<void> {
    await this.manager.query(
      `INSERT INTO device_config.event_stream_values (tenant, station, stream, at, value, received_at)
       SELECT $1, $2, $3, at, value, $5 FROM json_to_recordset($4::json) AS given(at timestamptz, value text) ON CONFLICT DO NOTHING`,
      [...this.key, stream, JSON.stringify(values), told.at],
    );
    await this.manager.query(
      `UPDATE device_config.event_streams SET received = received + $4, not_kept = not_kept + $5, pending = $6, last_at = $7
       WHERE tenant = $1 AND station = $2 AND id = $3`,
      [...this.key, stream, told.values, told.notKept, told.pending, told.at],
    );
  }

  private get key(): [string, string] {
    return [this.ref.tenant, this.ref.station];
  }
}
