import { randomUUID } from 'node:crypto';
import {
  CsmsError,
  commandEnded,
  commandOutcome,
  type Command,
  type CommandRequest,
  type Protocol,
  type StationRef,
} from '@voltbus/contracts';
import type { CommandSender } from '@voltbus/service';
import type { LockedStation } from '../stations/typeorm-in-station';
import {
  changeIn,
  changeRequest,
  hasWithin,
  placeFor,
  stateAfter,
  type Availability,
  type Place,
  type WantedAvailability,
} from './domain/availability';
import { nextStep, pauseAfter, type ReportedState } from './domain/next-change';
import { AT_ONCE, MAX_PAGES, MAX_PLACES, RESULT_TIMEOUT_MS, SETTLE_MS } from './limits';
import type { AvailabilityUnit, TypeormWantedAvailability } from './store/typeorm-wanted-availability';

const ACTION = 'ChangeAvailability';
/** Behind the commands of operators. */
const PRIORITY = 8;

/** What an operator wants. */
export interface RequestedChange extends Place {
  availability: Availability;
  reason: string | null;
  /** Id of an API key, or `administrator`. */
  changedBy: string;
}

/** What is wanted of a station, beside what it reports. */
export interface ShownAvailability {
  wanted: WantedAvailability[];
  reported: (ReportedState & { changedAt: Date })[];
}

interface ChangeAvailabilityParts {
  store: TypeormWantedAvailability;
  commands: CommandSender;
  sendCommand(request: CommandRequest): Promise<void>;
  now(): Date;
}

/** A command that is to be sent. */
interface Due {
  id: string;
  payload: Record<string, unknown>;
}

/** Takes stations and their parts out of service and puts them back, and keeps it so (G03, G04; 1.6 section 5.2). */
export class ChangeAvailability {
  /** The last station at which a look looked; null: the next one begins at the first. Many may be looked at and need nothing. */
  private reached: StationRef | null = null;

  constructor(private readonly parts: ChangeAvailabilityParts) {}

  /** Keeps what is wanted and sends it; where the station cannot be reached, it is sent later. Throws `unknown-station`, and `conflict` beyond `MAX_PLACES`. */
  async change(ref: StationRef, requested: RequestedChange, waitMs: number): Promise<ShownAvailability> {
    const due = await this.parts.store.inStation(ref, (unit, station) => this.want(unit, station, requested));
    if (due === null) throw new CsmsError('unknown-station', 'no such station');
    if (due.id !== null) {
      const { id, payload } = due;
      const command = await this.send(ref, { id, payload }, waitMs);
      if (command !== null && commandEnded(command.status)) await this.onEnded(command);
    }
    return this.show(ref);
  }

  async show(ref: StationRef): Promise<ShownAvailability> {
    const shown = await this.parts.store.inStation(ref, async (unit) => ({ wanted: await unit.wanted(), reported: await unit.reported() }));
    if (shown === null) throw new CsmsError('unknown-station', 'no such station');
    return shown;
  }

  /** Sends what waits, and what stations have lost, to `AT_ONCE` stations. Returns at how many it looked. The next look goes on behind them. */
  async sweep(): Promise<number> {
    const now = this.parts.now();
    const before = (ms: number) => new Date(now.getTime() - ms);
    let [looked, sent] = [0, 0];
    for (let page = 0; page < MAX_PAGES && sent < AT_ONCE; page++) {
      const candidates = await this.parts.store.candidates({
        ...{ settledBefore: before(SETTLE_MS), lostBefore: before(RESULT_TIMEOUT_MS), now, after: this.reached, most: AT_ONCE },
      });
      this.reached = candidates.length < AT_ONCE ? null : (candidates.at(-1) ?? null);
      for (const ref of candidates) sent += (await this.sendDue(ref, now)) > 0 ? 1 : 0;
      looked += candidates.length;
      if (this.reached === null) break;
    }
    return looked;
  }

  /** The end of a change, whoever sent it: what an operator's own command has changed is wanted from then on. */
  async onEnded(command: Command): Promise<void> {
    if (command.action !== ACTION) return;
    const ref = { tenant: command.tenant, station: command.station };
    await this.parts.store.inStation(ref, async (unit, station) => {
      const all = await unit.wanted();
      const ours = all.find((one) => one.command === command.id);
      const state = stateAfter(command);
      const endedAt = command.endedAt === null ? this.parts.now() : new Date(command.endedAt);
      const answeredAt = command.status === 'answered' ? endedAt : null;
      if (ours !== undefined) {
        const isTry = commandOutcome(command).kind !== 'no-delivery';
        if (ours.state === 'sent') await unit.write({ ...ours, ...settled(ours, state, { at: endedAt, isTry }), answeredAt });
        return;
      }
      const change = changeIn(command.payload);
      if (change === null || (state !== 'accepted' && state !== 'scheduled')) return;
      await this.adopt(unit, station, { all, change, command, state, answeredAt: endedAt });
    });
  }

  private async sendDue(ref: StationRef, now: Date): Promise<number> {
    const due = (await this.parts.store.inStation(ref, (unit, station) => this.dueOf(unit, station, now))) ?? [];
    for (const { id, payload } of due)
      await this.parts.sendCommand({ id, ...ref, action: ACTION, payload, priority: PRIORITY, requestedBy: 'device-config' });
    return due.length;
  }

