import { deterministicId, type Command, type CommandRequest, type ConnectionEvent, type StationRef } from '@voltbus/contracts';
import type { v21 } from '@voltbus/ocpp';
import type { StationMessage } from '@voltbus/service';
import { responseStatus } from '../remote-control';
import type { TransactionTelemetry } from '../telemetry';
import type { TypeormCapabilities, DueForQuery } from './store/typeorm-capabilities';
import {
  maxEntriesIn,
  changesIn,
  capabilityQueries,
  changesOnNoValue,
  touchesList,
  type Capabilities,
  type CapabilityChanges,
} from './capability-messages';

/** How often it is looked for stations to ask. */
export const CAPABILITIES_INTERVAL_MS = 5_000;
/** Asked in one sweep: after an outage all of them come at once. */
export const MAX_ASKED = 200;
/** Behind what an operator wants, before what nobody waits for. */
const PRIORITY = 7;
/** Actions whose answers show capabilities, also when an operator sent the command. */
export const CAPABILITY_ACTIONS = ['GetConfiguration', 'GetVariables', 'GetReport', 'ChangeConfiguration', 'SetVariables'] as const;

/** Answered by device-config; this service observes it. */
export const REPORT_ACTION = 'NotifyReport';

interface StationCapabilitiesParts {
  store: TypeormCapabilities;
  telemetry: TransactionTelemetry;
  sendCommand(request: CommandRequest): Promise<void>;
  now(): Date;
}

/**
 * Asks stations what they can do, as far as this service wants to know it: whether and how they take a local list
 * (D01.FR.11 to 13), and in 2.1 which limits of a session they keep (E16.FR.12). Once per connection, and again when an
 * operator has changed it. No device model: nothing else is kept of what stations say of themselves.
 */
export class StationCapabilities {
  constructor(private readonly parts: StationCapabilitiesParts) {}

  /**
   * What it has said; `settled`: nothing more is waited for. Nobody waits for a station that is away, or was never
   * wanted to say.
   */
  async of(ref: StationRef): Promise<{ said: Capabilities; settled: boolean }> {
    const { store, now } = this.parts;
    return (await store.find(ref, now())) ?? { said: {}, settled: true };
  }

  /** What it says may have changed, or is wanted for the first time. */
  queryAgain(ref: StationRef): Promise<void> {
    return this.parts.store.queryAgain(ref);
  }

  onConnected(event: ConnectionEvent): Promise<void> {
    return this.parts.store.onConnected(event);
  }

  onDisconnected(event: ConnectionEvent): Promise<void> {
    return this.parts.store.onDisconnected(event);
  }

  /**
   * Returns how many stations were asked. Asked again after a crash, under the same ids: asking twice is asking once.
   */
  async sweep(): Promise<number> {
    const unasked = await this.parts.store.dueForQuery(MAX_ASKED);
    for (const one of unasked) await this.query(one);
    return unasked.length;
  }

  /** The end of a command, also of one that an operator sent. */
  async onAnswered({ id, tenant, station, action, status, payload, response }: Command): Promise<void> {
    const { store, now } = this.parts;
    const ref = { tenant, station };
    const known = await store.find(ref, now());
    if (known === null) return;
    if (action === 'ChangeConfiguration' || action === 'SetVariables')
      return status === 'answered' && touchesList(action, payload) ? this.queryAgain(ref) : undefined;
    const ours = id === commandId(ref, known.serial, action);
    const staleTransactions = ours && (status === 'answered' || status === 'error') ? changesOnNoValue(action) : {};
    const news = status === 'answered' ? { ...staleTransactions, ...changesIn(action, response) } : staleTransactions;
    const reports = responseStatus({ status, response }) === 'Accepted';
    await this.update(ref, news, !ours ? [] : action === 'GetReport' && !reports ? [action, REPORT_ACTION] : [action]);
  }

  /** Reports that a station makes to device-config. */
  async observeReports(reports: readonly StationMessage<v21.NotifyReportRequest>[]): Promise<void> {
    for (const { ref, payload } of reports) {
      const news = maxEntriesIn(payload);
      if (news !== null) await this.update(ref, news, [REPORT_ACTION]);
    }
  }

  private async update(ref: StationRef, news: CapabilityChanges, settles: readonly string[]): Promise<void> {
    if (Object.keys(news).length === 0 && settles.length === 0) return;
    await this.parts.store.update(ref, news, settles);
    this.parts.telemetry.capabilitiesChanged(ref, news);
  }

  private async query(unasked: DueForQuery): Promise<void> {
    const { store, sendCommand, now } = this.parts;
    const { tenant, station, protocol, serial } = unasked;
    const asks = capabilityQueries(protocol, unasked, serial);
    const actions = asks.map(({ action }) => action);
    await store.markQuerying(unasked, actions.includes('GetReport') ? [...actions, REPORT_ACTION] : actions, now());
    for (const { action, payload } of asks) {
      const id = commandId(unasked, serial, action);
      await sendCommand({ id, tenant, station, action, payload, priority: PRIORITY, requestedBy: 'transaction' });
    }
    await store.markQueried(unasked);
  }
}

function commandId({ tenant, station }: StationRef, serial: number, action: string): string {
  return deterministicId(tenant, 'capabilities', station, serial, action);
}
