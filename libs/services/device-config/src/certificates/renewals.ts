import { randomUUID } from 'node:crypto';
import { CsmsError, commandOutcome, type Command, type CommandRequest, type StationRef } from '@voltbus/contracts';
import type { CertificateEvents } from './certificate-events';
import type { CertificateKind } from './domain/certificate-kind';
import { afterAnswer, askingCommand, look, newRenewal, type Renewal } from './domain/renewal';
import type { LockedStation, Transaction } from '../stations/typeorm-in-station';
import { DELIVER_MS, RENEWAL_JITTER_MS } from './limits';
import { CertificateUnit } from './store/typeorm-certificate-unit';
import type { ExpiringCertificate, TypeormCertificates } from './store/typeorm-certificates';

const ACTIONS: ReadonlySet<string> = new Set(['TriggerMessage', 'ExtendedTriggerMessage']);
/** Behind the commands of operators. */
const PRIORITY = 8;
const BY_EXPIRY = 'expiry';
const OF_CAMPAIGN = 'campaign:';

/** A renewal that was begun; why there is none; or another one is under way. */
type StartedRenewal = { id: string } | { whyNot: 'no-authority' | 'no-organization' | 'does-not-fit' } | 'open';

interface RenewalsParts {
  store: TypeormCertificates;
  events: CertificateEvents;
  /** Certificates are renewed so many days before they expire, or in the last third of their life. */
  days: number;
  /** Stations can be given certificates at all. */
  canIssue: boolean;
  sendCommand(request: CommandRequest): Promise<void>;
  now(): Date;
  random(): number;
}

/** Makes stations ask for new certificates before theirs expire, or when an operator wants it (A02, A03; F06). */
export class Renewals {
  constructor(private readonly parts: RenewalsParts) {}

  /** Begins a renewal, or goes on at once with the one that is under way. Throws `unknown-station`, and `conflict` where it cannot succeed. */
  async start(ref: StationRef, kind: CertificateKind, actor: string): Promise<Renewal> {
    const { store, canIssue, now } = this.parts;
    const started = await store.inStation(ref, async (unit) => {
      const { protocol } = unit.station;
      if (!canIssue) throw new CsmsError('conflict', 'no certificate authority is set: VOLTBUS_CERTIFICATE_AUTHORITY');
      if (protocol === null) throw new CsmsError('conflict', 'the station never connected: the version that it speaks is not known');
      if (askingCommand(protocol, kind) === null) throw new CsmsError('conflict', `the station speaks ${protocol}, which has no ${kind}`);
      const before = await unit.renewal(kind);
      const at = now();
      const isAsked = before?.endedAt === null && before.state === 'asked';
      const expiresAt = before?.expiresAt ?? null;
      const after = isAsked
        ? before
        : newRenewal({ id: randomUUID(), station: ref.station, kind, actor, expiresAt, nextAt: at, deliverBy: null }, at);
      await unit.writeRenewal(after);
      return { renewal: after, online: unit.station.online };
    });
    if (started === null) throw new CsmsError('unknown-station', 'no such station');
    return (started.online ? await this.advance(ref, kind) : null) ?? started.renewal;
  }

  /** Stations can be given certificates at all. */
  get canIssue(): boolean {
    return this.parts.canIssue;
  }

  /**
   * Begins one for a campaign within the caller's transaction, to be brought `forward` after it; it ends when the station cannot be asked soon. One that waits
   * for its time, such as that of an expiry, is not needed any more. `open`: one is under way.
   */
  async startIn(
    transaction: Transaction,
    ref: StationRef,
    { station, kind, campaign }: { station: LockedStation; kind: CertificateKind; campaign: string },
  ): Promise<StartedRenewal> {
    const { canIssue, store, now } = this.parts;
    const { protocol } = station;
    if (!canIssue) return { whyNot: 'no-authority' };
    if (protocol === null || askingCommand(protocol, kind) === null) return { whyNot: 'does-not-fit' };
    if ((await store.organizationOf(ref.tenant)) === null) return { whyNot: 'no-organization' };
    const unit = new CertificateUnit(transaction, ref, station);
    const before = await unit.renewal(kind);
    const isOpen = before !== null && before.endedAt === null;
    if (isOpen && (before.state === 'asked' || before.actor.startsWith(OF_CAMPAIGN))) return 'open';
    const at = now();
    const id = randomUUID();
    const given = { id, station: ref.station, kind, actor: `${OF_CAMPAIGN}${campaign}`, expiresAt: before?.expiresAt ?? null };
    await unit.writeRenewal(newRenewal({ ...given, nextAt: at, deliverBy: new Date(at.getTime() + DELIVER_MS) }, at));
    return { id };
  }

