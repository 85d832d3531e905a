import { MemoryConnections } from '@voltbus/connections';
import type { StationRef } from '@voltbus/contracts';
import { statusHistory } from '../status-history/block';
import { startService, type ServiceFixture } from '../testing/start-service';
import { LOOKS_TO_LOSE, LostConnections } from './lost-connections';
import { TypeormLostConnections } from './store/typeorm-lost-connections';

const START = Date.UTC(2026, 10, 1);
const MINUTE = 60_000;
let service: ServiceFixture;
let registry: MemoryConnections;
let lost: LostConnections;
let minute: number;
let published: string[];
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service?.close());
beforeEach(async () => {
  await service.database.query('DELETE FROM device_config.stations');
  registry = new MemoryConnections({ nowMs: () => 1 + minute * MINUTE });
  [minute, published] = [0, []];
  lost = new LostConnections({
    ...{ store: new TypeormLostConnections(service.database), connections: registry, history: service.service.use(statusHistory).history },
    changes: { publish: (refs) => void published.push(...refs.map(({ station }) => station)) },
    now: () => new Date(START + minute * MINUTE),
  });
});

const ref = (station: string): StationRef => ({ tenant: 'default', station });
const by = { inst: 'gw', bucket: 1, protocol: 'ocpp1.6', lastSeenAt: 0 } as const;
async function connect(station: string): Promise<number> {
  if ((await service.directory.find(ref(station))) === null) await service.stations.put(ref(station), {});
  const { epoch } = await registry.acquire(ref(station), by);
  await tell(station, epoch, true);
  return epoch;
}
function tell(station: string, epoch: number, online: boolean): Promise<void> {
  const at = new Date(START + minute * MINUTE).toISOString();
  return service.presence.writeMany([{ ...ref(station), protocol: 'ocpp1.6', epoch, online, at }]);
}
/** Looks each minute; the gateway renews its lease before it where it lives. */
async function looks(count: number, isAlive: boolean): Promise<void> {
  for (let nth = 0; nth < count; nth++) {
    minute++;
    if (isAlive) await registry.renewLease({ inst: 'gw', bucket: 1 });
    await lost.look();
  }
}
const known = async (station: string) => {
  const [row] = await service.database.query<{ online: boolean; last_seen_at: Date }[]>(
    'SELECT online, last_seen_at FROM device_config.stations WHERE station = $1',
    [station],
  );
  return [row?.online, ((row?.last_seen_at.getTime() ?? 0) - START) / MINUTE];
};
const history = async (station: string) => {
  const rows = await service.database.query<{ status: string; at: Date }[]>(
    'SELECT status, at FROM device_config.status_history WHERE station = $1 AND NOT superseded ORDER BY at, number',
    [station],
  );
  return rows.map(({ status, at }) => [status, (at.getTime() - START) / MINUTE]);
};

it('a station whose gateway died without a word is offline from the first look that missed it', async () => {
  await connect('CS-1');
  await looks(3, true);
  await looks(LOOKS_TO_LOSE - 1, false);
  expect(await known('CS-1')).toEqual([true, 0]);
  await looks(1, false);
  expect(await known('CS-1')).toEqual([false, 4]);
  expect(await history('CS-1')).toEqual([['offline', 4]]);
  expect(published).toEqual(['CS-1']);
  await looks(9, false);
  expect(await history('CS-1')).toHaveLength(1);
});

it('is not lost where it came back to another gateway, where its gateway was away for a while, or where the registry was', async () => {
  await connect('back');
  await looks(LOOKS_TO_LOSE - 1, false);
  await connect('back');
  await looks(LOOKS_TO_LOSE - 1, false);
  await looks(1, true);
  await looks(LOOKS_TO_LOSE - 1, false);
  registry.setAvailable(false);
  await expect(looks(1, false)).rejects.toThrow();
  registry.setAvailable(true);
  await looks(LOOKS_TO_LOSE - 1, false);
  expect(await known('back')).toMatchObject([true, 3]);
  expect(await history('back')).toEqual([]);
});

it('is online again where its gateway holds the same connection after all, and not where that has ended meanwhile', async () => {
  const [held, ended] = [await connect('held'), await connect('ended')];
  await looks(LOOKS_TO_LOSE, false);
  expect([await known('held'), await known('ended')]).toEqual([[false, 1], [false, 1]]); // prettier-ignore
  await tell('ended', ended, false);
  for (const [station, epoch] of [['held', held], ['ended', ended]] as const) await registry.assert([{ ref: ref(station), owner: { ...by, epoch } }]); // prettier-ignore
  await looks(1, true);
  expect([await known('held'), await known('ended')]).toEqual([[true, 5], [false, 4]]); // prettier-ignore
  expect(await history('held')).toEqual([['offline', 1], ['online', 5]]); // prettier-ignore
});

it('a newer connection, and the end of the lost one that is told at last, count', async () => {
  const epoch = await connect('CS-1');
  await looks(LOOKS_TO_LOSE, false);
  await tell('CS-1', epoch, true); // it comes again
  expect(await known('CS-1')).toEqual([false, 1]);
  await connect('CS-1');
  await looks(2, true);
  expect(await known('CS-1')).toEqual([true, 4]);
});
