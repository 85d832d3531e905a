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

  /** `change`: null where nothing is to be published. `event`: the id of the event that did it. */
  async writeAlert(
    key: string,
    { lastAt, epoch, ...alert }: StoredAlert,
    change: 'raised' | 'cleared' | null,
    event: string,
  ): Promise<void> {
    await this.manager.query(
      `INSERT INTO device_config.alerts (tenant, id, station, key, rule, severity, raised_at, cleared_at, body, last_at, epoch)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (tenant, id) DO UPDATE SET severity = excluded.severity,
         cleared_at = excluded.cleared_at, body = excluded.body, last_at = excluded.last_at, epoch = excluded.epoch`,
      [
        ...[this.ref.tenant, alert.id, this.ref.station, key, alert.rule, alert.severity, alert.raisedAt, alert.clearedAt],
        ...[JSON.stringify(alert), new Date(lastAt), epoch],
      ],
    );
    if (change === null) return;
    const id = deterministicId('alert', change, event);
    const time = new Date(lastAt).toISOString();
    await this.outbox.add(this.manager, [outboxEvent(DEVICE_EVENTS.events[change], { id, ref: this.ref, time, value: alert })]);
  }
}
