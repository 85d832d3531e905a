import { readArgs } from './cli-args';

describe('the command line of the bench', () => {
  it('names a measurement; options that are left out have their defaults', () => {
    expect(readArgs(['frames', '--pairs', '3'])).toEqual({ what: 'frames', options: { stations: 100, messages: 150, pairs: 3 } });
    expect(readArgs(['members', '--keys', '5'])).toEqual({ what: 'members', options: { subscriptions: 7, keys: 5, rounds: 1 } });
  });

  it.each([
    [[], 'what is to be measured'],
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
