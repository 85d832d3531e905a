import { deterministicId, type Command, type CommandRequest, type ConnectionEvent, type StationRef } from '@voltbus/contracts';
import type { v21 } from '@voltbus/ocpp';
import type { StationMessage } from '@voltbus/service';
import { responseStatus } from '../remote-control';
import type { TransactionTelemetry } from '../telemetry';
import type { TypeormCapabilities, DueForQuery } from './store/typeorm-capabilities';
import {
  changesIn,
  changesInReport,
  reportsEntries,
  capabilityQueries,
  changesOnNoValue,
  queryKeys,
  touchesList,
  type Capabilities,
  type CapabilityChanges,
} from './capability-messages';

/** Time between two sweeps for stations to query. */
export const CAPABILITIES_INTERVAL_MS = 5_000;
/** Stations queried in one sweep: after an outage all of them connect at once. */
export const MAX_ASKED = 200;
/** Behind commands of operators, ahead of background work. */
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
 * Queries stations once per connection, and after an operator's change, for their local list capabilities (D01.FR.11 to
 * 13) and in 2.1 the session limits they support (E16.FR.12). It is no device model: it stores nothing else of them.
 */
export class StationCapabilities {
  constructor(private readonly parts: StationCapabilitiesParts) {}

  /** The known capabilities; `complete`: no answer is awaited, as of a station offline or never queried. */
  async of(ref: StationRef): Promise<{ capabilities: Capabilities; complete: boolean }> {
    const { store, now } = this.parts;
    return (await store.find(ref, now())) ?? { capabilities: {}, complete: true };
  }

  /** Schedules a query: the capabilities may have changed, or are needed for the first time. */
  queryAgain(ref: StationRef): Promise<void> {
    return this.parts.store.queryAgain(ref);
  }

  /** The station is queried from now on, where it is not known. */
  begin(event: ConnectionEvent): Promise<void> {
    return this.parts.store.begin(event);
  }

  /** It says so itself, whatever its configuration says. */
  showsNoCosts(ref: StationRef): Promise<void> {
    return this.update(ref, { costMessages: false }, []);
  }

  onConnected(events: readonly ConnectionEvent[]): Promise<void> {
    return this.parts.store.onConnected(events);
  }

  onDisconnected(events: readonly ConnectionEvent[]): Promise<void> {
    return this.parts.store.onDisconnected(events);
  }

  /** Returns how many stations were queried. After a crash a query is sent again under the same command id. */
  async sweep(): Promise<number> {
    const due = await this.parts.store.dueForQuery(MAX_ASKED);
    for (const station of due) await this.query(station);
    return due.length;
  }

  /** Applies the result of a command, also of one that an operator sent. */
  async onAnswered({ id, tenant, station, action, status, payload, response }: Command): Promise<void> {
    const { store, now } = this.parts;
    const ref = { tenant, station };
    const known = await store.find(ref, now());
    if (known === null) return;
    if (action === 'ChangeConfiguration' || action === 'SetVariables')
      return status === 'answered' && touchesList(action, payload) ? this.queryAgain(ref) : undefined;
    const key = queryKeys(action).find((one) => id === commandId(ref, known.serial, one));
    const cleared = key !== undefined && (status === 'answered' || status === 'error') ? changesOnNoValue(action, payload) : {};
    const changes = status === 'answered' ? { ...cleared, ...changesIn(action, response) } : cleared;
    const reports = responseStatus({ status, response }) === 'Accepted';
    await this.update(ref, changes, key === undefined ? [] : key === 'GetReport' && !reports ? [key, REPORT_ACTION] : [key]);
  }

  /** Applies the reports that a station sends to device-config. */
  async observeReports(reports: readonly StationMessage<v21.NotifyReportRequest>[]): Promise<void> {
    for (const { ref, payload } of reports) {
      const changes = changesInReport(payload);
      if (changes !== null) await this.update(ref, changes, reportsEntries(payload) ? [REPORT_ACTION] : []);
    }
  }

  private async update(ref: StationRef, changes: CapabilityChanges, received: readonly string[]): Promise<void> {
    if (Object.keys(changes).length === 0 && received.length === 0) return;
    await this.parts.store.update(ref, changes, received);
    this.parts.telemetry.capabilitiesChanged(ref, changes);
  }

  private async query(due: DueForQuery): Promise<void> {
    const { store, sendCommand, now } = this.parts;
    const { tenant, station, protocol, serial } = due;
    const queries = capabilityQueries(protocol, due, serial);
    const keys = queries.map(({ key }) => key);
    await store.markQuerying(due, keys.includes('GetReport') ? [...keys, REPORT_ACTION] : keys, now());
    for (const { key, action, payload } of queries) {
      const id = commandId(due, serial, key);
      await sendCommand({ id, tenant, station, action, payload, priority: PRIORITY, requestedBy: 'transaction' });
    }
    await store.markQueried(due);
  }
}

function commandId({ tenant, station }: StationRef, serial: number, key: string): string {
  return deterministicId(tenant, 'capabilities', station, serial, key);
}
