import type { Protocol, StationRef } from '@voltbus/contracts';
import type { AuthorizationDecision, ExternalOutcome, PresentedToken } from '../authorization';
import type { Limit } from '../limits';
import type { Reading } from '../metering';
import type { Report } from './domain/transaction';

/** What a station message about a transaction, translated from its version. */
export interface TransactionMessage {
  ref: StationRef;
  protocol: Protocol;
  receivedAt: Date;
  /** Makes the same thing message again the same: no message id does, stations reuse them. */
  key: string;
  report: Report;
  /** To be judged and answered, where one was presented. */
  token: PresentedToken | null;
  chargingState: string | null;
  /** What whoever keeps the tokens elsewhere says of it; null where nobody is asked. */
  externalOutcome?: ExternalOutcome | null;
  /** 2.x: the remote start it says that it follows. */
  remoteStartId?: number | null;
  /** 2.1: the limits that the station has of its own. */
  stationLimit?: Limit;
  readings: readonly Reading[];
  /** It says no time: that of its receipt tells it from no other. */
  untimed?: boolean;
  payload: unknown;
}

/** What the station is told: the token's decision where one was presented. */
export interface TransactionAnswer {
  ocppTransactionId: string;
  decision: AuthorizationDecision | null;
  /** 2.1: how far the session may go, where it is told now (E16). */
  limit?: Limit;
  /** What the session costs so far, or did, with tax, where stations are told (I02, I03). */
  totalCost?: number | null;
}
