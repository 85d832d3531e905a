import { CsmsError, deterministicId, type Command, type CommandRequest, type ConnectionEvent, type StationRef } from '@voltbus/contracts';
import type { v21 } from '@voltbus/ocpp';
import type { Capabilities, StationCapabilities } from '../capabilities';
import { responseStatus } from '../remote-control';
import type { TransactionTelemetry } from '../telemetry';
import {
  switchedOn,
  afterResult,
  forced,
  afterLostResult,
  nextStep,
  planned,
  takesNone,
  tooLong,
  tooMany,
  type Kind,
  type LocalList,
  type Step,
} from './domain/local-list';
import { MAX_ENTRIES, entriesOf, messageOf, messageSize, stepOf } from './list-parts';
import { settingsOf, untouched, type LocalListSettings } from './local-list-settings';
import { KEEP_REMOVED_MS, type TypeormTokenChanges } from './store/typeorm-token-changes';
import type { StoredLocalList, TypeormLocalLists } from './store/typeorm-local-lists';
import { viewOf, type LocalListView } from './local-list-view';

/** Time between two sweeps. */
export const LOCAL_LIST_INTERVAL_MS = 5_000;
/** Stations planned in one sweep: after an outage all of them connect at once. */
export const MAX_DUE = 200;
/** Removals deleted in one sweep. */
const FORGET_BATCH = 1_000;
/** A command without a result after this time has lost it: the router publishes results much earlier. */
export const NO_RESULT_MS = 30 * 60_000;
/** Behind commands of operators, ahead of background work. */
const PRIORITY = 7;

interface LocalListParts {
  store: TypeormLocalLists;
  capabilities: Pick<StationCapabilities, 'of' | 'queryAgain'>;
  telemetry: TransactionTelemetry;
  sendCommand(request: CommandRequest): Promise<void>;
  now(): Date;
}

/**
 * Keeps the local authorization lists of stations the same as the tenant's tokens (block D; 1.6 sections 5.10 and
 * 5.15), with one command at a time to each.
 */
export class LocalLists {
  constructor(private readonly parts: LocalListParts) {}

  async show(ref: StationRef): Promise<LocalListView> {
    const { store, capabilities, now } = this.parts;
    const kept = (await store.find(ref)) ?? untouched(ref, now());
    return viewOf(kept, (await capabilities.of(ref)).capabilities, store.tokens(ref), now());
  }

  /**
   * Stores what `decide` makes of the settings while nobody else changes the list. Off leaves the list at the station unchanged. Repeated, on restarts a list
   * that failed or was not supported.
   */
  async set(ref: StationRef, decide: (before: LocalListSettings) => LocalListSettings): Promise<LocalListSettings> {
    const stored = await this.change(ref, (kept) => {
      const { list } = kept;
      const { mode, entriesPerMessage } = decide(settingsOf(kept));
      const working = list.mode === 'tokens' && list.standing === 'works';
      const wanted = mode === 'off' ? { ...list, mode } : working ? list : switchedOn(list);
      return { ...kept, list: wanted, perMessage: entriesPerMessage };
    });
    if (stored.list.mode !== 'off') await this.parts.capabilities.queryAgain(ref);
    return settingsOf(stored);
  }

  /** Schedules a Full, whatever version the station reports. */
  async force(ref: StationRef): Promise<void> {
    await this.change(ref, (kept) => {
      if (kept.list.mode === 'off') throw new CsmsError('conflict', 'the local list of this station is switched off');
      return { ...kept, list: forced(kept.list) };
    });
    await this.parts.capabilities.queryAgain(ref);
  }

  /** On a new connection the list version is queried first (D02). */
  onConnected(events: readonly ConnectionEvent[]): Promise<void> {
    return this.parts.store.onConnected(events, this.parts.now());
  }

  onDisconnected(events: readonly ConnectionEvent[]): Promise<void> {
    return this.parts.store.onDisconnected(events);
  }

  /**
   * Plans and sends the steps that are due. A step planned before a crash is sent under its planned command id, so a
   * second command changes nothing.
   */
  async sweep(): Promise<void> {
    const { store, now } = this.parts;
    await store.numberUnnumbered();
    for (const { ref, command } of await store.overdue(new Date(now().getTime() - NO_RESULT_MS), MAX_DUE))
      await this.change(ref, (kept) =>
        kept.command === command ? { ...kept, list: afterLostResult(kept.list, now()), command: null } : kept,
      );
    for (const ref of await store.due(now(), MAX_DUE)) await this.plan(ref);
    for (const kept of await store.unasked(MAX_DUE)) await this.send(kept);
    await store.forget(new Date(now().getTime() - KEEP_REMOVED_MS), FORGET_BATCH);
  }

