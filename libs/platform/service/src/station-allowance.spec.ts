import { MAX_STATIONS_COUNTED, StationAllowance } from './station-allowance';

const HOUR_MS = 3_600_000;
let now = 0;
let beyond: [station: string, count: number][] = [];
const allowance = () =>
  new StationAllowance({ burst: 3, perDay: 24, now: () => now, beyond: ({ station }, count) => void beyond.push([station, count]) });
const of = (...stations: string[]) => stations.map((station, place) => ({ ref: { tenant: 'a', station }, place }));

beforeEach(() => {
  now = 0;
  beyond = [];
});

it('bounds what is stored of a station at once and per day, and takes nothing from one station for another', () => {
  const kept = allowance();
  expect(kept.within(of('x', 'x', 'y', 'x', 'x', 'x', 'y')).map(({ place }) => place)).toEqual([0, 1, 2, 3, 6]);
  expect(beyond).toEqual([['x', 2]]);
  now = HOUR_MS;
  expect(kept.within(of('x', 'x'))).toHaveLength(1);
  now = 100 * HOUR_MS;
  expect(kept.within(of('x', 'x', 'x', 'x'))).toHaveLength(3);
});

it('remembers so many stations, and forgets the one that was silent for longest', () => {
  const kept = allowance();
  kept.within(of('x', 'x', 'x', 'y', 'y', 'y'));
  for (let nth = 2; nth < MAX_STATIONS_COUNTED; nth++) kept.within(of(`s${nth}`));
  expect(kept.within(of('x'))).toHaveLength(0);
  kept.within(of('one more')); // y goes
  expect(kept.within(of('x'))).toHaveLength(0);
  expect(kept.within(of('y', 'y', 'y'))).toHaveLength(3);
});

it('counts each further unit of a size as one more; what is larger than what is left is kept, and made up for', () => {
  const sized = new StationAllowance({
    burst: 5,
    perDay: 24,
    unitBytes: 100,
    now: () => now,
    beyond: ({ station }, count) => void beyond.push([station, count]),
  });
  const within = (...sizes: number[]) =>
    sized
      .within(
        sizes.map((bytes) => ({ ref: { tenant: 'a', station: 'x' }, bytes })),
        ({ bytes }) => bytes,
      )
      .map(({ bytes }) => bytes);
  expect(within(99, 100, 1_000, 1)).toEqual([99, 100, 1_000]); // 1 + 2 + 11 of 5
  expect(beyond).toEqual([['x', 1]]);
  now = 9 * HOUR_MS;
  expect(within(1)).toEqual([]);
  now = 10 * HOUR_MS;
  expect(within(1)).toEqual([1]);
});
