import type { ConnectionEvent } from '@voltbus/contracts';
import { eachOnce, groupedBy, type History } from '../history';

/** Invariant 3: a station has one owner at a time. Each epoch is one connection; presence is that of the highest; a call names one that was. */
export function owners({ connections, stored }: History): string[] {
  const events = groupedBy(eachOnce(connections), ({ value: { tenant, station } }) => `${tenant}/${station}`);
  const epochs = new Map(
    [...events].map(([key, ofStation]) => [
      key,
      connectionsOf(
        key,
        ofStation.map(({ type, value }) => ({ type, value })),
      ),
    ]),
  );
  const calls = stored.commands.filter(
    ({ tenant, station, epoch }) => epoch !== null && !epochs.get(`${tenant}/${station}`)?.began.has(epoch),
  );
  return [
    ...[...epochs.values()].flatMap(({ errors }) => errors),
    ...calls.map(
      ({ id, tenant, station, epoch }) => `command ${id} to ${tenant}/${station}: sent in epoch ${epoch}, which no connection had`,
    ),
    ...stored.presence.flatMap(({ tenant, station, online, epoch }) => {
      const known = epochs.get(`${tenant}/${station}`);
      return known === undefined ? [] : presenceErrors(`${tenant}/${station}`, known, { online, epoch });
    }),
  ];
}

interface Epochs {
  began: ReadonlySet<number>;
  ended: ReadonlySet<number>;
  errors: string[];
}

function connectionsOf(key: string, events: readonly { type: string; value: ConnectionEvent }[]): Epochs {
  const errors: string[] = [];
  const [began, ended] = [new Map<number, string>(), new Set<number>()];
  for (const { type, value } of events) {
    const { epoch, gateway, at } = value;
    if (type === 'voltbus.station.disconnected') {
      if (ended.has(epoch)) errors.push(`${key}: epoch ${epoch} ended twice`);
      ended.add(epoch);
      continue;
    }
    const owner = `${gateway} at ${at}`;
    if (began.has(epoch)) errors.push(`${key}: epoch ${epoch} belongs to ${began.get(epoch)} and to ${owner}`);
    began.set(epoch, owner);
  }
  return { began: new Set(began.keys()), ended, errors };
}

/** A gateway that was killed says no end; then the station is online until somebody notices, and only its epoch is judged. */
function presenceErrors(key: string, { began, ended }: Epochs, presence: { online: boolean; epoch: number }): string[] {
  const highest = Math.max(...began);
  if (presence.epoch !== highest) return [`${key}: present by epoch ${presence.epoch}, connected last in ${highest}`];
  return presence.online && ended.has(highest) ? [`${key}: online, although its last connection has ended`] : [];
}
