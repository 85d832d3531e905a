import { setTimeout as pause } from 'node:timers/promises';
import { DRAIN_PER_SECOND, DRAIN_SHARE } from '../limits';
import type { Session } from '../session/session';
import type { Sessions } from './sessions';

const CHECK_MS = 20;

interface Leaving {
  session: Session;
  /** When its turn to leave comes, of `performance.now()`. */
  at: number;
}

/**
 * Empties a gateway before it stops: closes its sockets with 1012 in a paced, jittered order, idle ones first. A session with an open call gets the rest
 * of the time to finish it, and no new one. Resolves when no session is left, or when the time is over.
 */
export async function drain(sessions: Sessions, withinMs: number): Promise<void> {
  const start = performance.now();
  const end = start + withinMs;
  let staying = schedule([...sessions.all()], start, withinMs);
  while (staying.length > 0 && performance.now() < end) {
    const now = performance.now();
    staying = staying.filter(({ session, at }) => now < at || !closeIfIdle(session));
    if (staying.length > 0) await pause(CHECK_MS);
  }
  for (const { session } of staying) session.close('drain');
  while (sessions.size > 0 && performance.now() < end) await pause(CHECK_MS);
}

/** Idle sessions come first, in random order. The pace is such that all have had their turn while there is time left for open calls. */
function schedule(all: Session[], start: number, withinMs: number): Leaving[] {
  const perSecond = Math.max(DRAIN_PER_SECOND, all.length / Math.max(0.1, (withinMs / 1_000) * DRAIN_SHARE));
  return all
    .map((session) => ({ session, place: Math.random() + Number(!session.idle) }))
    .sort((one, other) => one.place - other.place)
    .map(({ session }, index) => ({ session, at: start + (index / perSecond) * 1_000 * (0.5 + Math.random()) }));
}

function closeIfIdle(session: Session): boolean {
  session.holdCommands();
  if (!session.idle && session.connection.open) return false;
  session.close('drain');
  return true;
}
