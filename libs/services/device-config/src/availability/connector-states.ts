import type { StationChanges } from '../station-changes';
import type { DeviceConfigTelemetry } from '../telemetry';
import type { ProblemReport, TypeormConnectorProblems } from './store/typeorm-connector-problems';
import type { StatusReport, TypeormConnectors } from './store/typeorm-connectors';

interface ConnectorStatesParts {
  connectors: TypeormConnectors;
  problems: TypeormConnectorProblems;
  changes: StationChanges;
  telemetry: DeviceConfigTelemetry;
}

/** States of connectors and problems of their components, as stations report them. */
export class ConnectorStates {
  constructor(private readonly parts: ConnectorStatesParts) {}

  /** Of a station at most `MAX_CONNECTORS` are kept; reports of others are counted. */
  async report(reports: readonly StatusReport[]): Promise<void> {
    if (reports.length === 0) return;
    const notKept = await this.parts.connectors.writeMany(reports);
    if (notKept > 0) this.parts.telemetry.reportsNotKept(notKept);
    this.parts.changes.publish(reports);
  }

  async reportProblems(reports: readonly ProblemReport[]): Promise<void> {
    if (reports.length === 0) return;
    await this.parts.problems.writeMany(reports);
    this.parts.changes.publish(reports);
  }
}
