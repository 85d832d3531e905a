import { findLive, type Connections } from '@voltbus/connections';
import { deterministicId, stationKey } from '@voltbus/contracts';
import type { StationChanges } from '../station-changes';
import { connectionReport, type StatusHistory } from '../status-history';
import type { KnownConnection, TypeormLostConnections } from './store/typeorm-lost-connections';

/** Time between two looks. */
export const LOST_INTERVAL_MS = 60_000;
/**
 * Looks in a row at which no live gateway holds a connection before it counts as lost: three minutes. A gateway that was paused, or a registry that was
 * flushed, has everything back within a minute or so.
 */
export const LOOKS_TO_LOSE = 4;
/** Connections that are looked up at once. */
const PAGE = 1_000;

interface LostConnectionsParts {
  store: Pick<TypeormLostConnections, 'connected' | 'lost' | 'setOnline'>;
  connections: Pick<Connections, 'findMany' | 'leases'>;
  history: Pick<StatusHistory, 'record'>;
  changes: Pick<StationChanges, 'publish'>;
  now(): Date;
}

/** A connection that no live gateway holds. */
interface Missing extends KnownConnection {
  looks: number;
  /** When that was first seen; epoch milliseconds. */
  at: number;
}

/**
 * Finds stations that count as connected though their gateway died without telling of their end: they are offline from the first look that missed them. One
 * that turns out to be held after all (its gateway could not reach the registry) is online again. The registry must answer: a look that it does not answer
 * begins anew. Each process looks for itself.
 */
export class LostConnections {
  private missing = new Map<string, Missing>();

  constructor(private readonly parts: LostConnectionsParts) {}

  async look(): Promise<void> {
    const before = this.missing;
    this.missing = new Map(); // also where this look fails
    const missing = new Map<string, Missing>();
    const at = this.parts.now().getTime();
    await this.walk('connected', async (connection, owner) => {
      if (owner !== null) return;
      const key = stationKey(connection);
      const known = before.get(key);
      const first = known?.epoch === connection.epoch ? known : { ...connection, looks: 0, at };
      missing.set(key, { ...first, looks: first.looks + 1 });
    });
    await this.walk('lost', async (connection, owner) => {
      if (owner?.epoch === connection.epoch) await this.change(connection, true, at);
    });
    for (const [key, one] of missing)
      if (one.looks >= LOOKS_TO_LOSE) {
        missing.delete(key);
        await this.change(one, false, one.at);
      }
    this.missing = missing;
  }

  private async walk(
    which: 'connected' | 'lost',
    visit: (connection: KnownConnection, owner: { epoch: number } | null) => Promise<void>,
  ): Promise<void> {
    const { store, connections } = this.parts;
    for (let page: KnownConnection[], after: KnownConnection | null = null; ; after = page.at(-1) ?? null) {
      page = await store[which](after, PAGE);
      const owners = await findLive(connections, page);
      for (const [nth, connection] of page.entries()) await visit(connection, owners[nth] ?? null);
      if (page.length < PAGE) return;
    }
  }

  /** The history first: where the process dies in between, the next look does both again. */
  private async change(connection: KnownConnection, online: boolean, at: number): Promise<void> {
    const { store, history, changes } = this.parts;
    const { tenant, station, epoch } = connection;
    const id = deterministicId('connection', tenant, station, epoch, online ? 'found' : 'lost', at);
    await history.record([connectionReport(connection, { id, online, at })]);
    if (await store.setOnline(connection, online, new Date(at))) changes.publish([connection]);
  }
}
