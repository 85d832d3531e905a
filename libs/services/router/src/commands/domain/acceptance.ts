import { isDeepStrictEqual } from 'node:util';
import { ended, type CommandState } from './command';

/** Why a command is not sent at all. */
export interface Refusal {
  code: string;
  description: string;
  /** The payload carries a secret of the station and must not be stored. */
  secret: boolean;
}

/** A command for a station that no gateway holds, and that is not kept until the station connects. */
export function endedOffline(state: CommandState, at: Date): CommandState {
  return { ...state, command: ended(state.command, { status: 'offline' }, at) };
}

export function refused(state: CommandState, { code, description, secret }: Refusal, at: Date): CommandState {
  const command = ended(state.command, { status: 'error', error: { code, description } }, at);
  return { ...state, command: secret ? { ...command, payload: {} } : command };
}

/** True when both are the same command: an id stands for its station, action, payload, priority and ttl. */
export function isRepeat(requested: CommandState, stored: CommandState): boolean {
  const { fingerprint, otherFingerprints = [] } = requested;
  const printed = stored.fingerprint !== null && otherFingerprints.includes(stored.fingerprint) ? stored.fingerprint : fingerprint;
  return isDeepStrictEqual(essence({ ...requested, fingerprint: printed }), essence(stored));
}

function essence({ command, priority, keepUntil, fingerprint }: CommandState): unknown {
  const { station, action, payload, createdAt } = command;
  const ttlMs = keepUntil === null ? 0 : keepUntil.getTime() - Date.parse(createdAt);
  return JSON.parse(JSON.stringify({ station, action, payload, priority, ttlMs, fingerprint }));
}
