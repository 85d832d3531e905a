import { CsmsError, deterministicId, type Command, type CommandRequest, type ConnectionEvent, type StationRef } from '@voltbus/contracts';
import type { Happenings } from '../happenings';
import {
  begun,
  ended,
  forced,
  lost,
  next,
  planned,
  stateOf,
  tooMany,
  type Kind,
  type LocalList,
  type Mode,
  type State,
  type Step,
} from './list';
import { KEEP_REMOVED_MS, type Part, type TypeormTokenChanges } from './typeorm-token-changes';
import type { Kept, TypeormLocalLists } from './typeorm-local-lists';
import { sendLocalList } from './words';

/** How often it is looked for something to send. */
export const LOCAL_LIST_INTERVAL_MS = 5_000;
/** Stations that are begun with in one sweep: after an outage all of them come at once. */
export const MAX_DUE = 200;
/** Removals that are forgotten in one sweep. */
const FORGET_BATCH = 1_000;
/** Entries in one message, unless an operator knows what the station takes (SendLocalListMaxLength, ItemsPerMessage). */
export const ENTRIES_PER_MESSAGE = 100;
/** Most that an operator may ask for: what the router takes as one payload holds as many of the longest. */
export const MOST_PER_MESSAGE = 500;
/** Tokens of a tenant that can be a list. Nobody's station takes more. */
export const MAX_ENTRIES = 10_000;
/** The router says how a command ended long before. */
export const NO_WORD_MS = 30 * 60_000;
/** Behind what an operator wants, before what nobody waits for. */
const PRIORITY = 7;

export interface LocalListView {
  station: string;
  mode: Mode;
  entriesPerMessage: number;
  desiredVersion: number | null;
  reportedVersion: number | null;
  state: State;
  lastOutcome: string | null;
  changedAt: string | null;
  entries: number;
}

export interface LocalListParts {
  store: TypeormLocalLists;
  happenings: Happenings;
  ask(request: CommandRequest): Promise<void>;
  now(): Date;
}

/** Keeps the local authorization lists of stations the same as the tenant's tokens (block D; 1.6 sections 5.10 and 5.15), one question at a time to each. */
export class LocalLists {
  constructor(private readonly parts: LocalListParts) {}

  async show(ref: StationRef): Promise<LocalListView> {
    const { store, now } = this.parts;
    const kept = (await store.find(ref)) ?? untouched(ref, now());
    const { list } = kept;
    const tokens = store.tokens(ref.tenant);
    const { revision } = await tokens.changes(now());
    return {
      station: ref.station,
      mode: list.mode,
      entriesPerMessage: kept.perMessage,
      desiredVersion: list.mode === 'off' ? null : revision,
      reportedVersion: list.version,
      state: stateOf(list, revision),
      lastOutcome: list.lastOutcome,
      changedAt: kept.serial === 0 && list.mode === 'off' ? null : kept.changedAt.toISOString(),
      entries: list.mode === 'off' ? 0 : await tokens.count(MAX_ENTRIES),
    };
  }

  /** Off leaves the station's list as it is. On, once more, begins anew with a station that has failed or knew no lists. */
  async set(ref: StationRef, { mode, entriesPerMessage }: { mode: Mode; entriesPerMessage?: number | undefined }): Promise<void> {
    await this.change(ref, (kept) => {
      const { list } = kept;
      const working = list.mode === 'tokens' && list.standing === 'works';
      const wanted = mode === 'off' ? { ...list, mode } : working ? list : begun(list);
      return { ...kept, list: wanted, perMessage: entriesPerMessage ?? kept.perMessage };
    });
  }

  /** A Full, whatever the station says it has. */
  async force(ref: StationRef): Promise<void> {
    await this.change(ref, (kept) => {
      if (kept.list.mode === 'off') throw new CsmsError('conflict', 'the local list of this station is switched off');
      return { ...kept, list: forced(kept.list) };
    });
  }

  /** A new connection: what the station has is asked first (D02). */
  came(event: ConnectionEvent): Promise<void> {
    return this.parts.store.came(event, this.parts.now());
  }

  went(event: ConnectionEvent): Promise<void> {
    return this.parts.store.went(event);
  }

  /** Does what is to be done. After a crash: asks what was planned under the id it was planned with, so that asking twice is asking once. */
  async sweep(): Promise<void> {
    const { store, now } = this.parts;
    await store.numberUnnumbered();
    for (const { ref, command } of await store.overdue(new Date(now().getTime() - NO_WORD_MS), MAX_DUE))
      await this.change(ref, (kept) => (kept.command === command ? { ...kept, list: lost(kept.list, now()), command: null } : kept));
    for (const ref of await store.due(now(), MAX_DUE)) await this.plan(ref);
    for (const kept of await store.unasked(MAX_DUE)) await this.send(kept);
    await store.forgetRemoved(new Date(now().getTime() - KEEP_REMOVED_MS), FORGET_BATCH);
  }

