import { PoisonError, type BusRecord, type Handler } from '@voltbus/bus';
import { connectionEventSchema, fromCloudEventHeaders, type ConnectionEvent } from '@voltbus/contracts';
import { transiently } from '@voltbus/database';

/** Whoever wants to know which stations can be asked. */
export interface ConnectionListener {
  onConnected(event: ConnectionEvent): Promise<void>;
  onDisconnected(event: ConnectionEvent): Promise<void>;
}

/** `csms.connections.v1`: stations are there to be asked, or are not. Null for refusals. */
export function onConnectionChanged(...concerned: readonly ConnectionListener[]): (record: BusRecord) => Handler | null {
  const told = (name: 'onConnected' | 'onDisconnected'): Handler => ({
    shape: 'key',
    name: `station-${name}`,
    async handle(record) {
      const event = connectionIn(record);
      for (const one of concerned) await transiently(() => one[name](event));
    },
  });
  const handlers = new Map([
    ['voltbus.station.connected', told('onConnected')],
    ['voltbus.station.disconnected', told('onDisconnected')],
  ]);
  return ({ headers }) => handlers.get(fromCloudEventHeaders(headers).type) ?? null;
}

function connectionIn({ value }: BusRecord): ConnectionEvent {
  const { data, error } = connectionEventSchema.safeParse(JSON.parse(value.toString('utf8')));
  if (error) throw new PoisonError('a connection event that names no station, version, epoch or time', { cause: error });
  return data;
}
