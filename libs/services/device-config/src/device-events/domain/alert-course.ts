import { deterministicId, type Alert, type DeviceEvent } from '@voltbus/contracts';

/** An event, with what its alert is fenced by. */
export interface FencedEvent {
  event: DeviceEvent;
  /** By the clock of the station where it can be believed, and never after its receipt; epoch milliseconds. */
  at: number;
  /** Of the connection that brought it. */
  epoch: number;
}

/** The last alert of a key, and the event that it was last changed by. */
export interface StoredAlert extends Alert {
  lastAt: number;
  epoch: number;
}

/** What an event does: `raise` or `clear` an alert, or `nothing`. */
function effectOf({ trigger, cleared, variable, value, notificationType }: DeviceEvent): 'raise' | 'clear' | 'nothing' {
  if (cleared) return 'clear';
  if (variable === 'Problem') return value?.trim().toLowerCase() === 'true' ? 'raise' : 'clear';
  // a preconfigured or custom monitor may alert with every trigger but Periodic; Delta tells of a change, and is over with it
  return trigger === 'Alerting' && notificationType !== '' ? 'raise' : 'nothing';
}

/** Whether an event says that something is over. */
export function isEnd(event: DeviceEvent): boolean {
  return effectOf(event) === 'clear';
}

/** Which alert an event belongs to: names without regard to case, and the monitor. */
export function alertKey({
  tenant,
  station,
  evse,
  connector,
  component,
  componentInstance,
  variable,
  variableInstance,
  monitor,
}: DeviceEvent): string {
  const names = [component, componentInstance ?? '', variable, variableInstance ?? ''].map((name) => name.toLowerCase());
  return deterministicId('alert', tenant, station, evse, connector, ...names, monitor ?? '');
}

/** The alert after the event; null: the event changes none. */
export function alertAfter(
  last: StoredAlert | null,
  { event, at, epoch }: FencedEvent,
): { alert: StoredAlert; change: 'raised' | 'cleared' | 'repeated' } | null {
  if (last !== null && (epoch < last.epoch || (epoch === last.epoch && at < last.lastAt))) return null;
  const effect = effectOf(event);
  const isOpen = last !== null && last.clearedAt === null;
  if (effect === 'nothing' || (effect === 'clear' && !isOpen)) return null;
  const fence = { lastAt: at, epoch };
  if (effect === 'clear' && last !== null)
    return { alert: { ...last, ...fence, value: event.value, clearedAt: new Date(at).toISOString() }, change: 'cleared' };
  const { severity, value, code, meaning, info } = event;
  const shown = { severity, value, code, meaning, info, ...fence };
  if (isOpen) return { alert: { ...last, ...shown, events: last.events + 1 }, change: 'repeated' };
  const { tenant, station, evse, connector, component, componentInstance, variable, variableInstance, monitor } = event;
  const place = { tenant, station, evse, connector, component, componentInstance, variable, variableInstance, monitor };
  const id = deterministicId('raised', event.id);
  return {
    alert: { id, kind: 'component', rule: null, ...place, ...shown, raisedAt: new Date(at).toISOString(), clearedAt: null, events: 1 },
    change: 'raised',
  };
}
