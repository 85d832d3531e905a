import type { Bus, BusRecord, Handler } from '@voltbus/bus';
import { COMMANDS, stationKey, type Command } from '@voltbus/contracts';

/** Marks a record of `csms.commands.v1` as a wake: a command is stored and waits to be dispatched. It is no request. */
const WAKE_HEADER = 'wake';

/** Publishes a wake: the id, tenant and station of the command, and nothing that could be accepted a second time. */
export function publishWake(bus: Pick<Bus, 'publish'>, { id, tenant, station }: Pick<Command, 'id' | 'tenant' | 'station'>): Promise<void> {
  const value = Buffer.from(JSON.stringify({ id, tenant, station }));
  return bus.publish(COMMANDS, { key: stationKey({ tenant, station }), value, headers: { [WAKE_HEADER]: '1' } });
}

export function isWake({ headers }: BusRecord): boolean {
  return headers[WAKE_HEADER] !== undefined;
}

/** Makes the dispatcher look at the table at once. A wake that is lost costs a second: the dispatcher polls too. */
export function onCommandWake(wakeDispatcher: () => void): Handler {
  return { shape: 'key', name: 'command-wake', handle: () => Promise.resolve(wakeDispatcher()) };
}
