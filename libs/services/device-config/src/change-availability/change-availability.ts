import { randomUUID } from 'node:crypto';
import { CsmsError, commandEnded, commandOutcome, type Command, type Protocol, type StationRef } from '@voltbus/contracts';
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
import { pauseAfter, type ReportedState } from './domain/next-change';
import { MAX_PLACES } from './limits';
import type { AvailabilityUnit, TypeormWantedAvailability } from './store/typeorm-wanted-availability';

const ACTION = 'ChangeAvailability';

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
  now(): Date;
}

/** A command that is to be sent. */
interface Due {
  id: string;
  payload: Record<string, unknown>;
}

/** Takes stations and their parts out of service and puts them back, and keeps it so (G03, G04; 1.6 section 5.2). */
export class ChangeAvailability {
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
