import { randomUUID } from 'node:crypto';
import { CsmsError, commandEnded, invalidAt, type Command, type CommandRequest, type Protocol, type StationRef } from '@voltbus/contracts';
import type { CommandSender } from '@voltbus/service';
import { drawNumber } from '../stations/draw-number';
import type { DeviceConfigTelemetry } from '../telemetry';
import { inMessages, sizeOf } from './domain/message-limits';
import { wireNames } from './domain/setting';
import { MAX_REPORTS } from './limits';
import { REPORT_REQUESTS, endOf, type Reports } from './reports';
import type { StationLimits } from './station-limits';
import type { TypeormDeviceModel } from './store/typeorm-device-model';
import type { StoredReport } from './store/typeorm-reports';
import { AUTOMATIC, type DueStation, type TypeormReportSchedule } from './store/typeorm-report-schedule';

/** Behind the commands of operators. */
const PRIORITY = 8;
const REQUESTS: ReadonlySet<string> = new Set([...REPORT_REQUESTS, 'GetConfiguration']);

export const BASE_REPORTS = ['FullInventory', 'ConfigurationInventory', 'SummaryInventory'] as const;
type BaseReport = (typeof BASE_REPORTS)[number];

/** B08.FR.01: components that are so; together with names, those of them. */
export const REPORT_CRITERIA = ['Active', 'Available', 'Enabled', 'Problem'] as const;

/** A component, or one of its variables. */
interface NamedVariable {
  component: string;
  componentInstance?: string | undefined;
  evse?: number | undefined;
  connector?: number | undefined;
  /** Absent: all of the component. */
  variable?: string | undefined;
  variableInstance?: string | undefined;
}

interface CustomReport {
  criteria: readonly (typeof REPORT_CRITERIA)[number][];
  named: readonly NamedVariable[];
  actor: string;
}

/** For the size of a message whose number is not drawn yet. */
const LARGEST_NUMBER = 2 ** 31 - 1;

interface ReportRequestsParts {
  store: TypeormDeviceModel;
  schedule: TypeormReportSchedule;
  reports: Reports;
  limits: Pick<StationLimits, 'of'>;
  telemetry: DeviceConfigTelemetry;
  commands: CommandSender;
  sendCommand(request: CommandRequest): Promise<void>;
  /** Stations that are asked at once because of their firmware. */
  atOnce: number;
  now(): Date;
}

/** Requests reports: of an operator, and of each station that booted with another firmware (B07.FR.14). */
export class ReportRequests {
  constructor(private readonly parts: ReportRequestsParts) {}

  /** Returns the id of the report. Throws `conflict` for a station that never connected: the version that it speaks is not known. */
  async request(ref: StationRef, { base, actor }: { base: BaseReport; actor: string }): Promise<string> {
    const protocol = await this.parts.store.protocolOf(ref);
    const { id, action, payload } = await this.expected(ref, { protocol, base, requestedBy: actor });
    const command = await this.parts.commands.sendCommand({ id, ref, action, payload, requestedBy: 'device-config' });
    if (commandEnded(command.status)) await this.onEnded(command);
    return id;
  }

  /**
   * B08: what a station has of some components or variables. One request takes as many of the named as the station has told; each makes a report of its own.
   * Returns the ids of the reports. Throws `conflict` for a station of 1.6, and for one that never connected.
   */
  async requestCustom(ref: StationRef, { criteria, named, actor }: CustomReport): Promise<string[]> {
    const { store, limits, reports, commands, now } = this.parts;
    if ((await store.protocolOf(ref)) === 'ocpp1.6') throw new CsmsError('conflict', 'a station of 1.6 reports all its keys, or none');
    const payloadOf = (requestId: number, some: readonly NamedVariable[]) => ({
      requestId,
      ...(criteria.length === 0 ? {} : { componentCriteria: criteria }),
      ...(some.length === 0 ? {} : { componentVariable: some.map(componentVariable) }),
    });
    const bytesOf = (some: readonly NamedVariable[]) => sizeOf('GetReport', payloadOf(LARGEST_NUMBER, some));
    const messages = named.length === 0 ? [[]] : inMessages(named, await limits.of(ref, 'GetReport'), bytesOf);
    if (messages.length > MAX_REPORTS)
      throw invalidAt('/variables', `makes ${messages.length} requests at this station, and ${MAX_REPORTS} are remembered`);
    const ids: string[] = [];
    for (const some of messages) {
      const [id, requestId] = [randomUUID(), drawNumber()];
      await reports.expect(ref, { id, requestId, kind: 'GetReport', requestedBy: actor, at: now() });
      const command = await commands.sendCommand({
        id,
        ref,
        action: 'GetReport',
        payload: payloadOf(requestId, some),
        requestedBy: 'device-config',
      });
      if (commandEnded(command.status)) await this.onEnded(command);
      ids.push(id);
    }
    return ids;
  }

  async find(ref: StationRef, id: string): Promise<StoredReport> {
    const report = await this.parts.store.report(ref, id);
    if (report === null) throw new CsmsError('unknown-station', 'no such station');
    return report;
  }

  /** Asks stations that booted with another firmware, as many at once as may be. Returns how many. */
  async sweep(): Promise<number> {
    const { schedule, atOnce, now } = this.parts;
    if (atOnce === 0) return 0;
    const due = await schedule.take(atOnce, now());
    for (const station of due) await this.ask(station);
    return due.length;
  }

  /** The end of a request for a report, whoever made it. */
  async onEnded(command: Command): Promise<void> {
    const { reports, schedule, now } = this.parts;
    if (!REQUESTS.has(command.action)) return;
    if (command.action === 'GetConfiguration') await reports.onConfiguration(command);
    else await reports.onRequestEnded(command);
    if (command.status === 'answered' || command.status === 'error') await schedule.answered(command);
    else if (endOf(command).getTime() > now().getTime() - MAX_RESULT_AGE_MS) await schedule.failed(command, now());
  }

  private async ask({ tenant, station, protocol, firmware }: DueStation): Promise<void> {
    const { schedule, sendCommand, telemetry } = this.parts;
    const ref = { tenant, station };
    const { id, action, payload } = await this.expected(ref, { protocol, base: 'FullInventory', requestedBy: AUTOMATIC });
    await sendCommand({ id, ...ref, action, payload, priority: PRIORITY, requestedBy: 'device-config' });
    await schedule.asked({ ...ref, protocol, firmware });
    telemetry.reportRequested(ref, firmware);
  }

  private async expected(ref: StationRef, { protocol, base, requestedBy }: { protocol: Protocol; base: BaseReport; requestedBy: string }) {
    const id = randomUUID();
    const at = this.parts.now();
    if (protocol === 'ocpp1.6') {
      await this.parts.reports.expect(ref, { id, requestId: null, kind: 'GetConfiguration', requestedBy, at });
      return { id, action: 'GetConfiguration', payload: {} };
    }
    const requestId = drawNumber();
    await this.parts.reports.expect(ref, { id, requestId, kind: base, requestedBy, at });
    return { id, action: 'GetBaseReport', payload: { requestId, reportBase: base } };
  }
}

function componentVariable({ component, componentInstance, evse, connector, variable, variableInstance }: NamedVariable) {
  const none = { componentInstance: componentInstance ?? null, evse: evse ?? null, connector: connector ?? null, key: null };
  const names = wireNames({ component, ...none, variable: variable ?? '', variableInstance: variableInstance ?? null });
  return { component: names.component, ...(variable === undefined ? {} : { variable: names.variable }) };
}

/** Results that are read again after an outage make no request again. */
const MAX_RESULT_AGE_MS = 3_600_000;
