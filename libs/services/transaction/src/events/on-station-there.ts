import { PoisonError, type BusRecord, type Handler } from '@voltbus/bus';
import { connectionEventSchema, fromCloudEventHeaders, type ConnectionEvent } from '@voltbus/contracts';
import { transiently } from '@voltbus/database';

/** Whoever wants to know which stations can be asked. */
export interface Concerned {
  came(event: ConnectionEvent): Promise<void>;
  went(event: ConnectionEvent): Promise<void>;
}

/** `csms.connections.v1`: stations are there to be asked, or are not. Null for refusals. */
export function onStationThere(...concerned: readonly Concerned[]): (record: BusRecord) => Handler | null {
  const told = (name: 'came' | 'went'): Handler => ({
    shape: 'key',
    name: `station-${name}`,
    async handle(record) {
      const event = connectionIn(record);
      for (const one of concerned) await transiently(() => one[name](event));
    },
  });
  const handlers = new Map([
    ['voltbus.station.connected', told('came')],
    ['voltbus.station.disconnected', told('went')],
  ]);
  return ({ headers }) => handlers.get(fromCloudEventHeaders(headers).type) ?? null;
}

function connectionIn({ value }: BusRecord): ConnectionEvent {
  const { data, error } = connectionEventSchema.safeParse(JSON.parse(value.toString('utf8')));
  if (error) throw new PoisonError('a connection event that names no station, version, epoch or time', { cause: error });
  return data;
}
