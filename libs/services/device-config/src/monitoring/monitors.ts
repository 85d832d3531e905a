import { randomUUID } from 'node:crypto';
import { CsmsError, stationNumber, type Command, type StationRef } from '@voltbus/contracts';
import type { v21 } from '@voltbus/ocpp';
import type { CommandSender, StationMessage } from '@voltbus/service';
import { drawNumber } from '../stations/draw-number';
import { endOf } from '../device-model';
import type { Monitoring, MonitorReport } from './domain/monitor';
import { beginningOf, requestedReport, withReportPart } from './domain/monitor-report';
import { monitorsCleared, monitorsIn, monitorsSet } from './ocpp2/monitors-in';
import type { MonitoringUnit, TypeormMonitoring } from './store/typeorm-monitoring';

type Part = StationMessage<v21.NotifyMonitoringReportRequest>;

interface MonitorsParts {
  store: TypeormMonitoring;
  commands: CommandSender;
  now(): Date;
}

/** The monitors of stations, as reports and the answers to commands show them (N02 to N06). */
export class Monitors {
  constructor(private readonly parts: MonitorsParts) {}

  /** Throws `unknown-station`. */
  async show(ref: StationRef): Promise<Monitoring> {
    const known = await this.parts.store.inStation(ref, (unit) => unit.load());
    if (known === null) throw new CsmsError('unknown-station', 'no such station');
    return known;
  }

  /** N02: asks a station for all its monitors. Throws `unknown-station`. */
  async refresh(ref: StationRef, waitSeconds: number): Promise<Monitoring> {
    const requestId = drawNumber();
    await this.show(ref);
    const command = {
      id: randomUUID(),
      ref,
      action: 'GetMonitoringReport',
      payload: { requestId },
      waitSeconds,
      requestedBy: 'device-config',
    };
    await this.expect(ref, requestId, true);
    await this.onEnded(await this.parts.commands.sendCommand(command));
    return this.show(ref);
  }

  /** Parts of one station in the order in which they were received. */
  async receive(ref: StationRef, parts: readonly Part[]): Promise<void> {
    await this.parts.store.inStation(ref, async (unit) => {
      for (const part of parts) await this.receivePart(unit, part);
    });
  }

  /** What the answer to a command shows, whoever sent it. */
  async onEnded(command: Command): Promise<void> {
    const { action, payload, response, status } = command;
    if (!OBSERVED.has(action)) return;
    const ref = { tenant: command.tenant, station: command.station };
    const isAccepted = (response as { status?: unknown } | null)?.status === 'Accepted';
    await this.parts.store.inStation(ref, async (unit) => {
      if (action === 'GetMonitoringReport') return this.onReportRequested(unit, command);
      if (status !== 'answered') return;
      if (action === 'SetVariableMonitoring') return unit.add(monitorsSet(payload, response), endOf(command));
      if (action === 'ClearVariableMonitoring') return unit.remove(monitorsCleared(response));
      if (!isAccepted) return;
      const known = await unit.load();
      if (action === 'SetMonitoringLevel') return unit.write({ ...known, level: stationNumber(payload['severity']) });
      await unit.removeAllButBuiltIn();
      await unit.write({ ...known, base: String(payload['monitoringBase']) });
    });
  }

  private async expect(ref: StationRef, requestId: number, isOfAll: boolean): Promise<void> {
    await this.parts.store.inStation(ref, async (unit) => {
      await unit.write({ ...(await unit.load()), report: requestedReport(requestId, { isOfAll, at: this.parts.now().getTime() }) });
    });
  }

  /** A report that was asked for without criteria and without variables is one of all monitors. */
  private async onReportRequested(unit: MonitoringUnit, command: Command): Promise<void> {
    const { requestId, monitoringCriteria, componentVariable } = command.payload;
    if (typeof requestId !== 'number') return;
    const { status } = (command.response ?? {}) as { status?: unknown };
    const outcome = command.status === 'answered' && typeof status === 'string' ? status : command.status;
    const isOfAll = monitoringCriteria === undefined && componentVariable === undefined;
    const known = await unit.load();
    const at = Date.parse(command.createdAt);
    const report = known.report?.requestId === requestId ? known.report : requestedReport(requestId, { isOfAll, at });
    const after = { ...report, isOfAll, outcome, requestedAt: report.requestedAt ?? at };
    await unit.write({ ...known, report: after });
    if (isOfAll && outcome === 'EmptyResultSet') await unit.removeReportedBefore(endOf(command));
    else await this.removeUnnamed(unit, after); // its parts may have overtaken the answer
  }

  private async receivePart(unit: MonitoringUnit, { payload, receivedAt }: Part): Promise<void> {
    const monitors = monitorsIn(payload);
    await unit.add(monitors, receivedAt);
    const [requestId, seqNo] = [stationNumber(payload.requestId), stationNumber(payload.seqNo)];
    if (requestId === null || seqNo === null) return;
    const known = await unit.load();
    const part = { requestId, seqNo, tbc: payload.tbc === true, at: receivedAt.getTime(), monitors: monitors.length };
    const report = withReportPart(known.report, part);
    await unit.write({ ...known, report });
    await this.removeUnnamed(unit, report);
  }

  /** A whole report of all monitors has named those that there are. */
  private async removeUnnamed(unit: MonitoringUnit, report: MonitorReport): Promise<void> {
    const begun = beginningOf(report);
    if (report.isOfAll && report.completedAt !== null && begun !== null) await unit.removeReportedBefore(new Date(begun));
  }
}

const OBSERVED: ReadonlySet<string> = new Set([
  ...['SetVariableMonitoring', 'ClearVariableMonitoring', 'SetMonitoringBase', 'SetMonitoringLevel', 'GetMonitoringReport'],
]);
