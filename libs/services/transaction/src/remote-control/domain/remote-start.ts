import type { Command, StationRef } from '@voltbus/contracts';
import { responseStatus } from './response-status';
import type { Limit } from '../../limits';

/**
 * How long a driver may take to plug in before a remote start counts as `no-transaction`: beyond the
 * ConnectionTimeOut of most stations (1.6 section 5.11, F02).
 */
export const START_WAIT_MS = 5 * 60_000;

/** A requested remote start. */
export interface RequestedRemoteStart {
  /** The id of the command that carries it. */
  command: string;
  /** Identifies it at its station (F01). */
  remoteStartId: number;
  idToken: string;
  evse: number | null;
  limit: Limit | null;
  askedAt: Date;
}

/** A stored remote start. */
export interface RemoteStart extends StationRef, RequestedRemoteStart {
  refusal: string | null;
  transaction: string | null;
}

/** `no-transaction` is preliminary: an offline station may still report one. */
export type RemoteStartState = 'waiting' | 'started' | 'refused' | 'no-transaction';

/** F01, F02: `Accepted` means only that the station will try; the transaction that follows is the outcome. */
export function remoteStartState({ transaction, refusal, askedAt }: RemoteStart, now: Date): RemoteStartState {
  if (transaction !== null) return 'started';
  if (refusal !== null) return 'refused';
  return now.getTime() - askedAt.getTime() > START_WAIT_MS ? 'no-transaction' : 'waiting';
}

/**
 * Why the command of a remote start starts nothing; null when the station accepted it, or when its outcome is unknown.
 */
export function refusalIn(command: Command): string | null {
  const { status, error } = command;
  if (status === 'unknown') return null;
  if (status !== 'answered') return error?.code ?? status;
  const response = responseStatus(command);
  return response === 'Accepted' ? null : String(response);
}
