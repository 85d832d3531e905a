import { DEVICE_EVENTS, deterministicId, type Alert, type DeviceEvent, type StationRef } from '@voltbus/contracts';
import { TypeormList, outboxEvent, shownAs, type ListSource, type Outbox } from '@voltbus/database';
import type { DataSource, EntityManager } from 'typeorm';
import { inStation } from '../../stations/typeorm-in-station';
import type { StoredAlert } from '../domain/alert-course';
import {
  ALERT_LIST,
  DEVICE_EVENT_LIST,
  type AlertFilters,
  type AlertSort,
  type DeviceEventFilters,
  type DeviceEventSort,
} from './device-event-lists';

const ADD = `
INSERT INTO device_config.device_events (tenant, id, station, at, component, variable, severity, trigger, body)
SELECT $1, id, $2, at, component, variable, severity, trigger, body
FROM json_to_recordset($3::json) AS given(id uuid, at timestamptz, component text, variable text, severity integer, trigger text, body jsonb)
ON CONFLICT DO NOTHING RETURNING id`;

/** One after the other: a cleared alert makes room for the next one of its key. */
const WRITE_ALERTS = `
INSERT INTO device_config.alerts (tenant, id, station, key, rule, severity, raised_at, cleared_at, body, last_at, epoch)
SELECT $1, id, $2, key, rule, severity, raised_at, cleared_at, body, last_at, epoch
FROM json_to_recordset($3::json) AS given(place integer, id uuid, key uuid, rule text, severity integer, raised_at timestamptz, cleared_at timestamptz,
  body jsonb, last_at timestamptz, epoch bigint) ORDER BY place
ON CONFLICT (tenant, id) DO UPDATE SET severity = excluded.severity, cleared_at = excluded.cleared_at, body = excluded.body,
  last_at = excluded.last_at, epoch = excluded.epoch`;

/** An alert as it is after an event. */
export interface AlertChange {
  key: string;
  alert: StoredAlert;
  /** Null: nothing is to be published. */
  change: 'raised' | 'cleared' | null;
  /** Id of the event that did it. */
  event: string;
}

interface AlertRow {
  key: string;
  body: Alert;
  lastAt: Date;
  epoch: string;
}

/** Events of stations and the alerts of their components; each event is stored and published once. */
export class TypeormDeviceEvents {
  private readonly events: TypeormList<{ body: DeviceEvent }, DeviceEventFilters, DeviceEventSort>;
  private readonly alerts: TypeormList<{ body: Alert }, AlertFilters, AlertSort>;

  constructor(
    private readonly dataSource: DataSource,
    private readonly outbox: Outbox,
  ) {
    this.events = new TypeormList(dataSource, DEVICE_EVENT_LIST);
    this.alerts = new TypeormList(dataSource, ALERT_LIST);
  }

  /** One batch of a station at a time; nothing is done where there is no such station. */
  async inStation(ref: StationRef, work: (unit: DeviceEventsUnit) => Promise<void>): Promise<void> {
    await inStation(this.dataSource, 'device events', ref, (manager) => work(new DeviceEventsUnit(manager, ref, this.outbox)));
  }

  listEvents(tenant: string): ListSource<DeviceEvent, DeviceEventFilters, DeviceEventSort> {
    return shownAs(this.events.of(tenant), (rows) => rows.map(({ body }) => body));
  }

  listAlerts(tenant: string): ListSource<Alert, AlertFilters, AlertSort> {
    return shownAs(this.alerts.of(tenant), (rows) => rows.map(({ body }) => body));
  }
}

/** The events and alerts of one station within its database transaction. */
export class DeviceEventsUnit {
  constructor(
    private readonly manager: EntityManager,
    private readonly ref: StationRef,
    private readonly outbox: Outbox,
  ) {}

  /** Stores and publishes; returns the ids of those that are new. */
  async add(events: readonly DeviceEvent[]): Promise<ReadonlySet<string>> {
    const rows = events.map((body) => ({ ...body, body }));
    const added: { id: string }[] = await this.manager.query(ADD, [this.ref.tenant, this.ref.station, JSON.stringify(rows)]);
    const ids = new Set(added.map(({ id }) => id));
    const fresh = events.filter(({ id }) => ids.has(id));
    await this.outbox.add(
      this.manager,
      fresh.map((value) => outboxEvent(DEVICE_EVENTS.events.recorded, { id: value.id, ref: this.ref, time: value.at, value })),
    );
    return ids;
  }

  /** The last alert of each key. */
  async lastAlerts(keys: readonly string[]): Promise<Map<string, StoredAlert>> {
    const rows: AlertRow[] = await this.manager.query(
      `SELECT DISTINCT ON (key) key, body, last_at AS "lastAt", epoch FROM device_config.alerts
       WHERE tenant = $1 AND station = $2 AND key = ANY($3::uuid[]) ORDER BY key, (cleared_at IS NULL) DESC, last_at DESC`,
      [this.ref.tenant, this.ref.station, keys],
    );
    return new Map(rows.map(({ key, body, lastAt, epoch }) => [key, { ...body, lastAt: lastAt.getTime(), epoch: Number(epoch) }]));
  }

  async openAlerts(): Promise<number> {
    const [row]: { count: number }[] = await this.manager.query(
      'SELECT count(*)::integer AS count FROM device_config.alerts WHERE tenant = $1 AND station = $2 AND cleared_at IS NULL AND rule IS NULL',
      [this.ref.tenant, this.ref.station],
    );
    return row?.count ?? 0;
  }

  /** In their order: of an alert the last state is stored, and each change is published. */
  async writeAlerts(changes: readonly AlertChange[]): Promise<void> {
    if (changes.length === 0) return;
    const last = new Map(changes.map(({ key, alert }) => [alert.id, { key, alert }]));
    const rows = [...last.values()].map(({ key, alert: { lastAt, epoch, ...body } }, place) => ({
      ...{ key, body, epoch, place, id: body.id, rule: body.rule, severity: body.severity },
      ...{ raised_at: body.raisedAt, cleared_at: body.clearedAt, last_at: new Date(lastAt) },
    }));
    await this.manager.query(WRITE_ALERTS, [this.ref.tenant, this.ref.station, JSON.stringify(rows)]);
    const published = changes.flatMap(({ alert: { lastAt, epoch: _epoch, ...value }, change, event }) => {
      if (change === null) return [];
      const id = deterministicId('alert', change, event);
      return [outboxEvent(DEVICE_EVENTS.events[change], { id, ref: this.ref, time: new Date(lastAt).toISOString(), value })];
    });
    await this.outbox.add(this.manager, published);
  }
}
