import type { Protocol } from '@voltbus/contracts';
import type { LockedStation } from '../stations/typeorm-in-station';
import type { StationRequest } from './domain/station-request';

/** What a station is sent, or why it cannot be sent. */
export type RequestMessage = { action: string; payload: Record<string, unknown> } | { impossible: string };

/** A station as its requests look at it. */
export interface RequestedStation extends LockedStation {
  /** When it last restarted; null: it has not since this is stored. A boot that it was asked for is no restart. */
  rebootedAt: Date | null;
  /** Why, as it said; null: it did not. */
  bootReason: string | null;
  /** A connector of it reports a session, or a vehicle that may begin one. */
  inUse: boolean;
}

/** A status, as it came. */
interface ReportedMessage {
  at: Date;
  station: RequestedStation;
  /** The whole message. */
  message: object;
}

/** What distinguishes one kind of request. */
export interface RequestRules {
  kind: StationRequest['kind'];
  /** Its name in a problem, such as `firmware update`. */
  noun: string;
  /** Those that `message` makes. */
  actions: ReadonlySet<string>;
  /** Before when it must not be sent to the station as it is now; null: it may be sent. */
  notBefore?(request: StationRequest, station: RequestedStation, at: Date): Date | null;
  message(protocol: Protocol, request: StationRequest): RequestMessage;
  /** What the answer makes of the request: why it was refused, or null. */
  refusalIn(response: unknown): string | null;
  /** What the answer tells beside that. */
  withAnswer?(request: StationRequest, response: unknown): StationRequest;
  /** What the acceptance alone makes of it, where the station has nothing to report. */
  afterAcceptance?(request: StationRequest, at: Date): StationRequest;
  /** How many a station may have open, each for itself. Absent: a later one takes the place of an earlier one. */
  sideBySide?: number;
  /** Until when a station that accepts it then may take. */
  until(request: StationRequest, at: Date): Date;
  /** What a status that the station reports makes of it; absent: it reports none. */
  reported?(request: StationRequest, status: string, seen: ReportedMessage): StationRequest;
  /** What the last boot of its station makes of it; absent: nothing. */
  afterBoot?(request: StationRequest, station: RequestedStation, at: Date): StationRequest;
}
