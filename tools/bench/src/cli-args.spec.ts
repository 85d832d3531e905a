import { readArgs } from './cli-args';

describe('the command line of the bench', () => {
  it('names a measurement; options that are left out have their defaults', () => {
    expect(readArgs(['frames', '--pairs', '3'])).toEqual({ what: 'frames', options: { stations: 100, messages: 150, pairs: 3 } });
    expect(readArgs(['members', '--keys', '5'])).toEqual({ what: 'members', options: { subscriptions: 7, keys: 5, rounds: 1 } });
  });

  it('measures the system when nothing is named, all of it or what is chosen', () => {
    expect(readArgs([])).toMatchObject({ what: 'system', options: { quick: false, record: false } });
    expect(readArgs(['--quick', '--only', 'storm,sessions'])).toMatchObject({
      what: 'system',
      options: { quick: true, workloads: ['storm', 'sessions'] },
    });
  });

  it('measures a fleet, and records only whole runs', () => {
    expect(readArgs(['fleet', '--record'])).toEqual({ what: 'fleet', options: { stations: 10_000, queries: false, record: true } });
    expect(readArgs(['fleet', '--stations', '200', '--queries'])).toMatchObject({ options: { stations: 200, queries: true } });
    expect(readArgs(['fleet', '--queries', '--record'])).toContain('only a whole run is recorded');
  });

  it.each([
    [['fleet', '--stations', '20000'], '--stations is a whole number from 100 to 15000'],
    [['fleet', '--stations', '99'], '--stations is a whole number'],
    [['fleet', '--pairs', '3'], "Unknown option '--pairs'"],
    [['--only', 'storm,weather'], '--only weather is none of idle, storm'],
    [['--profile', 'here', '--record'], 'its results are not for --record'],
    [['--fast'], "Unknown option '--fast'"],
    [['everything'], 'what is to be measured'],
    [['frames', '--stations', '501'], '--stations is a whole number from 1 to 500'],
    [['frames', '--pairs'], '--pairs is a whole number'],
    [['frames', '--minutes', '3'], 'is no option'],
    [['members', '--stations', '3'], 'is no option'],
    [['members', '--keys', '0'], '--keys is a whole number from 1 to 500'],
  ])('is refused: %j', (args, why) => {
    expect(readArgs(args)).toContain(why);
  });
});
