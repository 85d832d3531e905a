import { DEVICE_EVENTS, alertSchema, type Alert, type StationRef } from '@voltbus/contracts';
import { deviceEvents } from '../../device-events/block';
import { startService, type ServiceFixture } from '../../testing/start-service';
import { AlertChecks } from '../alert-checks';
import { alertRules } from '../block';
import type { AlertRule } from '../domain/alert-rule';

export const MINUTE = 60_000;
export const DAY = 86_400_000;
export const ref = (station: string): StationRef => ({ tenant: 'default', station });

/** Stations that rules are judged of, by a clock of its own. */
export class JudgedStations {
  /** Epoch milliseconds. */
  clock = Date.now();
  readonly checks: AlertChecks;

  private constructor(readonly service: ServiceFixture) {
    const { rules, findings } = service.service.storeOf(alertRules);
    this.checks = new AlertChecks({ rules, findings, alerts: service.service.storeOf(deviceEvents), now: this.now });
  }

  static async start(): Promise<JudgedStations> {
    return new JudgedStations(await startService());
  }

  readonly now = (): Date => new Date(this.clock);

  /** Without stations and rules, and with the clock of the machine. */
  async clear(): Promise<void> {
    for (const table of ['stations', 'alert_rules', 'outbox']) await this.service.database.query(`DELETE FROM device_config.${table}`);
    this.clock = Date.now();
  }

  rule(kind: AlertRule['kind'], { rule = 'r', ...more }: Partial<AlertRule> = {}) {
    const body = { description: null, enabled: true, minutes: 10, days: 3, usualSessions: 2, severity: 4, groups: [], kind, ...more };
    return this.service.service.storeOf(alertRules).rules.change('default', rule, () => ({ ...body, rule }));
  }

  /** Station and EVSE of each open alert of the rule `r`. */
  async open(): Promise<string[]> {
    const list = this.service.service.storeOf(deviceEvents).listAlerts('default');
    const { items } = await list.read({
      filters: { open: true, rule: ['r'] },
      sort: { by: 'raisedAt', descending: false },
      limit: 100,
      after: null,
    });
    return items.map(({ station, evse }) => `${station} ${evse}`).sort();
  }

  /** Types of the events of alerts that are to be published, each of which was looked at. */
  async published(): Promise<(string | undefined)[]> {
    const rows: { headers: Record<string, string>; value: Buffer }[] = await this.service.database.query(
      'SELECT headers, value FROM device_config.outbox WHERE topic = $1 ORDER BY id',
      [DEVICE_EVENTS.name],
    );
    const alerts = rows.filter(({ headers }) => headers['ce_type']?.startsWith('voltbus.alert.'));
    for (const { value } of alerts) alertSchema.strict().parse(JSON.parse(value.toString('utf8')) as Alert);
    return alerts.map(({ headers }) => headers['ce_type']);
  }

  later(ms: number): void {
    this.clock += ms;
  }

  online(station: string, isOnline: boolean, epoch: number): Promise<void> {
    const at = this.now().toISOString();
    return this.service.presence.writeMany([{ ...ref(station), protocol: 'ocpp1.6', epoch, online: isOnline, at }]);
  }

  status(station: string, value: string, connectorId = 1) {
    return this.service.send({ protocol: 'ocpp1.6', station, receivedAt: this.now() }, 'StatusNotification', {
      ...{ connectorId, errorCode: value === 'Faulted' ? 'GroundFailure' : 'NoError', status: value },
    });
  }

  close(): Promise<void> {
    return this.service.close();
  }
}
