import { AsyncLocalStorage } from 'node:async_hooks';

const reach = new AsyncLocalStorage<readonly string[]>();

/** Runs `work` so that the lists that it reads have only rows of these stations (names within the tenant). */
export function runWithStations<T>(stations: readonly string[], work: () => T): T {
  return reach.run(stations, work);
}

/** The stations that the work in hand is limited to; null: it is not limited. */
export function stationsInReach(): readonly string[] | null {
  return reach.getStore() ?? null;
}
