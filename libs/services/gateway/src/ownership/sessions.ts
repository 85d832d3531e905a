import { stationKey, type StationRef } from '@voltbus/contracts';
import type { Session } from '../session/session';

/** The connections this process holds: at most one per station counts, older ones on their way out do not. */
export class Sessions {
  private readonly current = new Map<string, Session>();
  private readonly open = new Set<Session>();

  add(session: Session): void {
    this.open.add(session);
  }

  /** The session has its epoch. The newest wins: the loser (maybe the session itself), if there is one. */
  setCurrent(session: Session): Session | null {
    const other = this.current.get(session.key);
    if (other !== undefined && epochOf(other) > epochOf(session)) return session;
    if (this.open.has(session)) this.current.set(session.key, session); // else gone meanwhile: the older one has lost all the same
    return other ?? null;
  }

  remove(session: Session): void {
    this.open.delete(session);
    if (this.current.get(session.key) === session) this.current.delete(session.key);
  }

  byStation(ref: StationRef): Session | undefined {
    return this.current.get(stationKey(ref));
  }

  byKey(key: string): Session | undefined {
    return this.current.get(key);
  }

  /** Every open one, with an epoch or not. */
  all(): IterableIterator<Session> {
    return this.open.values();
  }

  get size(): number {
    return this.open.size;
  }
}

function epochOf({ owner: standing }: Session): number {
  return standing?.epoch ?? 0;
}
