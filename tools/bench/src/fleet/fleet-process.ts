import { protocolOf, status } from './fleet-messages';
import { WsFleetStation, type Received } from './ws-fleet-station';

/** Work of the process that holds the fleet's sockets. Stations stay connected for the tasks that follow. */
export type FleetTask =
  /** Connects and boots the stations of these numbers. */
  | { do: 'connect'; ocppUrl: string; from: number; to: number }
  /** Each station that is connected reports so many states. */
  | { do: 'report'; statuses: number }
  | { do: 'count' };
export interface FleetAnswer {
  /** What each station has received, in the order of their numbers. */
  received?: Received[];
  error?: string;
}

/** Stations that connect at once. */
const CONNECTING = 50;
const fleet: WsFleetStation[] = [];

async function perform(task: FleetTask): Promise<void> {
  if (task.do === 'connect') await connect(task);
  if (task.do === 'report') await Promise.all(fleet.map((station, nth) => report(station, nth, task.statuses)));
}

async function connect({ ocppUrl, from, to }: { ocppUrl: string; from: number; to: number }): Promise<void> {
  for (let at = from; at < to; at += CONNECTING) {
    const numbers = Array.from({ length: Math.min(CONNECTING, to - at) }, (_, nth) => at + nth);
    const stations = numbers.map((number) => new WsFleetStation(nameOf(number), protocolOf(number), ocppUrl));
    fleet.push(...stations);
    await Promise.all(stations.map((station) => station.connect()));
  }
}

async function report(station: WsFleetStation, nth: number, statuses: number): Promise<void> {
  for (let at = 0; at < statuses; at++) await station.call('StatusNotification', status(protocolOf(nth), at));
}

function nameOf(number: number): string {
  return `fleet-${String(number).padStart(5, '0')}`;
}

process.on('message', (task: FleetTask) => {
  perform(task).then(
    () => process.send?.({ received: fleet.map(({ received }) => received) } satisfies FleetAnswer),
    (error: unknown) =>
      process.send?.({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) } satisfies FleetAnswer),
  );
});
process.on('disconnect', () => process.exit(0));
