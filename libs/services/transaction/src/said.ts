import type { Protocol, StationRef } from '@voltbus/contracts';
import type { PresentedToken, Verdict } from './domain/authorization';
import type { Limit } from './domain/limit';
import type { Outside } from './domain/outside-answer';
import type { Reading } from './domain/reading';
import type { Report } from './domain/transaction';

/** What a station said about a transaction, translated from its version. */
export interface Said {
  ref: StationRef;
  protocol: Protocol;
  receivedAt: Date;
  /** Makes the same thing said again the same: no message id does, stations reuse them. */
  key: string;
  report: Report;
  /** To be judged and answered, where one was presented. */
  token: PresentedToken | null;
  chargingState: string | null;
  /** What whoever keeps the tokens elsewhere says of it; null where nobody is asked. */
  outside?: Outside | null;
  /** 2.x: the remote start it says that it follows. */
  remoteStartId?: number | null;
  /** 2.1: the limits that the station has of its own. */
  stationLimit?: Limit;
  readings: readonly Reading[];
  /** It says no time: that of its receipt tells it from no other. */
  untimed?: boolean;
  payload: unknown;
}

/** What the station is told: the token's verdict where one was presented. */
export interface Answered {
  ocppTransactionId: string;
  verdict: Verdict | null;
  /** 2.1: how far the session may go, where it is told now (E16). */
  limit?: Limit;
  /** What the session costs so far, or did, with tax, where stations are told (I02, I03). */
  totalCost?: number | null;
}
