import type { StoredStation } from './domain/station';
import { LiveStations } from './live-stations';

const stations = Array.from({ length: 25 }, (_, n) => ({ station: `CS-${n + 10}`, online: n % 12 === 0 }) as StoredStation);
let looked = 0;
const list = (maxLookedAt: number) =>
  new LiveStations({
    maxLookedAt,
    count: () => Promise.reject(new Error('not by the database')),
    rows: ({ limit, after }) => {
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
