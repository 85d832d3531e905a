import { LANES, type Lane } from '@voltbus/contracts';
import type { Bus, BusRecord, Handler, Subscription } from '@voltbus/bus';
import { transiently } from '@voltbus/database';
import type { StationMessage } from './answers';
import { messageIn, readMessage, readMeta } from './read-message';

export interface ObserveLaneOptions {
  bus: Bus;
  /** Of another service, which answers. */
  lane: Lane;
  /** Consumer group: the service's name. */
  group: string;
  actions: readonly string[];
  /** In order per station; many at once. */
  handle(messages: StationMessage<never>[]): Promise<void>;
}

/** Hears what stations say to another service. Nothing is answered, and what cannot be read is its owner's to bury. */
export function observeLane({ bus, lane, group, actions, handle }: ObserveLaneOptions): Promise<Subscription> {
  const heard = new Set(actions);
  const handler: Handler = {
    shape: 'batch',
    name: `overheard-${lane}`,
    handle: (records: BusRecord[]) => transiently(() => handle(records.flatMap(read))),
  };
  return bus.subscribe({ group, topics: [LANES[lane]], route: (record) => (heard.has(messageIn(record)?.action ?? '') ? handler : null) });
}

function read(record: BusRecord): StationMessage<never>[] {
  const said = readMessage(record, readMeta(record));
  return said.ok ? [said.message] : [];
}
