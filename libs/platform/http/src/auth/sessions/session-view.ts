import type { LiveSession } from './sessions';

/** A session as the API and the audit log show it. */
interface SessionView {
  id: string;
  actor: string;
  name: string | null;
  address: string;
  createdAt: string;
  lastUsedAt: string;
  endsAt: string;
  idleEndsAt: string;
}

export function viewOfSession({
  id,
  actor,
  name,
  address,
  createdAt,
  lastUsedAt,
  endsAt,
  idleEndsAt,
}: Omit<LiveSession, 'grant' | 'holder' | 'tenant'>): SessionView {
  return {
    ...{ id, actor, name, address },
    createdAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt.toISOString(),
    endsAt: endsAt.toISOString(),
    // no use makes it longer than it may be
    idleEndsAt: (idleEndsAt < endsAt ? idleEndsAt : endsAt).toISOString(),
  };
}
