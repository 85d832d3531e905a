import type { Personality } from './personality';
import type { Reading, Session } from './session';

export interface Spoken {
  action: string;
  payload: Record<string, unknown>;
}

/** What a station says, in the words of its version. Pure: everything comes in. */
export interface Words {
  boot(reason: 'PowerUp' | 'RemoteReset'): Spoken;
  accepted(answer: Record<string, unknown>): boolean;
  status(evse: number, state: 'available' | 'occupied' | 'unavailable', at: Date): Spoken;
  authorize(idToken: string): Spoken;
  authorized(answer: Record<string, unknown>): boolean;
  started(session: Session, reading: Reading): Spoken;
  /** Takes the transaction id out of the answer to `started` (1.6). Throws `NoAnswer` when it is none: a station whose ids are all the same may take a late answer for another. */
  begun(session: Session, answer: Record<string, unknown>): void;
  reading(session: Session, reading: Reading): Spoken;
  ended(session: Session, reading: Reading, reason: string): Spoken;
}

/** A timestamp in the way this station writes it. */
export function stamp(at: Date, { clockOffsetMs = 0, timestamps = 'zulu' }: Personality): string {
  const shown = new Date(at.getTime() + clockOffsetMs);
  if (timestamps === 'no-zone') return shown.toISOString().slice(0, 19);
  if (timestamps === 'offset') return `${new Date(shown.getTime() + 7_200_000).toISOString().slice(0, 19)}+02:00`;
  return shown.toISOString();
}
