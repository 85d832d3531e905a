import { BusFull, BusUnavailable, TransientError } from '@voltbus/bus';
import { ConnectionsUnavailable } from '@voltbus/connections';
import { isTransientDatabaseError } from '@voltbus/database';

/** What a process works with and what may be away; a check of `/ready` is named by it at its end. */
type Dependency = 'database' | 'connection registry' | 'bus';

/** Which dependency was away when this failed; null: it failed for another reason. */
export function dependencyOf(error: unknown): Dependency | null {
  if (error instanceof ConnectionsUnavailable) return 'connection registry';
  if (error instanceof BusUnavailable || error instanceof BusFull) return 'bus';
  // What a handler throws, so that its record waits. Other causes are not followed: an HTTP client's refused connection is no database's.
  if (error instanceof TransientError) return dependencyOf(error.cause);
  return isTransientDatabaseError(error) ? 'database' : null;
}
