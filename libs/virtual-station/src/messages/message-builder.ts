import type { Reading, Session } from '../charging/session';
import type { Personality } from '../personality/personality';
import type { OcppMessage } from './ocpp-message';

export type ConnectorState = 'available' | 'occupied' | 'reserved' | 'unavailable';

/** Builds a station's messages in its OCPP version, and reads the answers to them. Pure: everything comes in as arguments. */
export interface MessageBuilder {
  boot(reason: 'PowerUp' | 'RemoteReset'): OcppMessage;
  isAccepted(answer: Record<string, unknown>): boolean;
  status(evse: number, state: ConnectorState, at: Date): OcppMessage;
  authorize(idToken: string): OcppMessage;
  isAuthorized(answer: Record<string, unknown>): boolean;
  start(session: Session, reading: Reading): OcppMessage;
  /**
   * Sets the transaction id from the answer to `start` (1.6). Throws `NoAnswer` when there is none: a station whose message ids are all the
   * same may take a late answer to another message for this one.
   */
  readTransactionId(session: Session, answer: Record<string, unknown>): void;
  reading(session: Session, reading: Reading): OcppMessage;
  end(session: Session, reading: Reading, reason: string): OcppMessage;
}

/** The firmware in a boot, which has the same name in every version. */
export function firmware({ firmwareVersion }: Personality): Record<string, unknown> {
  return firmwareVersion === undefined ? {} : { firmwareVersion };
}

/** A timestamp by the station's clock, in the form it writes. */
export function formatTime(at: Date, { clockOffsetMs = 0, timestamps = 'zulu', zone = 'UTC' }: Personality): string {
  const shown = new Date(at.getTime() + clockOffsetMs);
  if (timestamps === 'no-zone') return shown.toISOString().slice(0, 19);
  if (timestamps === 'offset') return `${new Date(shown.getTime() + 7_200_000).toISOString().slice(0, 19)}+02:00`;
  if (timestamps === 'local') return localTime(shown, zone);
  if (timestamps === 'local-as-utc') return `${localTime(shown, zone)}Z`;
  return shown.toISOString();
}

/** What a clock of the zone shows. */
function localTime(at: Date, timeZone: string): string {
  return at.toLocaleString('sv-SE', { timeZone }).replace(' ', 'T'); // the form of Sweden is that of ISO 8601
}