  /** How a station answered. Of a list in parts, the next follows at once. */
  async answered(command: Command): Promise<void> {
    const { store, happenings, now } = this.parts;
    const ref = { tenant: command.tenant, station: command.station };
    let kind: Kind = 'version';
    const settled = await store.change(ref, (kept) => {
      if (kept === null || kept.command !== command.id) return Promise.resolve(null); // an operator's own, or told before
      kind = kept.list.step?.kind ?? kind;
      return Promise.resolve({ ...kept, list: ended(kept.list, command, now()), command: null, changedAt: now() });
    });
    if (settled === null) return;
    happenings.localListAnswered(ref, kind, settled.list.lastOutcome ?? '');
    const planned = await this.plan(ref);
    if (planned !== null) await this.send(planned);
  }

  private async change(ref: StationRef, work: (kept: Kept) => Kept): Promise<void> {
    const { store, now } = this.parts;
    await store.change(ref, (kept) => Promise.resolve({ ...work(kept ?? untouched(ref, now())), changedAt: now() }));
  }

  /** Decides what to ask, and stores it before it is asked. */
  private plan(ref: StationRef): Promise<Kept | null> {
    const { store, now } = this.parts;
    return store.change(ref, async (kept, tokens) => {
      if (kept === null) return null;
      const changes = await tokens.changes(now());
      const kind = next(kept.list, changes, now());
      if (kind === null) return null;
      if (kind !== 'version' && (await tokens.count(MAX_ENTRIES)) > MAX_ENTRIES)
        return { ...kept, list: tooMany(kept.list, MAX_ENTRIES, now()), changedAt: now() };
      const step = await stepOf(tokens, kept, kind, changes.revision);
      const serial = kept.serial + 1;
      const command = commandId(ref, serial, step);
      return { ...kept, list: planned(kept.list, step, changes.revision), serial, command, changedAt: now() };
    });
  }

  private async send(kept: Kept): Promise<void> {
    const { store, ask } = this.parts;
    const { ref, command } = kept;
    const { step } = kept.list;
    if (step === null || command === null) return;
    const { action, payload } = step.kind === 'version' ? { action: 'GetLocalListVersion', payload: {} } : await this.listFor(kept, step);
    await ask({ id: command, ...ref, action, payload, priority: PRIORITY, requestedBy: 'transaction' });
    await store.asked(ref, command);
  }

  private async listFor({ ref, list }: Kept, { kind, base, upTo }: Exclude<Step, { kind: 'version' }>) {
    const { store, happenings, now } = this.parts;
    const protocol = list.protocol ?? 'ocpp1.6'; // known since the version was told
    // all of the part as it was planned, whatever an operator has said since of how much the station takes
    const changes = await store.tokens(ref.tenant).in(partOf({ list, perMessage: MOST_PER_MESSAGE }, kind, { base, upTo }));
    const updateType = kind === 'full' ? 'Full' : 'Differential';
    const { payload, unsayable } = sendLocalList(protocol, { updateType, version: upTo, changes, at: now() });
    if (unsayable > 0) happenings.localListUnsayable(ref, unsayable);
    return { action: 'SendLocalList', payload };
  }
}

/** A station of which nobody has said anything. */
function untouched(ref: StationRef, at: Date): Kept {
  const list: LocalList = {
    ...{ mode: 'off', connected: false, protocol: null, version: null, cleared: 0, target: 0, asks: false, whole: false, unproven: null },
    ...{ standing: 'works', attempts: 0, retryAt: null, lastOutcome: null, step: null },
  };
  return { ref, list, perMessage: ENTRIES_PER_MESSAGE, serial: 0, command: null, changedAt: at };
}

async function stepOf(tokens: TypeormTokenChanges, kept: Kept, kind: Kind, revision: number): Promise<Step> {
  if (kind === 'version') return { kind };
  const base = kind === 'full' ? 0 : (kept.list.version ?? 0);
  return { kind, base, upTo: await tokens.endOf(partOf(kept, kind, { base, upTo: revision })) };
}

/** A Full begins with nothing: there is nothing to take out. */
function partOf({ list, perMessage }: Pick<Kept, 'list' | 'perMessage'>, kind: Kind, { base, upTo }: Pick<Part, 'base' | 'upTo'>): Part {
  return { base, upTo, cleared: kind === 'full' ? null : list.cleared, limit: perMessage, typed: list.protocol !== 'ocpp1.6' };
}

function commandId({ tenant, station }: StationRef, serial: number, step: Step): string {
  return deterministicId(tenant, 'local-list', station, serial, step.kind, step.kind === 'version' ? 0 : step.upTo);
}
