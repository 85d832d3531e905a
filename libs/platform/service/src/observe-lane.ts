import { LANES, type Lane } from '@voltbus/contracts';
import type { Bus, BusRecord, Handler, Subscription } from '@voltbus/bus';
import { transiently } from '@voltbus/database';
import type { StationMessage } from './answers';
import type { LaneObservation } from './block';
import { messageIn, readMessage, readMeta } from './read-message';

/** Observes the lanes of other services: one subscription a lane. Nothing is answered, and what cannot be read is its owner's to dead-letter. */
export async function observeLanes(bus: Bus, group: string, observations: readonly LaneObservation[]): Promise<Subscription[]> {
  const lanes = [...new Set(observations.map(({ lane }) => lane))];
  const observe = (lane: Lane) =>
    observeLane({ bus, group, lane, observations: observations.filter((observation) => observation.lane === lane) });
  return Promise.all(lanes.map(observe));
}

interface ObserveLaneOptions {
  bus: Bus;
  /** Consumer group: the service's name. */
  group: string;
  lane: Lane;
  observations: readonly LaneObservation[];
}

function observeLane({ bus, lane, group, observations }: ObserveLaneOptions): Promise<Subscription> {
  const observed = new Set(observations.flatMap(({ actions }) => actions));
  const handler: Handler = {
    shape: 'batch',
    name: `observed-${lane}`,
    handle: (records: BusRecord[]) => transiently(() => deliver(observations, records.flatMap(read))),
  };
  return bus.subscribe({
    group,
    topics: [LANES[lane]],
    route: (record) => (observed.has(messageIn(record)?.action ?? '') ? handler : null),
  });
}

async function deliver(observations: readonly LaneObservation[], messages: readonly StationMessage<never>[]): Promise<void> {
  for (const { actions, handle } of observations) {
    const wanted = messages.filter(({ action }) => actions.includes(action));
    if (wanted.length > 0) await handle(wanted);
  }
}

function read(record: BusRecord): StationMessage<never>[] {
  const message = readMessage(record, readMeta(record));
  return message.ok ? [message.message] : [];
}
