import { RecordRefused, type Bus } from '@voltbus/bus';
import type { Owner } from '@voltbus/connections';
import type { DownlinkCall, StationRef } from '@voltbus/contracts';
import { publishDownlink } from '@voltbus/service';
import { inSpan, withLogFields } from '@voltbus/telemetry';
import type { RouterTelemetry } from '../telemetry';
import { commandFault } from './command-check';
import { callTimeoutMs } from './domain/call-timeout';
import { deadlineOf, route, type Address, type CommandState, type End } from './domain/command';
import type { Sealing } from './sealing';
import type { Claimed, TypeormCommands } from './store/typeorm-commands';

/**
 * A router that has not finished by then has died, or waits for the bus: another one claims the command, in time to send it. Both publish to the same
 * address, whose gateway sends a command id once.
 */
export const CLAIM_MS = 10_000;
/** How long to wait while the registry or the bus is away. */
export const AWAY_MS = 1_000;
/** How often a command that is kept for an offline station is looked at; it goes at once when the station connects. */
const KEPT_MS = 30_000;

interface DispatchParts {
  store: TypeormCommands;
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
 * Publishes a command to the gateway that holds its station. The address is stored before the call is published: after a crash the command goes to the
 * same connection again, where its id is known, and never to another one before that gateway has published that it was not sent.
 */
export class Dispatch {
  constructor(private readonly parts: DispatchParts) {}

  /** Sends a claimed command, ends it, or puts it back. `owner` is the connection of its station; null: it has none. */
  send(claimed: Claimed, owner: Owner | null): Promise<void> {
    return this.handled(claimed, (opened) => this.place(opened, owner));
  }

  /** Sends a command that was stored just now for a connected station. False when a router has to send it: it is in hand already, or not the first. */
  async sendNew(state: CommandState, { inst, bucket, epoch }: Owner): Promise<boolean> {
    const now = this.parts.now();
    const until = new Date(now.getTime() + CLAIM_MS);
    const address = { inst, bucket, epoch };
    const claimed = await this.parts.store.claimNew(state, address, { now, until, endBy: this.endByOf(state) });
    if (claimed !== null) await this.handled(claimed, (opened) => this.publish(opened, address));
    return claimed !== null;
  }

  async lookAgain(some: readonly Claimed[], afterMs: number): Promise<void> {
    const at = new Date(this.parts.now().getTime() + afterMs);
    for (const claimed of some) await this.parts.store.lookAgain(claimed, at);
  }

  private async handled(kept: Claimed, send: (opened: Claimed) => Promise<void>): Promise<void> {
    const claimed = this.parts.sealing.opened(kept);
    if (claimed === null) return this.end(kept, { status: 'error', error: UNREADABLE });
    try {
      await inDispatchSpan(claimed, () => send(claimed));
    } catch (error) {
      this.parts.telemetry.notPublished(kept.command, error);
      if (error instanceof RecordRefused) await this.end(kept, { status: 'error', error: tooLarge(error) });
      else await this.lookAgain([kept], AWAY_MS);
    }
  }

  private async place(claimed: Claimed, owner: Owner | null): Promise<void> {
    // another router claimed it and died: it goes to the same address, where it may have arrived
    if (claimed.address !== null) return this.publish(claimed, claimed.address);
    const next = route(claimed, owner, this.parts.now());
    if (next.kind === 'wait') return this.lookAgain([claimed], KEPT_MS);
    if (next.kind === 'end') return this.end(claimed, next.end);
    // at acceptance the station may have spoken another version, or was not connected
    const fault = owner === null ? null : commandFault(owner.protocol, claimed.command.action, claimed.command.payload);
    if (fault !== null) return this.end(claimed, { status: 'error', error: fault });
    if (await this.parts.store.place(claimed, next.address, this.endByOf(claimed))) await this.publish(claimed, next.address);
  }

  private async publish(claimed: Claimed, address: Address): Promise<void> {
    const { command, priority, sendBy } = claimed;
    const { inst, bucket, epoch } = address;
    const call: DownlinkCall = { action: command.action, payload: command.payload, timeoutMs: this.timeoutOf(command), priority };
    const meta = { kind: 'call', inst, epoch, commandId: command.id, deadline: sendBy.getTime() } as const;
    await publishDownlink(this.parts.bus, { ref: refOf(command), bucket }, meta, JSON.stringify(call));
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

  private endByOf({ sendBy, command }: CommandState): Date {
    return deadlineOf(sendBy, this.timeoutOf(command));
  }

  private timeoutOf({ action }: { action: string }): number {
    return callTimeoutMs(action, this.parts.callTimeoutMs);
  }
}

const UNREADABLE = { code: 'conflict', description: 'its secrets are encrypted under a key that is not set any more: send it again' };

/** Goes on with the trace of what requested the command. */
function inDispatchSpan({ command, traceparent }: Claimed, dispatch: () => Promise<void>): Promise<void> {
  const { id, tenant, station, action } = command;
  const attributes = { 'voltbus.tenant': tenant, 'voltbus.station': station, 'ocpp.action': action, 'ocpp.message_id': id };
  const work = () => withLogFields({ tenant, station, action, messageId: id }, dispatch);
  return inSpan({ name: 'dispatch command', parent: traceparent, attributes }, work);
}

function refOf({ tenant, station }: StationRef): StationRef {
  return { tenant, station };
}

function tooLarge(error: Error): { code: string; description: string } {
  return { code: 'invalid', description: `the bus does not accept it: ${error.message}` };
}
