import { setTimeout as pause } from 'node:timers/promises';
import { DRAIN_PER_SECOND, DRAIN_SHARE } from '../limits';
import type { Session } from '../session/session';
import type { Sessions } from './sessions';

const WATCH_MS = 20;

/** A session, and when its turn to leave comes. */
interface Leaving {
  session: Session;
  at: number;
}

/**
 * Empties a gateway before it leaves: sockets are closed with 1012 in a paced, jittered order, idle ones first; one with an open call gets the rest of
 * the time to finish it, and no new one. Resolves when no session is left, or when the time is over.
 */
export async function drain(sessions: Sessions, withinMs: number): Promise<void> {
  const start = performance.now();
  const end = start + withinMs;
  let staying = turns([...sessions.all()], start, withinMs);
  while (staying.length > 0 && performance.now() < end) {
    const now = performance.now();
    staying = staying.filter(({ session, at }) => now < at || !leaves(session));
    if (staying.length > 0) await pause(WATCH_MS);
  }
  for (const { session } of staying) session.close('drain');
  while (sessions.size > 0 && performance.now() < end) await pause(WATCH_MS);
}

/** Idle ones first, in no order of their own; so many a second that all have had their turn while there is time left for calls that are still open. */
function turns(all: Session[], start: number, withinMs: number): Leaving[] {
  const perSecond = Math.max(DRAIN_PER_SECOND, all.length / Math.max(0.1, (withinMs / 1_000) * DRAIN_SHARE));
  return all
    .map((session) => ({ session, place: Math.random() + Number(!session.idle) }))
    .sort((one, other) => one.place - other.place)
    .map(({ session }, index) => ({ session, at: start + (index / perSecond) * 1_000 * (0.5 + Math.random()) }));
}

function leaves(session: Session): boolean {
  session.leave();
  if (!session.idle && session.open) return false;
  session.close('drain');
  return true;
}