  /** Asks the station where that is due. What fails is left to the sweep. */
  async forward(ref: StationRef, kind: CertificateKind): Promise<void> {
    await this.advance(ref, kind);
  }

  /** Begins the renewals of certificates that expire soon. */
  async beginExpiring(): Promise<void> {
    const { store, days, canIssue, now, events } = this.parts;
    if (!canIssue || days === 0) return;
    const expiring = await store.expiring(now(), days);
    for (const one of expiring) await this.begin(one);
    events.renewalBegun(expiring.length);
  }

  /** Asks the stations whose turn has come. Returns how many renewals it looked at. */
  async sweep(): Promise<number> {
    const due = await this.parts.store.dueRenewals(this.parts.now());
    for (const { tenant, station, kind } of due) await this.advance({ tenant, station }, kind);
    return due.length;
  }

  /** The end of a command, whoever sent it; it may come twice. */
  async onEnded(command: Command): Promise<void> {
    if (!ACTIONS.has(command.action)) return;
    const found = await this.parts.store.ofCommand(command.tenant, command.id);
    if (found === null || found.request !== null) return;
    const ref = { tenant: command.tenant, station: command.station };
    const after = await this.parts.store.inStation(ref, async (unit) => {
      const renewal = await unit.renewal(found.kind);
      if (renewal?.command !== command.id || renewal.state !== 'asked') return null;
      const next = afterAnswer(renewal, commandOutcome(command), this.parts.now());
      await unit.writeRenewal(next);
      return next;
    });
    if (after?.state === 'given-up') await this.parts.events.renewalGivenUp(ref, after);
  }

  private async begin({ tenant, station, kind, expiresAt }: ExpiringCertificate): Promise<void> {
    const { store, now, random } = this.parts;
    await store.inStation({ tenant, station }, async (unit) => {
      const before = await unit.renewal(kind);
      if (before !== null && before.endedAt === null) return;
      const at = now();
      // no later than half of the time that is left
      const spanMs = Math.min(RENEWAL_JITTER_MS, (expiresAt.getTime() - at.getTime()) / 2);
      const nextAt = new Date(at.getTime() + Math.floor(random() * spanMs));
      await unit.writeRenewal(newRenewal({ id: randomUUID(), station, kind, actor: BY_EXPIRY, expiresAt, nextAt, deliverBy: null }, at));
    });
  }

  /** Returns it as it is now; null: there is nothing to do about it. */
  private async advance(ref: StationRef, kind: CertificateKind): Promise<Renewal | null> {
    const { store, events, now } = this.parts;
    const looked = await store.inStation(ref, async (unit) => {
      const before = await unit.renewal(kind);
      if (before === null || before.endedAt !== null) return null;
      const { renewal, send } = look(before, now(), randomUUID);
      await unit.writeRenewal(renewal);
      const { protocol } = unit.station;
      return { renewal, asking: send && protocol !== null ? askingCommand(protocol, kind) : null };
    });
    if (looked === null) return null;
    const { renewal, asking } = looked;
    if (renewal.state === 'given-up') await events.renewalGivenUp(ref, renewal);
    if (asking === null || renewal.command === null) return renewal;
    await this.parts.sendCommand({ ...ref, ...asking, id: renewal.command, priority: PRIORITY, requestedBy: 'device-config' });
    await store.inStation(ref, async (unit) => {
      const sent = await unit.renewal(kind);
      if (sent !== null && sent.command === renewal.command) await unit.writeRenewal({ ...sent, published: true });
    });
    return renewal;
  }
}
