import { RecordRefused, type Bus } from '@voltbus/bus';
import { ConnectionsUnavailable, findLive, type Connections, type Owner } from '@voltbus/connections';
import { stationKey, type DownlinkCall, type StationRef } from '@voltbus/contracts';
import { WakeableLoop } from '@voltbus/flow';
import { publishDownlink } from '@voltbus/service';
import { inSpan, withLogFields } from '@voltbus/telemetry';
import type { RouterTelemetry } from '../telemetry';
import { commandFault } from './command-check';
import { callTimeoutMs } from './domain/call-timeout';
import { deadlineOf, route, type Address, type End } from './domain/command';
import type { Sealing } from './sealing';
import type { Claimed, TypeormCommands } from './store/typeorm-commands';

/** Commands that are claimed at once. */
const BATCH = 100;
/**
 * A router that has not finished by then has died, or waits for the bus: another one claims the command, in time to send it. Both publish to the same
 * address, whose gateway sends a command id once.
 */
export const CLAIM_MS = 10_000;
/** The dispatcher polls, so that a lost wake costs no more than this. */
const POLL_MS = 1_000;
/** How long to wait while the registry or the bus is away. */
const AWAY_MS = 1_000;
/** How often a command that is kept for an offline station is looked at; it goes at once when the station connects. */
const KEPT_MS = 30_000;

interface DispatcherParts {
  store: TypeormCommands;
  connections: Pick<Connections, 'findMany' | 'leases'>;
  bus: Bus;
  telemetry: RouterTelemetry;
  sealing: Sealing;
  /** How long a station may usually take to answer. */
  callTimeoutMs: number;
  now(): Date;
  /** Called after a commit that has put an event into the outbox. */
  wakeRelay(): void;
}

/**
 * Publishes queued commands to the gateways that hold their stations. The address is stored before the call is published: after a crash the command
 * goes to the same connection again, where its id is known, and never to another one before that gateway has published that it was not sent.
 * The connection registry is read once per batch of claimed commands.
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
    if (owners !== null) await Promise.all(byStation(claimed).map((some) => this.dispatchInOrder(some, owners)));
    return owners === null ? 0 : claimed.length;
  }

  /** Null while the registry is away: then the claimed commands are looked at again soon. */
  private async owners(claimed: readonly Claimed[]): Promise<Owners | null> {
    const refs = claimed.map(refOf);
    try {
      const found = await findLive(this.parts.connections, refs);
      return new Map(claimed.map(({ command }, index) => [command.id, found[index] ?? null]));
    } catch (error) {
      if (!(error instanceof ConnectionsUnavailable)) throw error;
      this.parts.telemetry.registryAway(claimed.length, error);
      await this.lookAgain(claimed, AWAY_MS);
      return null;
    }
  }

  private async dispatchInOrder(some: readonly Claimed[], owners: Owners): Promise<void> {
    for (const claimed of some) {
      try {
        await inDispatchSpan(claimed, () => this.dispatch(claimed, owners.get(claimed.command.id) ?? null));
      } catch (error) {
        this.parts.telemetry.notPublished(claimed.command, error);
        if (error instanceof RecordRefused) await this.end(claimed, { status: 'error', error: tooLarge(error) });
        else await this.lookAgain([claimed], AWAY_MS);
      }
    }
  }

  private async dispatch(kept: Claimed, owner: Owner | null): Promise<void> {
    const claimed = this.parts.sealing.opened(kept);
    if (claimed === null) return this.end(kept, { status: 'error', error: UNREADABLE });
    // another router claimed it and died: it goes to the same address, where it may have arrived
    if (claimed.address !== null) return this.publish(claimed, claimed.address);
    const next = route(claimed, owner, this.parts.now());
    if (next.kind === 'wait') return this.lookAgain([claimed], KEPT_MS);
    if (next.kind === 'end') return this.end(claimed, next.end);
    // at acceptance the station may have spoken another version, or was not connected
    const fault = owner === null ? null : commandFault(owner.protocol, claimed.command.action, claimed.command.payload);
    if (fault !== null) return this.end(claimed, { status: 'error', error: fault });
    const endBy = deadlineOf(claimed.sendBy, this.timeoutOf(claimed));
    if (await this.parts.store.place(claimed, next.address, endBy)) await this.publish(claimed, next.address);
  }

  private async publish(claimed: Claimed, address: Address): Promise<void> {
    const { command, priority, sendBy } = claimed;
    const { inst, bucket, epoch } = address;
    const call: DownlinkCall = { action: command.action, payload: command.payload, timeoutMs: this.timeoutOf(claimed), priority };
    const meta = { kind: 'call', inst, epoch, commandId: command.id, deadline: sendBy.getTime() } as const;
    await publishDownlink(this.parts.bus, { ref: refOf(claimed), bucket }, meta, JSON.stringify(call));
    await this.parts.store.dispatched(claimed, address, this.parts.now());
  }

  private async end({ command: { tenant, id } }: Claimed, end: End): Promise<void> {
    const { store, telemetry, now, wakeRelay } = this.parts;
    const command = await store.changing(tenant, id, (unit) =>
      unit.state.command.status === 'queued' ? unit.end(end, now()) : Promise.resolve(null),
    );
    if (command === null) return;
    telemetry.ended(command);
    wakeRelay();
  }

  private async lookAgain(some: readonly Claimed[], afterMs: number): Promise<void> {
    const at = new Date(this.parts.now().getTime() + afterMs);
    for (const claimed of some) await this.parts.store.lookAgain(claimed, at);
  }

  private timeoutOf({ command }: Claimed): number {
    return callTimeoutMs(command.action, this.parts.callTimeoutMs);
  }
}

const UNREADABLE = { code: 'conflict', description: 'the pepper has changed since the command was accepted: send it again' };

type Owners = ReadonlyMap<string, Owner | null>;

/** Goes on with the trace of what requested the command. */
function inDispatchSpan({ command, traceparent }: Claimed, dispatch: () => Promise<void>): Promise<void> {
  const { id, tenant, station, action } = command;
  const attributes = { 'voltbus.tenant': tenant, 'voltbus.station': station, 'ocpp.action': action, 'ocpp.message_id': id };
  const work = () => withLogFields({ tenant, station, action, messageId: id }, dispatch);
  return inSpan({ name: 'dispatch command', parent: traceparent, attributes }, work);
}

function refOf({ command: { tenant, station } }: Claimed): StationRef {
  return { tenant, station };
}

function byStation(claimed: readonly Claimed[]): Claimed[][] {
  const groups = new Map<string, Claimed[]>();
  for (const one of claimed) {
    const key = stationKey(refOf(one));
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()];
}

function tooLarge(error: Error): { code: string; description: string } {
  return { code: 'invalid', description: `the bus does not accept it: ${error.message}` };
}
