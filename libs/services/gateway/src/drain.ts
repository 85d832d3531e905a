import { setTimeout as pause } from 'node:timers/promises';
import { CLOSE, DRAIN_PER_SECOND, DRAIN_SHARE } from './limits';
import type { Session } from './session';
import type { Sessions } from './sessions';

const WATCH_MS = 50;
const REASON = 'the service restarts';

/**
 * Empties a gateway before it leaves: sockets are closed with 1012 in a paced, jittered order, idle ones first; one with an open call gets the rest of
 * the time to finish it. Resolves when no session is left.
 */
export async function drain(sessions: Sessions, seconds: number): Promise<void> {
  const end = Date.now() + seconds * 1_000;
  const all = shuffled([...sessions.all()]).sort((one, other) => Number(other.idle) - Number(one.idle));
  const perSecond = Math.max(DRAIN_PER_SECOND, all.length / Math.max(0.1, seconds * DRAIN_SHARE));
  await Promise.all(
    all.map(async (session, index) => {
      await pause((index / perSecond) * 1_000 * (0.5 + Math.random()));
      while (!session.idle && session.open && Date.now() < end) await pause(WATCH_MS);
      session.close(CLOSE.restart, REASON);
    }),
  );
  while (sessions.size > 0 && Date.now() < end) await pause(WATCH_MS);
}

function shuffled(list: Session[]): Session[] {
  return list
    .map((session) => ({ session, place: Math.random() }))
    .sort((one, other) => one.place - other.place)
    .map(({ session }) => session);
}
