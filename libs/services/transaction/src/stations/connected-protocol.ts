import { CsmsError, type Protocol, type StationRef } from '@voltbus/contracts';
import { ConnectionsUnavailable, type Connections } from '@voltbus/connections';

/** The version a station speaks now; null while it is not connected. Throws `unavailable` while nobody knows. */
export async function connectedProtocol(connections: Pick<Connections, 'find'>, ref: StationRef): Promise<Protocol | null> {
  try {
    return (await connections.find(ref))?.protocol ?? null;
  } catch (error) {
    if (error instanceof ConnectionsUnavailable)
      throw new CsmsError('unavailable', 'the connection registry is away', {}, { cause: error });
    throw error;
  }
}
