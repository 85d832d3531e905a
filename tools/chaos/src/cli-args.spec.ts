import { CHAOS, readCliArgs } from './cli-args';
import { FAULTS } from './faults';

describe("chaos's command line arguments", () => {
  it('default to ten minutes with every fault', () => {
    expect(readCliArgs([])).toEqual({ minutes: 10, stations: 48, seed: 3, faults: FAULTS, named: false });
  });

  it('choose faults by name', () => {
    expect(readCliArgs(['--only', 'redis-flush,kill', '--seed', '9'])).toMatchObject({
      seed: 9,
      named: true,
      faults: [{ name: 'redis-flush' }, { name: 'kill' }],
    });
  });

  it.each([
    [['--minutes', '1'], '--minutes 1 is not from 2 to 240'],
    [['--stations', '0'], '--stations 0 is not from 1 to 1000'],
    [['--only', 'earthquake'], '--only earthquake is none of kill,'],
  ])('are refused when they are wrong: %j', (args, message) => expect(() => readCliArgs(args)).toThrow(message));

  it('explain every fault', () => {
    for (const { name, about } of FAULTS) expect(CHAOS.about).toContain(`${name.padEnd(20)}  ${about}`);
    expect(new Set(FAULTS.map(({ name }) => name)).size).toBe(FAULTS.length);
  });
});
