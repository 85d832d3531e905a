import {
  DOWNLINK,
  META_HEADER,
  parseStationKey,
  unpackDownlink,
  type DownlinkCall,
  type DownlinkMeta,
  type StationProfile,
} from '@voltbus/contracts';
import type { Bus, BusRecord, Subscription } from '@voltbus/bus';
import { LRUCache } from 'lru-cache';
import type { GatewayTelemetry } from './telemetry';
import { MAX_SEEN_COMMANDS } from './limits';
import type { Profiles } from './admission/profiles';
import type { Session } from './session/session';
import type { Sessions } from './ownership/sessions';
import type { CommandResults } from './session/command-results';

export interface DownlinkParts {
  inst: string;
  bus: Bus;
  sessions: Sessions;
  profiles: Profiles;
  settlements: CommandResults;
  telemetry: GatewayTelemetry;
}

type Of<K extends DownlinkMeta['kind']> = Extract<DownlinkMeta, { kind: K }>;

/** What comes down to this process on its bucket. Records for another instance that reads the same bucket are skipped. */
export class Downlink {
  private readonly seen = new LRUCache<string, true>({ max: MAX_SEEN_COMMANDS });
  private subscription: Subscription | null = null;

  constructor(private readonly parts: DownlinkParts) {}

  get healthy(): boolean {
    return this.subscription?.healthy === true;
  }

  /** Resolves when it has joined and fetched once: only then may stations come. */
  async follow(bucket: number): Promise<void> {
    this.subscription = await this.parts.bus.follow({
      name: `gateway-${this.parts.inst}`,
      topic: DOWNLINK,
      partition: bucket,
      handle: (record) => this.handle(record),
    });
  }

  async stop(): Promise<void> {
    await this.subscription?.close();
  }

  /** It was not sent: the router may send it down again, to a newer connection. */
  forget(commandId: string): void {
    this.seen.delete(commandId);
  }

  private handle(record: BusRecord): void {
    const meta = read(record);
    if (meta === null) return this.parts.telemetry.downlinkDropped('unreadable');
    if (meta.inst !== this.parts.inst) return this.parts.telemetry.downlinkDropped('other-instance');
    switch (meta.kind) {
      case 'reply':
        return this.reply(record, meta);
      case 'call':
        return this.call(record, meta);
      case 'evict':
        return this.evict(record, meta);
      case 'profile':
        // Written by device-config from the contract's type.
        return this.parts.profiles.onProfileReceived(meta.requestId, JSON.parse(record.value.toString()) as StationProfile);
    }
  }

  /** Only to the connection that asked. */
  private reply(record: BusRecord, { epoch, messageId, registration }: Of<'reply'>): void {
    const session = this.parts.sessions.byKey(record.key);
    if (session === undefined) return this.parts.telemetry.downlinkDropped('no-session');
    if (session.owner?.epoch !== epoch) return this.parts.telemetry.downlinkDropped('stale-epoch');
    session.reply(messageId, record.value.toString(), registration);
  }

  private call(record: BusRecord, { commandId, epoch, deadline }: Of<'call'>): void {
    if (this.seen.has(commandId)) return this.parts.telemetry.downlinkDropped('seen');
    // Written by the router from the contract's type.
    const command = { ...(JSON.parse(record.value.toString()) as DownlinkCall), commandId, deadline: steady(deadline) };
    const session = this.parts.sessions.byKey(record.key);
    if (session?.owner?.epoch === epoch) {
      this.seen.set(commandId, true);
      return session.command(command);
    }
    const by = { ref: parseStationKey(record.key), protocol: session?.protocol ?? '', inst: this.parts.inst, epoch };
    const kind = command.deadline <= performance.now() ? 'expired' : session === undefined ? 'not-connected' : 'stale-epoch';
    this.parts.settlements.publishResult(by, command, { kind }, null);
  }

  private evict(record: BusRecord, { epoch, reason }: Of<'evict'>): void {
    this.parts.profiles.forgetStation(parseStationKey(record.key));
    for (const session of this.heldUpTo(record.key, epoch))
      if (reason === 'replaced') session.close('replaced');
      else session.close('evicted', reason);
  }

  private heldUpTo(key: string, epoch: number): Session[] {
    const session = this.parts.sessions.byKey(key);
    return session !== undefined && session.owner !== null && session.owner.epoch <= epoch ? [session] : [];
  }
}

/** An instant of the wall clock, by the one that nobody sets: from here on the command waits for its time, whatever the host's clock does. */
function steady(epochMs: number): number {
  return performance.now() + epochMs - Date.now();
}

function read(record: BusRecord): DownlinkMeta | null {
  try {
    return unpackDownlink(record.headers[META_HEADER]);
  } catch {
    return null;
  }
}
