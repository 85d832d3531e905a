import { CsmsError, type Command } from '@voltbus/contracts';
import type { CommandSender } from '@voltbus/service';

/** Stations in one request at most: more are a job for a script that names tokens. */
const MAX_STATIONS = 1_000;
/** A token that was not used for longer than this is in no cache. */
const SEEN_WITHIN_MS = 90 * 86_400_000;
/** A station that is away gets the command when it is back. */
const KEEP_SECONDS = 86_400;

interface CacheClearingParts {
  commands: CommandSender;
  tokens: { stationsSeen(tenant: string, idToken: string | null, since: Date, limit: number): Promise<string[]> };
  now(): Date;
}

/**
 * Has stations forget what they know of tokens (1.6 section 5.4, C11): they may let a token charge that was blocked
 * since. OCPP clears a whole cache or nothing; stations that never charged with the token are left alone.
 */
export class CacheClearing {
  constructor(private readonly parts: CacheClearingParts) {}

  /** The commands that tell the stations. `idToken` null: every station of the tenant at which anybody charged. */
  async clear(tenant: string, idToken: string | null, requestedBy: string): Promise<Command[]> {
    const { tokens, commands, now } = this.parts;
    const since = new Date(now().getTime() - SEEN_WITHIN_MS);
    const stations = await tokens.stationsSeen(tenant, idToken, since, MAX_STATIONS + 1);
    if (stations.length > MAX_STATIONS)
      throw new CsmsError('invalid', `more than ${MAX_STATIONS} stations: name the token, or tell stations one by one`);
    const sent: Command[] = [];
    for (const station of stations)
      sent.push(
        await commands.sendCommand({ ref: { tenant, station }, action: 'ClearCache', payload: {}, ttlSeconds: KEEP_SECONDS, requestedBy }),
      );
    return sent;
  }
}
