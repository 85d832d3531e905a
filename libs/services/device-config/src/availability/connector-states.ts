import { faultReports, type DeviceEvents } from '../device-events';
import type { StationChanges } from '../station-changes';
import type { HistoryReport, StatusHistory } from '../status-history';
import type { DeviceConfigTelemetry } from '../telemetry';
import type { ProblemReport, TypeormConnectorProblems } from './store/typeorm-connector-problems';
import type { StatusReport, TypeormConnectors } from './store/typeorm-connectors';

interface ConnectorStatesParts {
  connectors: TypeormConnectors;
  problems: TypeormConnectorProblems;
  changes: StationChanges;
  history: Pick<StatusHistory, 'record'>;
  events: Pick<DeviceEvents, 'recordFaults'>;
  telemetry: DeviceConfigTelemetry;
}

/** States of connectors and problems of their components, as stations report them. */
export class ConnectorStates {
  constructor(private readonly parts: ConnectorStatesParts) {}

  /** Of a station at most `MAX_CONNECTORS` are kept; reports of others are counted. */
  async report(reports: readonly StatusReport[]): Promise<void> {
    if (reports.length === 0) return;
    await this.parts.history.record(reports.map((report) => ({ ...report, kind: 'status', component: '' })));
    await this.parts.events.recordFaults(faultReports(reports));
    const notKept = await this.parts.connectors.writeMany(reports);
    if (notKept > 0) this.parts.telemetry.reportsNotKept(notKept);
    this.parts.changes.publish(reports);
  }

  async reportProblems(reports: readonly ProblemReport[]): Promise<void> {
    if (reports.length === 0) return;
    await this.parts.history.record(reports.map(problemInHistory));
    await this.parts.problems.writeMany(reports);
    this.parts.changes.publish(reports);
  }
}

function problemInHistory({ active, code, ...report }: ProblemReport): HistoryReport {
  return { ...report, kind: 'problem', status: active ? 'active' : 'over', errorCode: code, vendorErrorCode: null, vendorId: null };
}