  private async want(unit: AvailabilityUnit, { protocol }: LockedStation, requested: RequestedChange) {
    const now = this.parts.now();
    const place = placeFor(protocol, requested);
    const all = await unit.wanted();
    const others = await this.replaced(unit, protocol, place, all);
    if (others.length >= MAX_PLACES)
      throw new CsmsError('conflict', `something is wanted of ${MAX_PLACES} places of the station: it may be of no more`);
    const { availability, reason, changedBy } = requested;
    const id = protocol === null ? null : randomUUID();
    await unit.write({
      ...{ ...place, availability, reason, changedBy, changedAt: now, command: id, answeredAt: null, nextAt: null },
      ...(id === null ? { state: 'waiting', sentAt: null, tries: 0 } : { state: 'sent', sentAt: now, tries: 1 }),
    });
    return { id, payload: protocol === null ? {} : changeRequest(protocol, place, availability) };
  }

  /** Removes what the change takes the place of; returns what else is wanted. In 1.6, connector 0 stands for all connectors. */
  private async replaced(unit: AvailabilityUnit, protocol: Protocol | null, place: Place, all: readonly WantedAvailability[]) {
    const others = all.filter(({ evse, connector }) => evse !== place.evse || connector !== place.connector);
    if (protocol !== 'ocpp1.6' || place.evse !== 0) return others;
    for (const other of others.filter((one) => hasWithin(place, one))) await unit.remove(other);
    return [];
  }

  /** Null: the router refused it, and it is sent again later. */
  private async send(ref: StationRef, { id, payload }: Due, waitMs: number): Promise<Command | null> {
    try {
      const waitSeconds = Math.max(1, Math.ceil(waitMs / 1_000));
      return await this.parts.commands.sendCommand({ id, ref, action: ACTION, payload, waitSeconds, requestedBy: 'device-config' });
    } catch (error) {
      if (!(error instanceof CsmsError) || error.code !== 'too-many-commands') throw error;
      await this.parts.store.inStation(ref, async (unit) => {
        const ours = (await unit.wanted()).find(({ command }) => command === id);
        const refused = { at: this.parts.now(), isTry: false };
        if (ours !== undefined) await unit.write({ ...ours, ...settled(ours, 'waiting', refused) });
      });
      return null;
    }
  }

  private async dueOf(unit: AvailabilityUnit, { protocol, bootedAt, online }: LockedStation, now: Date): Promise<Due[]> {
    if (protocol === null || !online) return [];
    const [all, reported] = [await unit.wanted(), await unit.reported()];
    const due: Due[] = [];
    for (const wanted of all) {
      const step = nextStep(wanted, { all, reported, bootedAt, now });
      if (step === 'give-up') await unit.write({ ...wanted, state: 'failed', nextAt: null });
      if (step !== 'send') continue;
      const place = placeFor(protocol, wanted);
      const hasBooted = bootedAt !== null && wanted.sentAt !== null && bootedAt > wanted.sentAt;
      const tries = hasBooted ? 1 : wanted.tries + 1;
      const id = randomUUID();
      if (place.connector !== wanted.connector) await unit.remove(wanted); // it was wanted before the version was known
      await unit.write({
        ...wanted,
        ...place,
        state: 'sent',
        command: id,
        sentAt: now,
        answeredAt: null,
        tries,
        nextAt: new Date(now.getTime() + pauseAfter(tries)),
      });
      due.push({ id, payload: changeRequest(protocol, place, wanted.availability) });
    }
    return due;
  }

  private async adopt(
    unit: AvailabilityUnit,
    { protocol }: LockedStation,
    { all, change, command, state, answeredAt }: Adopted,
  ): Promise<void> {
    const place = placeFor(protocol, change);
    const known = all.find(({ evse, connector }) => evse === place.evse && connector === place.connector);
    const changedAt = new Date(command.createdAt);
    if (known !== undefined && known.changedAt > changedAt) return; // something else was wanted meanwhile
    const others = await this.replaced(unit, protocol, place, all);
    if (others.length >= MAX_PLACES) return;
    const { availability } = change;
    await unit.write({
      ...{
        ...place,
        availability,
        reason: null,
        changedBy: 'command',
        changedAt,
        state,
        command: command.id,
        answeredAt,
        tries: 1,
        nextAt: null,
      },
      sentAt: command.sentAt === null ? answeredAt : new Date(command.sentAt),
    });
  }
}

interface Adopted {
  all: readonly WantedAvailability[];
  change: Place & { availability: Availability };
  command: Command;
  state: WantedAvailability['state'];
  answeredAt: Date;
}

/** What did not reach the station is sent again later, and was no try. */
function settled({ tries }: WantedAvailability, state: WantedAvailability['state'], { at, isTry }: { at: Date; isTry: boolean }) {
  if (state !== 'waiting') return { state };
  return { state, tries: isTry ? tries : Math.max(0, tries - 1), nextAt: new Date(at.getTime() + pauseAfter(tries)) };
}
