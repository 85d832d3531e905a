import { groupByStation, type StationRef } from '@voltbus/contracts';
import type { StationAllowance } from '@voltbus/service';
import { alertAfter, alertKey, isEnd, type FencedEvent } from './domain/alert-course';
import { MAX_OPEN_ALERTS } from './limits';
import type { AlertChange, DeviceEventsUnit, TypeormDeviceEvents } from './store/typeorm-device-events';

interface DeviceEventsParts {
  store: Pick<TypeormDeviceEvents, 'inStation'>;
  /** Events of a station that are kept. */
  allowance: Pick<StationAllowance, 'within'>;
}

/** A fault of 1.6, or its end. */
interface Fault {
  fault: FencedEvent;
  isOver: boolean;
}

/** Stores and publishes what stations tell of their components, and raises and clears alerts. */
export class DeviceEvents {
  constructor(private readonly parts: DeviceEventsParts) {}

  /** Events of one batch in the order in which they were received. One that comes twice changes nothing. */
  async record(given: readonly FencedEvent[]): Promise<void> {
    for (const { ref, items } of groupByStation(given, ({ event }) => event))
      await this.parts.store.inStation(ref, (unit) => this.recordOf(unit, ref, items));
  }

  /** The error codes of statuses of 1.6. `NoError` is an event only where an alert is open. */
  async recordFaults(given: readonly Fault[]): Promise<void> {
    for (const { ref, items } of groupByStation(given, ({ fault }) => fault.event))
      await this.parts.store.inStation(ref, async (unit) => {
        const last = await unit.lastAlerts(items.map(({ fault }) => alertKey(fault.event)));
        const open = new Set([...last].filter(([, { clearedAt }]) => clearedAt === null).map(([key]) => key));
        const told = items.filter(({ fault, isOver }) => {
          const key = alertKey(fault.event);
          if (!isOver) open.add(key);
          return isOver ? open.delete(key) : true;
        });
        if (told.length > 0) await this.recordOf(unit, ref, told.map(({ fault }) => fault)); // prettier-ignore
      });
  }

  private async recordOf(unit: DeviceEventsUnit, ref: StationRef, given: readonly FencedEvent[]): Promise<void> {
    const kept = await this.kept(unit, ref, given);
    const added = await unit.add(kept.map(({ event }) => event));
    const fresh = kept.filter(({ event }) => added.has(event.id));
    if (fresh.length === 0) return;
    const alerts = await unit.lastAlerts([...new Set(fresh.map(({ event }) => alertKey(event)))]);
    let open = await unit.openAlerts();
    const changes: AlertChange[] = [];
    for (const one of fresh) {
      const key = alertKey(one.event);
      const after = alertAfter(alerts.get(key) ?? null, one);
      if (after === null || (after.change === 'raised' && open >= MAX_OPEN_ALERTS)) continue;
      open += after.change === 'raised' ? 1 : after.change === 'cleared' ? -1 : 0;
      alerts.set(key, after.alert);
      changes.push({ key, alert: after.alert, change: after.change === 'repeated' ? null : after.change, event: one.event.id });
    }
    await unit.writeAlerts(changes);
  }

  /** Those within the allowance, and beyond it the last end of each alert: what was raised is cleared, however much came between. */
  private async kept(unit: DeviceEventsUnit, ref: StationRef, given: readonly FencedEvent[]): Promise<FencedEvent[]> {
    const within = new Set(this.parts.allowance.within(given.map((one) => ({ ref, one }))).map(({ one }) => one));
    const ends = new Map(given.filter((one) => !within.has(one) && isEnd(one.event)).map((one) => [alertKey(one.event), one]));
    if (ends.size === 0) return [...within];
    const known = await unit.lastAlerts([...ends.keys()]);
    const raisedNow = new Set([...within].map(({ event }) => alertKey(event)));
    const isOpen = (key: string) => raisedNow.has(key) || known.get(key)?.clearedAt === null;
    return given.filter((one) => within.has(one) || (ends.get(alertKey(one.event)) === one && isOpen(alertKey(one.event))));
  }
}
