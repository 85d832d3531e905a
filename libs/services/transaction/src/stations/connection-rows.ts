import type { ConnectionEvent } from '@voltbus/contracts';

/** SQL: of each station in `$1` (`connectionRows`) the newest connection, as a row of `given`; `at` is text. */
export const NEWEST_CONNECTIONS = `(
  SELECT DISTINCT ON (tenant, station) tenant, station, epoch, protocol, at
  FROM json_to_recordset($1::json) AS events(tenant text, station text, epoch bigint, protocol text, at text) ORDER BY tenant, station, epoch DESC) AS given`;

/** Connections that began or ended, for `NEWEST_CONNECTIONS`: many at once when a gateway restarts. */
export function connectionRows(events: readonly ConnectionEvent[]): string {
  return JSON.stringify(events.map(({ tenant, station, epoch, protocol, at }) => ({ tenant, station, epoch, protocol, at })));
}
