import {
  DOWNLINK,
  META_HEADER,
  downlinkCallSchema,
  parseStationKey,
  stationProfileSchema,
  unpackDownlink,
  type DownlinkMeta,
} from '@voltbus/contracts';
import type { Bus, BusRecord, Subscription } from '@voltbus/bus';
import { LRUCache } from 'lru-cache';
import type { StationProfiles } from '../admission/profiles';
import { MAX_SEEN_COMMANDS } from '../limits';
import type { Sessions } from '../ownership/sessions';
import type { CommandResults } from '../session/command-results';
import { openCommandSpan } from '../session/call-span';
import type { Session } from '../session/session';
import type { GatewayTelemetry } from '../telemetry';

interface DownlinkParts {
  inst: string;
  bus: Bus;
  sessions: Sessions;
  profiles: StationProfiles;
  results: CommandResults;
  telemetry: GatewayTelemetry;
}

type Of<K extends DownlinkMeta['kind']> = Extract<DownlinkMeta, { kind: K }>;

/** Handles the records on the downlink bucket of this gateway. Those of another instance that reads the same bucket are skipped. */
export class Downlink {
  private readonly seen = new LRUCache<string, true>({ max: MAX_SEEN_COMMANDS });
  private subscription: Subscription | null = null;

  constructor(private readonly parts: DownlinkParts) {}

  /** Resolves when it has joined and fetched once. Stations must not be let in before. */
  async follow(bucket: number): Promise<void> {
    this.subscription = await this.parts.bus.follow({
      name: `gateway-${this.parts.inst}`,
      topic: DOWNLINK,
      partition: bucket,
      handle: (record) => this.handleRecord(record),
    });
  }

  async stop(): Promise<void> {
    await this.subscription?.close();
  }

  /** The command was not sent: the router may send it down again, to a newer connection. */
  forgetCommand(commandId: string): void {
    this.seen.delete(commandId);
  }

  private handleRecord(record: BusRecord): void {
    const meta = readMeta(record);
    if (meta === null) return this.parts.telemetry.downlinkDropped('unreadable');
    if (meta.inst !== this.parts.inst) return this.parts.telemetry.downlinkDropped('other-instance');
    switch (meta.kind) {
      case 'reply':
        return this.handleReply(record, meta);
      case 'call':
        return this.handleCommand(record, meta);
      case 'evict':
        return this.handleEvict(record, meta);
      case 'quirks':
        return this.handleQuirks(record, meta);
      case 'profile':
        return this.handleProfile(record, meta);
    }
  }

  /** Only the connection that sent the call gets the answer. */
  private handleReply(record: BusRecord, { epoch, messageId, registration, quirks, trace }: Of<'reply'>): void {
    const session = this.parts.sessions.byKey(record.key);
    if (session === undefined) return this.parts.telemetry.downlinkDropped('no-session');
    if (session.connection.owner?.epoch !== epoch) return this.parts.telemetry.downlinkDropped('stale-epoch');
    session.sendReply({ id: messageId, frame: record.value.toString(), registration, quirks, trace });
  }

  private handleCommand(record: BusRecord, { commandId, epoch, deadline, trace }: Of<'call'>): void {
    if (this.seen.has(commandId)) return this.parts.telemetry.downlinkDropped('seen');
    const { data: call } = downlinkCallSchema.safeParse(readJson(record));
    if (call === undefined) return this.parts.telemetry.downlinkDropped('unreadable');
    const session = this.parts.sessions.byKey(record.key);
    const span = openCommandSpan(session?.connection, { action: call.action, commandId, trace });
    const command = { ...call, commandId, deadline: toMonotonic(deadline), span };
    if (session?.connection.owner?.epoch === epoch) {
      this.seen.set(commandId, true);
      return session.takeCommand(command);
    }
    const source = { ref: parseStationKey(record.key), protocol: session?.connection.protocol ?? '', inst: this.parts.inst, epoch };
    const kind = command.deadline <= performance.now() ? 'expired' : session === undefined ? 'not-connected' : 'stale-epoch';
    this.parts.results.publishResult(source, command, { kind }, null);
  }

  private handleEvict(record: BusRecord, { epoch, reason }: Of<'evict'>): void {
    this.parts.profiles.forgetStation(parseStationKey(record.key));
    const session = this.sessionUpTo(record.key, epoch);
    if (reason === 'replaced') session?.close('replaced');
    else session?.close('evicted', reason);
  }

  /** An operator has switched something. A newer connection has been admitted by a newer profile. */
  private handleQuirks(record: BusRecord, { epoch, quirks }: Of<'quirks'>): void {
    this.parts.profiles.forgetStation(parseStationKey(record.key));
    const session = this.sessionUpTo(record.key, epoch);
    if (session !== undefined) session.connection.quirks = quirks;
  }

  private handleProfile(record: BusRecord, { requestId }: Of<'profile'>): void {
    const { data: profile } = stationProfileSchema.safeParse(readJson(record));
    if (profile === undefined) return this.parts.telemetry.downlinkDropped('unreadable');
    this.parts.profiles.onProfileReceived(requestId, profile);
  }

  private sessionUpTo(key: string, epoch: number): Session | undefined {
    const session = this.parts.sessions.byKey(key);
    const held = session?.connection.owner?.epoch;
    return held !== undefined && held <= epoch ? session : undefined;
  }
}

/** Converts an instant of the wall clock, so that a command waits for its time whatever the clock of the host does from here on. */
function toMonotonic(epochMs: number): number {
  return performance.now() + epochMs - Date.now();
}

function readMeta(record: BusRecord): DownlinkMeta | null {
  try {
    return unpackDownlink(record.headers[META_HEADER]);
  } catch {
    return null;
  }
}

/** Returns undefined, which no schema takes, for a value that is no JSON. */
function readJson(record: BusRecord): unknown {
  try {
    return JSON.parse(record.value.toString());
  } catch {
    return undefined;
  }
}
