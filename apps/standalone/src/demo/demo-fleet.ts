import { setTimeout as pause } from 'node:timers/promises';
import type { Protocol } from '@voltbus/contracts';
import { VirtualStation, dialWebSocket, seededRandom, type Random } from '@voltbus/virtual-station';

/** Speaks 1.6 and charges only when somebody starts it from afar. */
export const IDLE_STATION = 'DEMO-4';
const FLEET: readonly (readonly [identity: string, protocol: Protocol])[] = [
  ['DEMO-1', 'ocpp1.6'],
  ['DEMO-2', 'ocpp2.0.1'],
  ['DEMO-3', 'ocpp2.1'],
  [IDLE_STATION, 'ocpp1.6'],
];
/** Short, so that there is something to see at once. */
const SESSION_SECONDS = { least: 10, most: 20 };
const READ_EVERY_SECONDS = 2;
const IDLE_SECONDS = { least: 3, most: 8 };
const SEED = 1;

/** The demo's stations. */
export class DemoFleet {
  private readonly random = seededRandom(SEED);
  private readonly stopped = new AbortController();
  private readonly stations: readonly VirtualStation[];
  private charging: Promise<unknown> = Promise.resolve();

  /** `url`: what stations append their identity to. */
  constructor(url: string) {
    this.stations = FLEET.map(
      ([identity, protocol]) =>
        new VirtualStation({ target: { url, identity, protocol }, random: this.random.fork(identity), dial: dialWebSocket }),
    );
  }

  /** A card for each station: none charges at two places. */
  get cards(): string[] {
    return FLEET.map(([identity]) => cardOf(identity));
  }

  start(): void {
    for (const station of this.stations) station.start();
    const busy = this.stations.filter(({ identity }) => identity !== IDLE_STATION);
    this.charging = Promise.all(busy.map((station) => this.chargeAgainAndAgain(station, this.random.fork(`${station.identity} sessions`))));
  }

  /** At once: what is in its stations' queues is not delivered any more. */
  async stop(): Promise<void> {
    this.stopped.abort();
    await Promise.all(this.stations.map((station) => station.stop(0)));
    await this.charging;
  }

  private async chargeAgainAndAgain(station: VirtualStation, random: Random): Promise<void> {
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
