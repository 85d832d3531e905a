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

  it.each([
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
