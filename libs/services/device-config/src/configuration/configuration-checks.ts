import { randomUUID } from 'node:crypto';
import { isCrowdedOut, type Command, type CommandRequest, type StationRef } from '@voltbus/contracts';
import {
  readingMessages,
  variableId,
  type StationLimits,
  type StoredVariable,
  type TypeormDeviceModel,
  type VariableResults,
} from '../device-model';
import type { Profile } from './domain/profile';
import { isToBeSet, stateOf, wantedOf, worstOf, type Attempt, type ItemState, type WantedItem } from './domain/wanted';
import { nextCheck } from './domain/next-check';
import { MAX_MESSAGES, MAX_UNREAD } from './limits';
import { profileMessages, type CheckMessage } from './profile-messages';
import { attemptsOf } from './set-attempts';
import type { TypeormProfiles } from './store/typeorm-profiles';
import type { ConfiguredStation, Phase, StationConfiguration, TypeormStationConfigurations } from './store/typeorm-station-configurations';

/** Behind the commands of operators. */
const PRIORITY = 8;
const READING: ReadonlySet<string> = new Set(['GetVariables', 'GetConfiguration']);
const SETTING: ReadonlySet<string> = new Set(['SetVariables', 'ChangeConfiguration']);

/** A value that a station shall have, what it shows, and where that stands. */
export interface ComparedItem extends WantedItem {
  actual: string | null;
  /** When the station showed that, epoch milliseconds; 0: never. */
  shownAt: number;
  attempt: Attempt | null;
  state: ItemState;
}

interface ConfigurationChecksParts {
  store: TypeormStationConfigurations;
  profiles: TypeormProfiles;
  model: { store: TypeormDeviceModel; results: VariableResults; limits: StationLimits };
  sendCommand(request: CommandRequest): Promise<void>;
  /** Checks that are under way at once. */
  atOnce: number;
  /** Hours between two checks of a station that does not boot; 0: none. */
  everyHours: number;
  now(): Date;
  /** From 0 to 1. */
  random(): number;
}

/** A check that goes on, and the station then. */
interface Turn {
  known: StationConfiguration;
  station: ConfiguredStation;
}

/** Keeps stations configured: reads the values that each shall have, sets those that differ, and notes what came of it. */
export class ConfigurationChecks {
  constructor(private readonly parts: ConfigurationChecksParts) {}

  /** Begins checks of stations that are due. Returns how many. */
  async sweep(): Promise<number> {
    const { store, atOnce, now } = this.parts;
    if (atOnce === 0) return 0;
    const due = await store.begin(atOnce, now());
    for (const ref of due) {
      const turn = await store.inStation(ref, async (unit, station) => ({ station, known: await unit.load() }));
      if (turn !== null) await this.read(ref, turn);
    }
    return due.length;
  }

  /** The end of a command: the check goes on when all of its commands have ended. */
  async onEnded(command: Command): Promise<void> {
    const ref = { tenant: command.tenant, station: command.station };
    const isReading = READING.has(command.action);
    if (!isReading && !SETTING.has(command.action)) return;
    if (!(await this.parts.store.awaits(ref, command.id))) return;
    await this.parts.model.results.onEnded(command); // the check needs what this shows
    const isRead = command.status === 'answered' || (command.status === 'error' && !isCrowdedOut(command));
    const isUnread = isReading && !isRead;
    const turn = await this.parts.store.inStation(ref, async (unit, station) => {
      const before = await unit.load();
      if (!before.commands.includes(command.id)) return null;
      if (!isReading) await unit.writeAttempts(attemptsOf(command, station.firmware ?? ''));
      const known = { ...before, commands: isUnread ? [] : before.commands.filter((id) => id !== command.id) };
      await unit.write(known);
      return known.commands.length === 0 ? { station, known } : null;
    });
    if (turn === null) return;
    if (isReading && !isUnread) await this.set(ref, turn);
    else {
      const items = await this.compare(ref, turn.station, turn.known.values);
      await this.finish(ref, turn, items, { isUnread, isSilent: isUnread && command.sentAt !== null });
    }
  }

  /** Every value that the station shall have, and where it stands now. */
  async compare(
    { tenant, station: name }: StationRef,
    station: ConfiguredStation,
    own: StationConfiguration['values'],
  ): Promise<ComparedItem[]> {
    const { protocol } = station;
    if (protocol === null) return [];
    const ref = { tenant, station: name };
    const profiles: Profile[] = await this.parts.profiles.all(tenant);
    const wanted = wantedOf({ protocol, station, profiles, own });
    const known = await this.variablesOf(ref, wanted);
    const attempts = await this.parts.store.attempts(ref);
    return wanted.map((item) => {
      const variable = known.get(variableId(item.name)) ?? null;
      const attempt = attempts.get(item.id) ?? null;
      const state = stateOf(item, variable, attempt, station.firmware ?? '');
      const { value = null, at = 0 } = variable?.attributes[item.attribute] ?? {};
      return { ...item, actual: value, shownAt: at, attempt, state };
    });
  }

