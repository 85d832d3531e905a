import { PERSONALITIES } from '@voltbus/virtual-station';
import { DEFAULT_KILL_TARGETS, soak, type Shape } from '../src';

/** Versions take turns, and every third station has the next personality: so many stations have all personalities in all versions. */
const STATIONS = 3 * PERSONALITIES.length;

/** The whole proof, 200 stations for two minutes with ten kills, is `npm run soak`. */
describe('a small soak: one station of every version and personality, while processes are killed', () => {
  it.each<[Shape, string[], string]>([
    ['standalone', ['standalone', 'standalone', 'standalone'], 'the API'],
    ['stack', ['transaction', 'cdr', 'cdr'], 'the API and [1-9]\\d* records of csms.cdrs.v1'],
  ])('nothing is lost, doubled or wrong: %s', async (shape, killed, against) => {
    const result = await soak(
      { shape, stations: STATIONS, minutes: 0.4, kills: 3, killTargets: DEFAULT_KILL_TARGETS[shape], seed: 7 },
      () => undefined,
    );
    expect(result).toEqual({
      right: true,
      verdict: expect.stringMatching(new RegExp(`^compared with ${against}\nsessions [1-9]\\d+ lost 0 doubled 0 wrong 0 held 0$`)),
      killed: killed.map(() => expect.any(String)),
      resources: expect.arrayContaining([expect.stringMatching(/^[a-z0-9-]+ {2}\d+ MB, .*; descriptors \d+ to \d+$/)]),
      fleet: expect.stringContaining(`stations ${STATIONS}`),
    });
  });
});
