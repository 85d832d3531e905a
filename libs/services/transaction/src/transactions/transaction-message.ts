import type { Protocol, StationRef } from '@voltbus/contracts';
import type { AuthorizationDecision, ExternalOutcome, PresentedToken } from '../authorization';
import type { Limit } from '../limits';
import type { Reading } from '../metering';
import type { Report } from './domain/transaction';

/** A station's message about a transaction, translated from its version. */
export interface TransactionMessage {
  ref: StationRef;
  protocol: Protocol;
  receivedAt: Date;
  /** Identifies the message when it is sent again. A message id does not: stations reuse them. */
  key: string;
  report: Report;
  /** The token that was presented, to be authorized and answered; null: none was. */
  token: PresentedToken | null;
  chargingState: string | null;
  /** The outcome of asking the external authorizer; null: it is not asked. */
  externalOutcome?: ExternalOutcome | null;
  /** 2.x: the remote start that the station names. */
  remoteStartId?: number | null;
  /** The reservation that the station names (E01.FR.13, 1.6 section 4.8). */
  reservationId?: number | null;
  /** The station says that it was offline then. */
  offline?: boolean;
  /** 2.1: the limits that the station has of its own. */
  stationLimit?: Limit;
  readings: readonly Reading[];
  /** The message has no time, and that of its receipt identifies it from no other. */
  untimed?: boolean;
  payload: unknown;
}

/** The answer to the station: the decision about the token, where one was presented. */
export interface TransactionAnswer {
  ocppTransactionId: string;
  decision: AuthorizationDecision | null;
  /** 2.1: the limit that is sent with this answer (E16). */
  limit?: Limit;
  /** The cost of the session so far, or in the end, with tax, where stations are shown it (I02, I03). */
  totalCost?: number | null;
}