  private async read(ref: StationRef, turn: Turn): Promise<void> {
    const { known, station } = turn;
    const items = await this.compare(ref, station, known.values);
    await this.parts.store.forgetAttemptsBut(
      ref,
      items.map(({ id }) => id),
    );
    const { protocol } = station;
    if (known.paused || protocol === null || items.length === 0) return this.finish(ref, turn, items);
    const limits = await this.parts.model.limits.of(ref, protocol === 'ocpp1.6' ? 'GetConfiguration' : 'GetVariables');
    const oldestFirst = [...items].sort((one, other) => one.shownAt - other.shownAt); // a check may have no room for all of them
    await this.send(ref, turn, 'reading', readingMessages(protocol, oldestFirst, limits));
  }

  private async set(ref: StationRef, turn: Turn): Promise<void> {
    const { known, station } = turn;
    const items = await this.compare(ref, station, known.values);
    const different = items.filter((item) => isToBeSet(item, item.state, item.attempt, this.parts.now()));
    const { protocol } = station;
    if (known.paused || protocol === null || different.length === 0) return this.finish(ref, turn, items);
    const limits = await this.parts.model.limits.of(ref, 'SetVariables');
    await this.send(ref, turn, 'setting', profileMessages(protocol, different, limits));
  }

  private async send(ref: StationRef, turn: Turn, phase: Phase, given: readonly CheckMessage[]): Promise<void> {
    const { model, sendCommand, now } = this.parts;
    const messages = given.slice(0, MAX_MESSAGES).map((message) => ({ ...message, id: randomUUID() }));
    const isStored = await this.goOn(ref, turn, { phase, commands: messages.map(({ id }) => id) });
    if (!isStored) return;
    for (const { actor, ...message } of messages) {
      if (actor !== undefined) await model.store.noteActor(ref, { command: message.id, actor, at: now() });
      await sendCommand({ ...message, ...ref, priority: PRIORITY, requestedBy: 'device-config' });
    }
  }

  /** One that has read nothing says nothing of the station: it is made again soon. */
  private async finish(
    ref: StationRef,
    turn: Turn,
    items: readonly ComparedItem[],
    { isUnread = false, isSilent = false } = {},
  ): Promise<void> {
    const { known } = turn;
    const { everyHours, now, random } = this.parts;
    const unread = isUnread ? known.unread + Number(isSilent) : 0;
    const states = items.map(({ state }) => state);
    const isUnfinished = items.some(({ mode, state }) => isUnread || (mode === 'apply' && state === 'pending'));
    const left = unread >= MAX_UNREAD ? 'unread' : isUnfinished && !known.paused ? 'unfinished' : 'nothing';
    await this.goOn(ref, turn, {
      ...{ phase: null, phaseAt: null, commands: [], unread },
      state: worstOf(states),
      differences: states.filter((state) => state !== 'in-sync').length,
      checkedAt: known.phaseAt ?? now(),
      nextAt: nextCheck(left, { everyHours, now: now(), random: random() }),
    });
  }

  /** False: the check is over already, because it took too long. */
  private async goOn(ref: StationRef, { known }: Turn, changes: Partial<StationConfiguration>): Promise<boolean> {
    const isStored = await this.parts.store.inStation(ref, async (unit) => {
      const now = await unit.load();
      if (now.phase !== known.phase || now.phaseAt?.getTime() !== known.phaseAt?.getTime()) return false;
      const isAskedAgain = changes.phase === null && this.isAskedSince(known.phaseAt, now.nextAt);
      await unit.write({ ...now, ...changes, ...(isAskedAgain ? { nextAt: now.nextAt } : {}) });
      return true;
    });
    return isStored === true;
  }

  /** An operator asked for a check, or changed what the station shall have, while this one was under way. */
  private isAskedSince(begun: Date | null, nextAt: Date | null): boolean {
    return begun !== null && nextAt !== null && nextAt > begun && nextAt <= this.parts.now();
  }

  private async variablesOf(ref: StationRef, wanted: readonly WantedItem[]): Promise<Map<string, StoredVariable>> {
    const ids = wanted.map(({ name }) => variableId(name));
    return new Map((await this.parts.model.store.find(ref, ids)).map((one) => [one.id, one]));
  }
}
