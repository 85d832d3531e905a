import { deterministicId, isOcppInteger, type Command, type StationRef } from '@voltbus/contracts';
import type { v21 } from '@voltbus/ocpp';
import type { StationMessage } from '@voltbus/service';
import type { DeviceModel } from './device-model';
import { hasPart, isWhole, withPart } from './domain/report';
import { observationsOfGet as keysOf } from './ocpp16/configuration-answers';
import { observationsIn } from './ocpp2/report-data';
import type { DeviceModelUnit, ModelStation, TypeormDeviceModel } from './store/typeorm-device-model';
import type { StoredReport } from './store/typeorm-reports';

type Part = StationMessage<v21.NotifyReportRequest>;

/** B07: the only report that has every variable. In 1.6 an answer to a request without keys has. */
const WHOLE_KINDS: ReadonlySet<string | null> = new Set(['FullInventory', 'GetConfiguration']);
export const REPORT_REQUESTS = ['GetBaseReport', 'GetReport'] as const;

interface ReportsParts {
  store: TypeormDeviceModel;
  model: DeviceModel;
}

const NEW_REPORT = {
  ...{ kind: null, requestedBy: null, requestedAt: null, outcome: null, received: [], lastPart: null, lastPartAt: null, generatedAt: null },
  ...{ variables: 0, notKept: 0, completedAt: null },
} as const satisfies Partial<StoredReport>;

/** Reports of stations about their variables: requested, in parts that come in any order, and complete (B07, B08). */
export class Reports {
  constructor(private readonly parts: ReportsParts) {}

  /** Notes that a report is about to be requested, so that its parts are known for what they are. */
  async expect(ref: StationRef, { id, requestId, kind, requestedBy, at }: RequestedReport): Promise<void> {
    await this.parts.store.inStation(ref, (unit) =>
      unit.reports.write({ ...NEW_REPORT, id, requestId, kind, requestedBy, requestedAt: at, begunAt: at }),
    );
  }

  /** Parts of one station in the order in which they were received. */
  async receive(ref: StationRef, messages: readonly Part[]): Promise<void> {
    await this.parts.store.inStation(ref, async (unit, station) => {
      for (const message of messages) await this.receivePart(unit, station, message);
    });
  }

  /** The answer to a request for a report, or how the request ended; also of an operator's own command. */
  async onRequestEnded(command: Command): Promise<void> {
    const { requestId, reportBase } = command.payload as { requestId?: unknown; reportBase?: unknown };
    if (typeof requestId !== 'number') return;
    const kind = typeof reportBase === 'string' ? reportBase : command.action;
    const ref = { tenant: command.tenant, station: command.station };
    await this.parts.store.inStation(ref, async (unit) => {
      const requested = { kind, requestedAt: new Date(command.createdAt), outcome: outcomeOf(command) };
      const known = (await unit.reports.find(command.id)) ?? (await this.nameless(unit, requestId));
      const report = known ?? { ...NEW_REPORT, id: command.id, requestId, begunAt: requested.requestedAt };
      await this.save(ref, unit, { ...report, ...requested });
    });
  }

  /** The answer to a GetConfiguration of a station of 1.6: without keys it is the whole report. */
  async onConfiguration(command: Command): Promise<void> {
    const ref = { tenant: command.tenant, station: command.station };
    const at = endOf(command);
    const { key } = command.payload as { key?: unknown[] };
    const isAll = key === undefined || key.length === 0;
    await this.parts.store.inStation(ref, async (unit, station) => {
      const observations = command.status === 'answered' ? keysOf(command.response) : [];
      const origin = { source: isAll ? 'report' : 'read', at, command: command.id } as const;
      const notKept = await this.parts.model.record(ref, unit, station, { observations, origin });
      if (!isAll) return;
      const requestedAt = new Date(command.createdAt);
      const known = (await unit.reports.find(command.id)) ?? {
        ...NEW_REPORT,
        id: command.id,
        requestId: null,
        kind: 'GetConfiguration',
        requestedAt,
      };
      const outcome = outcomeOf(command);
      if (command.status !== 'answered') return unit.reports.write({ begunAt: at, ...known, outcome });
      const received = { received: [[0, 0]] as const, lastPart: 0, lastPartAt: at, variables: observations.length, notKept };
      await this.save(ref, unit, { ...known, begunAt: at, outcome, ...received });
    });
  }

