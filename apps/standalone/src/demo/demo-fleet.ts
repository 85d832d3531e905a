import { setTimeout as pause } from 'node:timers/promises';
import type { Protocol } from '@voltbus/contracts';
import { VirtualStation, dialWebSocket, seededRandom, type Random } from '@voltbus/virtual-station';

/** This station speaks 1.6 and charges only when it is started remotely. */
export const IDLE_STATION = 'DEMO-4';
const FLEET: readonly (readonly [identity: string, protocol: Protocol])[] = [
  ['DEMO-1', 'ocpp1.6'],
  ['DEMO-2', 'ocpp2.0.1'],
  ['DEMO-3', 'ocpp2.1'],
  [IDLE_STATION, 'ocpp1.6'],
];
/** Short, so that there are CDRs to see soon. */
const SESSION_SECONDS = { least: 10, most: 20 };
const READ_EVERY_SECONDS = 2;
const IDLE_SECONDS = { least: 3, most: 8 };
const SEED = 1;

/** The stations of the demo. */
export class DemoFleet {
  private readonly random = seededRandom(SEED);
  private readonly stopped = new AbortController();
  private readonly stations: readonly VirtualStation[];
  private charging: Promise<unknown> = Promise.resolve();

  /** Stations append their identity to the URL. */
  constructor(url: string) {
    this.stations = FLEET.map(
      ([identity, protocol]) =>
        new VirtualStation({ target: { url, identity, protocol }, random: this.random.fork(identity), dial: dialWebSocket }),
    );
  }

  /** A card for each station, so that none charges in two places at once. */
  get cards(): string[] {
    return FLEET.map(([identity]) => cardOf(identity));
  }

  start(): void {
    for (const station of this.stations) station.start();
    const busy = this.stations.filter(({ identity }) => identity !== IDLE_STATION);
    this.charging = Promise.all(busy.map((station) => this.chargeRepeatedly(station, this.random.fork(`${station.identity} sessions`))));
  }

  /** Stops at once: the messages that are still queued are not delivered. */
  async stop(): Promise<void> {
    this.stopped.abort();
    await Promise.all(this.stations.map((station) => station.stop(0)));
    await this.charging;
  }

  private async chargeRepeatedly(station: VirtualStation, random: Random): Promise<void> {
    const { signal } = this.stopped;
    await station.whenReady();
    while (!signal.aborted) {
      const seconds = random.between(SESSION_SECONDS.least, SESSION_SECONDS.most);
      await station.charge({ idToken: cardOf(station.identity), seconds, readEverySeconds: READ_EVERY_SECONDS });
      await pause(random.between(IDLE_SECONDS.least, IDLE_SECONDS.most) * 1_000, undefined, { signal }).catch(() => undefined);
    }
  }
}

function cardOf(identity: string): string {
  return identity.replace('DEMO', 'DEMO-CARD');
}
