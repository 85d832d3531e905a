import type { StationRef } from '@voltbus/contracts';

/** `status`: of a connector, an EVSE or the station. `problem`: of a component, `active` or `over`. `connection`: `online` or `offline`. */
export const HISTORY_KINDS = ['status', 'problem', 'connection'] as const;
type HistoryKind = (typeof HISTORY_KINDS)[number];

/** Statuses of a connector that a vehicle uses. */
export const IN_USE: ReadonlySet<string> = new Set(['Occupied', 'Preparing', 'Charging', 'SuspendedEV', 'SuspendedEVSE', 'Finishing']);

/** Whose state it is. */
export interface HistoryPlace extends StationRef {
  /** 0: the station. */
  evse: number;
  /** 0: the EVSE. */
  connector: number;
  kind: HistoryKind;
  /** Of a problem; empty for the other kinds. */
  component: string;
}

/** The state itself: what makes a report a repetition where it is the same. */
export interface HistoryState {
  status: string;
  errorCode: string | null;
  vendorErrorCode: string | null;
  vendorId: string | null;
  info: string | null;
}

/** When something was so. Times are epoch milliseconds. */
export interface ReportTimes {
  /** By the clock of the station where it can be believed, and never after its receipt. */
  at: number;
  receivedAt: number;
  /** As the station wrote it; null: it wrote none that can be believed. */
  stationTime: number | null;
  /** Of the connection that brought it. */
  epoch: number;
}

/** A state as a station reports it. */
export interface HistoryReport extends HistoryPlace, HistoryState, ReportTimes {
  /** The same however often the message is delivered. */
  id: string;
}

/** The last entry of a place, as far as the next one depends on it. */
export interface HistoryEntry extends HistoryState {
  at: number;
  /** The last time the station repeated it. */
  confirmedAt: number;
  /** Of the connection that brought it last. */
  epoch: number;
}
