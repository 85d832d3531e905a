import { stationKey, type StationRef } from '@voltbus/contracts';
import type { Session } from '../session/session';

/** The sessions of this process, by station. One per station is current; older ones are on their way out. */
export class Sessions {
  private readonly current = new Map<string, Session>();
  private readonly open = new Set<Session>();

  add(session: Session): void {
    this.open.add(session);
  }

  /** The session has its epoch, and the newest epoch wins. Returns the session that lost, which may be this one; null when there was no other. */
  setCurrent(session: Session): Session | null {
    const { key } = session.connection;
    const other = this.current.get(key);
    if (other !== undefined && epochOf(other) > epochOf(session)) return session;
    if (this.open.has(session)) this.current.set(key, session); // a session that ended meanwhile still supersedes the older one
    return other ?? null;
  }

  remove(session: Session): void {
    const { key } = session.connection;
    this.open.delete(session);
    if (this.current.get(key) === session) this.current.delete(key);
  }

  byStation(ref: StationRef): Session | undefined {
    return this.current.get(stationKey(ref));
  }

  byKey(key: string): Session | undefined {
    return this.current.get(key);
  }

  /** Every open session, with an epoch or without. */
  all(): IterableIterator<Session> {
    return this.open.values();
  }

  get size(): number {
    return this.open.size;
  }
}

function epochOf({ connection }: Session): number {
  return connection.owner?.epoch ?? 0;
}