  private async receivePart(unit: DeviceModelUnit, station: ModelStation, { ref, payload, receivedAt, messageId }: Part): Promise<void> {
    const observations = observationsIn(payload);
    const origin = { source: 'report', at: receivedAt } as const;
    const notKept = await this.parts.model.record(ref, unit, station, { observations, origin });
    const unnamed = (payload.reportData?.length ?? 0) - observations.length;
    const { requestId, seqNo, tbc = false } = payload;
    if (!isOcppInteger(requestId) || !isOcppInteger(seqNo) || seqNo < 0) return;
    const generatedAt = instantOf(payload.generatedAt);
    const id = deterministicId(ref.tenant, ref.station, 'report', requestId, receivedAt.getTime(), messageId);
    const known = await unit.reports.byRequest(requestId);
    const begun = { ...NEW_REPORT, id, requestId, begunAt: receivedAt };
    const report = known === null || isAnother(known, seqNo, generatedAt) ? begun : known;
    if (hasPart(report.received, seqNo)) return; // a part that was sent twice
    await this.save(ref, unit, {
      ...report,
      begunAt: report.received.length === 0 || receivedAt < report.begunAt ? receivedAt : report.begunAt,
      received: withPart(report.received, seqNo),
      lastPart: tbc ? report.lastPart : seqNo,
      lastPartAt: receivedAt,
      generatedAt: later(report.generatedAt, generatedAt),
      variables: report.variables + observations.length,
      notKept: report.notKept + notKept + unnamed,
    });
  }

  /** Completes it where everything is there: a whole report names every variable that the station has. */
  private async save(ref: StationRef, unit: DeviceModelUnit, report: StoredReport): Promise<void> {
    const whole = isWhole(report.received, report.lastPart);
    const completedAt = report.completedAt ?? (whole ? report.lastPartAt : null);
    await unit.reports.write({ ...report, completedAt });
    const isKeptWhole = report.notKept === 0 && report.variables > 0;
    if (completedAt === null || !WHOLE_KINDS.has(report.kind) || !isKeptWhole) return;
    await this.parts.model.removeReportedBefore(ref, unit, report.begunAt, { source: 'report', at: completedAt });
  }

  /** A report whose parts came before the result of the command that requested it. */
  private async nameless(unit: DeviceModelUnit, requestId: number): Promise<StoredReport | null> {
    const report = await unit.reports.byRequest(requestId);
    return report?.kind === null ? report : null;
  }
}

interface RequestedReport {
  /** Of the command. */
  id: string;
  requestId: number | null;
  kind: string;
  requestedBy: string;
  at: Date;
}

/** The number was used again: a part comes a second time, written later. A complete report that is repeated as it was stays the same. */
function isAnother({ received, completedAt, generatedAt }: StoredReport, seqNo: number, written: Date | null): boolean {
  if (completedAt === null && !hasPart(received, seqNo)) return false;
  return written !== null && generatedAt !== null && written > generatedAt;
}

function outcomeOf({ status, response }: Command): string {
  const { status: answer } = (response ?? {}) as { status?: unknown };
  return status === 'answered' ? (typeof answer === 'string' ? answer : 'Accepted') : status;
}

export function endOf({ endedAt, createdAt }: Command): Date {
  return new Date(endedAt ?? createdAt);
}

function later(one: Date | null, other: Date | null): Date | null {
  return one !== null && (other === null || one > other) ? one : other;
}

function instantOf(given: unknown): Date | null {
  const at = new Date(typeof given === 'string' ? given : NaN);
  return Number.isNaN(at.getTime()) || at.getUTCFullYear() > 9_999 || at.getUTCFullYear() < 1_970 ? null : at;
}
