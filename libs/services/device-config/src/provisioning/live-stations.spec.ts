import type { StoredStation } from './domain/station';
import { LiveStations } from './live-stations';

const stations = Array.from({ length: 25 }, (_, n) => ({ station: `CS-${n + 10}`, online: n % 12 === 0 }) as StoredStation);
let looked = 0;
let loaded = 0;
const list = (maxLookedAt: number) =>
  new LiveStations({
    maxLookedAt,
    count: () => Promise.reject(new Error('not by the database')),
    rows: () => Promise.reject(new Error('a filter by connection reads connections')),
    stationsWith: (presences) => {
      loaded += presences.length;
      return Promise.resolve(
        new Map(stations.filter(({ station }) => presences.some((one) => one.station === station)).map((one) => [one.station, one])),
      );
    },
    presenceRows: ({ limit, after }) => {
      const behind = stations.filter(({ station }) => after === null || station > (after[0] ?? '')).slice(0, limit);
      looked += behind.length;
      return Promise.resolve(behind.map((station) => ({ station, position: [station.station] })));
    },
  });

it('ends a page early, with a cursor, where it would look at more stations than one request may', async () => {
  const pages: string[][] = [];
  for (let after: readonly string[] | null = null, first = true; first || after !== null; first = false) {
    looked = 0;
    const page = await list(10).read({ filters: { online: true }, sort: { by: 'station', descending: false }, limit: 5, after });
    pages.push(page.items.map(({ station }) => station));
    expect(looked).toBeLessThanOrEqual(11);
    after = page.next;
  }
  expect(pages).toEqual([['CS-10'], ['CS-22'], ['CS-34']]);
});

it('counts the stations that it may look at, and says that there may be more', async () => {
  expect(await list(100).count({ online: true }, 100)).toEqual({ total: 3, totalIsLowerBound: false });
  expect(await list(100).count({ online: true }, 3)).toEqual({ total: 3, totalIsLowerBound: false });
  expect(await list(100).count({ online: true }, 2)).toEqual({ total: 2, totalIsLowerBound: true });
  expect(await list(13).count({ online: true }, 100)).toEqual({ total: 2, totalIsLowerBound: true });
});

it('reads whole stations only of those that pass, and hardly more than a page of them', async () => {
  loaded = 0;
  const { items, next } = await list(100).read({
    filters: { online: false },
    sort: { by: 'station', descending: false },
    limit: 4,
    after: null,
  });
  expect(items.map(({ station }) => station)).toEqual(['CS-11', 'CS-12', 'CS-13', 'CS-14']);
  expect([next, loaded]).toEqual([['CS-14'], 5]);
  loaded = 0;
  expect(await list(100).count({ online: false }, 100)).toEqual({ total: 22, totalIsLowerBound: false });
  expect(loaded).toBe(0);
});

it('looks at a few stations first, and at more of them each time', async () => {
  const looks: number[] = [];
  const many = Array.from(
    { length: 9_000 },
    (_, n) => ({ station: `CS-${n + 1_000}`, online: n % 2 === 0, protocol: 'ocpp1.6' }) as StoredStation,
  );
  const source = new LiveStations({
    ...{ count: () => Promise.reject(new Error('not by the database')), rows: () => Promise.reject(new Error('not whole stations')) },
    stationsWith: (presences) => Promise.resolve(new Map(many.filter((one) => presences.includes(one)).map((one) => [one.station, one]))),
    presenceRows: ({ limit, after }) => {
      looks.push(limit - 1);
      const begin = after === null ? 0 : many.findIndex(({ station }) => station === after[0]) + 1;
      return Promise.resolve(many.slice(begin, begin + limit).map((station) => ({ station, position: [station.station] })));
    },
  });
  const sort = { by: 'station', descending: false } as const;
  const { items } = await source.read({ filters: { online: true }, sort, limit: 49, after: null });
  expect([items.length, looks]).toEqual([49, [200]]);
  looks.length = 0;
  expect((await source.read({ filters: { protocol: ['ocpp2.1'] }, sort, limit: 49, after: null })).items).toEqual([]);
  expect(looks).toEqual([200, 800, 2_500, 2_500, 2_500, 1_500]);
});
