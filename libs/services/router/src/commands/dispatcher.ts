import { ConnectionsUnavailable, findLive, type Connections, type Owner } from '@voltbus/connections';
import { groupByStation } from '@voltbus/contracts';
import { WakeableLoop } from '@voltbus/flow';
import type { RouterTelemetry } from '../telemetry';
import { AWAY_MS, CLAIM_MS, type Dispatch } from './dispatch';
import type { Claimed, TypeormCommands } from './store/typeorm-commands';

/** Commands that are claimed at once. */
const BATCH = 100;
/** The dispatcher polls, so that a lost wake costs no more than this. */
const POLL_MS = 1_000;

interface DispatcherParts {
  store: Pick<TypeormCommands, 'claim'>;
  dispatch: Pick<Dispatch, 'send' | 'lookAgain'>;
  connections: Pick<Connections, 'findMany' | 'leases'>;
  telemetry: RouterTelemetry;
  now(): Date;
}

/**
 * Sends the commands that wait: those that other services request, those of stations that come back, and those whose sender died. The connection
 * registry is read once per batch of claimed commands.
 */
export class Dispatcher {
  private readonly loop = new WakeableLoop({
    run: () => this.dispatchAll(),
    onError: (error) => this.parts.telemetry.workFailed('dispatch', error),
  });
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly parts: DispatcherParts) {}

  start(): void {
    this.timer = setInterval(() => this.wake(), POLL_MS);
    this.wake();
  }

  /** Makes the dispatcher look at the table at once. */
  wake(): void {
    this.loop.wake();
  }

  /** Finishes the commands that it has claimed. */
  stop(): Promise<void> {
    clearInterval(this.timer);
    return this.loop.stop();
  }

  /** Resolves when no run is going on. */
  idle(): Promise<void> {
    return this.loop.idle();
  }

  private async dispatchAll(): Promise<void> {
    for (let found = BATCH; found === BATCH && !this.loop.stopped;) found = await this.dispatchSome();
  }

  private async dispatchSome(): Promise<number> {
    const { store, now } = this.parts;
    const at = now();
    const claimed = await store.claim({ now: at, until: new Date(at.getTime() + CLAIM_MS), limit: BATCH });
    if (claimed.length === 0) return 0;
    const owners = await this.owners(claimed);
    // commands of one station are published in order; different stations do not wait for each other
    if (owners !== null)
      await Promise.all(groupByStation(claimed, ({ command }) => command).map(({ items }) => this.dispatchInOrder(items, owners)));
    return owners === null ? 0 : claimed.length;
  }

  /** Null while the registry is away: then the claimed commands are looked at again soon. */
  private async owners(claimed: readonly Claimed[]): Promise<Owners | null> {
    const refs = claimed.map(({ command: { tenant, station } }) => ({ tenant, station }));
    try {
      const found = await findLive(this.parts.connections, refs);
      return new Map(claimed.map(({ command }, index) => [command.id, found[index] ?? null]));
    } catch (error) {
      if (!(error instanceof ConnectionsUnavailable)) throw error;
      this.parts.telemetry.registryAway(claimed.length, error);
      await this.parts.dispatch.lookAgain(claimed, AWAY_MS);
      return null;
    }
  }

  private async dispatchInOrder(some: readonly Claimed[], owners: Owners): Promise<void> {
    for (const claimed of some) await this.parts.dispatch.send(claimed, owners.get(claimed.command.id) ?? null);
  }
}

type Owners = ReadonlyMap<string, Owner | null>;
