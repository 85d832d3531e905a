import { hasPart, isWhole, withPart } from '../../device-model';
import { REPORT_TIMEOUT_MS } from '../limits';
import type { MonitorReport } from './monitor';

/** A part as it arrives. */
interface ReportPart {
  requestId: number;
  seqNo: number;
  tbc: boolean;
  /** Epoch milliseconds. */
  at: number;
  monitors: number;
}

/** The report that is requested now. */
export function requestedReport(requestId: number, { isOfAll, at }: { isOfAll: boolean; at: number }): MonitorReport {
  return {
    ...{ requestId, isOfAll, requestedAt: at, outcome: null, received: [], lastPart: null, lastPartAt: null },
    ...{ completedAt: null, monitors: 0 },
  };
}

/** The report with a part; a part of another request, or of a report that is over, begins a new one. Parts may come in any order, and twice. */
export function withReportPart(known: MonitorReport | null, { requestId, seqNo, tbc, at, monitors }: ReportPart): MonitorReport {
  const isSame = known !== null && known.requestId === requestId && known.completedAt === null && !isOver(known, at);
  const report = isSame ? known : { ...requestedReport(requestId, { isOfAll: false, at }), requestedAt: null };
  if (hasPart(report.received, seqNo)) return report;
  const received = withPart(report.received, seqNo);
  const lastPart = tbc ? report.lastPart : seqNo;
  const completedAt = isWhole(received, lastPart) ? at : null;
  const firstPartAt = Math.min(report.firstPartAt ?? at, at);
  return { ...report, received, lastPart, firstPartAt, lastPartAt: at, completedAt, monitors: report.monitors + monitors };
}

/** Monitors that were reported before this instant are not in the report. Its parts may be received before it was requested: two processes have two clocks. */
export function beginningOf({ requestedAt, firstPartAt = Infinity }: MonitorReport): number | null {
  return requestedAt === null ? null : Math.min(requestedAt, firstPartAt);
}

function isOver({ lastPartAt, requestedAt }: MonitorReport, at: number): boolean {
  const since = lastPartAt ?? requestedAt;
  return since !== null && at - since > REPORT_TIMEOUT_MS;
}
