import { randomUUID } from 'node:crypto';
import { CsmsError, commandEnded, type Command, type CommandRequest, type Protocol, type StationRef } from '@voltbus/contracts';
import type { CommandSender } from '@voltbus/service';
import { drawNumber } from '../stations/draw-number';
import type { DeviceConfigTelemetry } from '../telemetry';
import { REPORT_REQUESTS, endOf, type Reports } from './reports';
import type { TypeormDeviceModel } from './store/typeorm-device-model';
import type { StoredReport } from './store/typeorm-reports';
import { AUTOMATIC, type DueStation, type TypeormReportSchedule } from './store/typeorm-report-schedule';

/** Behind the commands of operators. */
const PRIORITY = 8;
const REQUESTS: ReadonlySet<string> = new Set([...REPORT_REQUESTS, 'GetConfiguration']);

export const BASE_REPORTS = ['FullInventory', 'ConfigurationInventory', 'SummaryInventory'] as const;
type BaseReport = (typeof BASE_REPORTS)[number];

interface ReportRequestsParts {
  store: TypeormDeviceModel;
  schedule: TypeormReportSchedule;
  reports: Reports;
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

/** Results that are read again after an outage make no request again. */
const MAX_RESULT_AGE_MS = 3_600_000;
