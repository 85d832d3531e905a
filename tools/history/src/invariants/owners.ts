import { eachOnce, groupedBy, type History } from '../history';

/**
 * Invariant 3: a station has one owner at a time. Each epoch is one connection; presence is that of the highest; a call names one that was. That a connection
 * was is shown by its events or by a message of the station that came by it: a gateway that is killed takes the events with it that the bus had not taken yet.
 */
export function owners({ connections, messageConnections, stored }: History): string[] {
  const known = epochsOf({ connections, messageConnections });
  const calls = stored.commands.filter(
    ({ tenant, station, epoch }) => epoch !== null && !known.get(`${tenant}/${station}`)?.was.has(epoch),
  );
  return [
    ...[...known.values()].flatMap(({ errors }) => errors),
    ...calls.map(
      ({ id, tenant, station, epoch }) => `command ${id} to ${tenant}/${station}: sent in epoch ${epoch}, which no connection had`,
    ),
    ...stored.presence.flatMap(({ tenant, station, online, epoch }) => {
      const epochs = known.get(`${tenant}/${station}`);
      return epochs === undefined ? [] : presenceErrors(`${tenant}/${station}`, epochs, { online, epoch });
    }),
  ];
}

interface Epochs {
  /** Of connections whose beginning was published. */
  began: ReadonlySet<number>;
  ended: ReadonlySet<number>;
  /** Of every connection that left a trace. */
  was: ReadonlySet<number>;
  errors: string[];
}

type Witness = 'connected' | 'disconnected' | 'message';

interface Seen {
  by: Witness;
  gateway: string;
  epoch: number;
  /** How a violation names it. */
  where: string;
}

function epochsOf({ connections, messageConnections }: Pick<History, 'connections' | 'messageConnections'>): Map<string, Epochs> {
  const events = eachOnce(connections).map(({ type, value: { tenant, station, gateway, epoch, at } }) => {
    const by: Witness = type === 'voltbus.station.disconnected' ? 'disconnected' : 'connected';
    return { key: `${tenant}/${station}`, by, gateway, epoch, where: `${gateway} at ${at}` };
  });
  const messages = messageConnections.map(({ tenant, station, gateway, epoch }) => {
    return { key: `${tenant}/${station}`, by: 'message' as const, gateway, epoch, where: `${gateway} by a message` };
  });
  const ofStations = groupedBy([...events, ...messages], ({ key }) => key);
  return new Map([...ofStations].map(([key, seen]) => [key, connectionsOf(key, seen)]));
}

function connectionsOf(key: string, seen: readonly Seen[]): Epochs {
  const errors: string[] = [];
  const [began, ended] = [new Set<number>(), new Set<number>()];
  const owner = new Map<number, Seen>();
  for (const one of seen) {
    const { by, gateway, epoch, where } = one;
    const first = owner.get(epoch);
    const again = by === 'connected' && began.has(epoch);
    if (first !== undefined && (again || first.gateway !== gateway))
      errors.push(`${key}: epoch ${epoch} belongs to ${first.where} and to ${where}`);
    if (by === 'disconnected' && ended.has(epoch)) errors.push(`${key}: epoch ${epoch} ended twice`);
    if (by === 'connected') began.add(epoch);
    if (by === 'disconnected') ended.add(epoch);
    if (first === undefined) owner.set(epoch, one);
  }
  return { began, ended, was: new Set(owner.keys()), errors };
}

/** A gateway that was killed says no end; then the station is online until somebody notices, and only its epoch is judged. */
function presenceErrors(key: string, { began, ended, was }: Epochs, presence: { online: boolean; epoch: number }): string[] {
  const highest = Math.max(...began);
  const isNewer = presence.epoch > highest && was.has(presence.epoch); // told by a boot, whose gateway was killed before its event was out
  if (presence.epoch !== highest && !isNewer) return [`${key}: present by epoch ${presence.epoch}, connected last in ${highest}`];
  return presence.online && ended.has(presence.epoch) ? [`${key}: online, although its last connection has ended`] : [];
}