  /** Applies the result of a command. The next part of a list in parts follows at once. */
  async onAnswered(command: Command): Promise<void> {
    const { store, telemetry, now } = this.parts;
    const ref = { tenant: command.tenant, station: command.station };
    let kind: Kind = 'version';
    const updated = await store.change(ref, (kept) => {
      if (kept === null || kept.command !== command.id) return Promise.resolve(null); // an operator's own command, or a repeated result
      kind = kept.list.step?.kind ?? kind;
      return Promise.resolve({ ...kept, list: afterResult(kept.list, command, now()), command: null, changedAt: now() });
    });
    if (updated === null) return;
    telemetry.localListAnswered(ref, kind, updated.list.lastOutcome ?? '');
    const planned = await this.plan(ref);
    if (planned !== null) await this.send(planned);
  }

  /**
   * N10.FR.02, .03, .06: after customer data was cleared, a SendLocalList removes the entry until the token changes.
   * Only an idToken identifies an entry; a customer identifier or a certificate does not.
   */
  async onCustomerCleared({ tenant, station, payload, ...end }: Command): Promise<void> {
    const { clear, idToken } = payload as Partial<v21.CustomerInformationRequest>; // the router has checked it
    if (responseStatus(end) !== 'Accepted' || clear !== true || idToken === undefined) return;
    const ref = { tenant, station };
    if ((await this.parts.store.find(ref))?.list.mode !== 'tokens') return;
    if (await this.parts.store.erase(ref, idToken.idToken)) this.parts.telemetry.localListEntryErased(ref);
  }

  private change(ref: StationRef, work: (kept: StoredLocalList) => StoredLocalList): Promise<StoredLocalList> {
    const { store, now } = this.parts;
    return store.change(ref, (kept) => Promise.resolve({ ...work(kept ?? untouched(ref, now())), changedAt: now() }));
  }

  /**
   * Stores the next step before it is sent. There is none while the station's capabilities are queried.
   */
  private async plan(ref: StationRef): Promise<StoredLocalList | null> {
    const { store, capabilities, now } = this.parts;
    const { capabilities: reported, complete } = await capabilities.of(ref);
    if (!complete || takesNone(reported)) return null;
    return store.change(ref, async (kept, tokens) => {
      if (kept === null) return null;
      const changes = await tokens.changes(now());
      const kind = nextStep(kept.list, changes, now());
      if (kind === null) return null;
      const refused = kind === 'version' ? null : await tooLongFor(reported, tokens, kept.list, now());
      if (refused !== null) return { ...kept, list: refused, changedAt: now() };
      const size = messageSize(kept.perMessage, reported);
      const step = await stepOf(tokens, { list: kept.list, kind, revision: changes.revision, size, at: now() });
      const serial = kept.serial + 1;
      const command = commandId(ref, serial, step);
      return { ...kept, list: planned(kept.list, step, changes.revision), serial, command, changedAt: now() };
    });
  }

  private async send(kept: StoredLocalList): Promise<void> {
    const { store, sendCommand } = this.parts;
    const { ref, command } = kept;
    const { step } = kept.list;
    if (step === null || command === null) return;
    const { action, payload } = step.kind === 'version' ? { action: 'GetLocalListVersion', payload: {} } : await this.listFor(kept, step);
    await sendCommand({ id: command, ...ref, action, payload, priority: PRIORITY, requestedBy: 'transaction' });
    await store.asked(ref, command);
  }

  private async listFor({ ref, list }: StoredLocalList, step: Exclude<Step, { kind: 'version' }>) {
    const { store, telemetry, now } = this.parts;
    const { payload, inexpressible } = await messageOf(store.tokens(ref), list, step, now());
    if (inexpressible > 0) telemetry.localListTokensLeftOut(ref, inexpressible);
    return { action: 'SendLocalList', payload };
  }
}

/** The state of a list that is too long to be sent; null: it is not too long. */
async function tooLongFor(
  { maxEntries: room }: Capabilities,
  tokens: TypeormTokenChanges,
  list: LocalList,
  at: Date,
): Promise<LocalList | null> {
  const entries = await entriesOf(tokens, list, room ?? Infinity, at);
  if (entries > MAX_ENTRIES) return tooMany(list, MAX_ENTRIES, at);
  return room !== undefined && entries > room ? tooLong(list, room, at) : null;
}

function commandId({ tenant, station }: StationRef, serial: number, step: Step): string {
  return deterministicId(tenant, 'local-list', station, serial, step.kind, step.kind === 'version' ? 0 : step.upTo);
}
