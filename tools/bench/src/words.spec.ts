import { readWords } from './words';

describe('the words of the bench', () => {
  it('ask for a measurement, with what is not said as it is', () => {
    expect(readWords(['frames', '--pairs', '3'])).toEqual({ what: 'frames', wish: { stations: 100, messages: 150, pairs: 3 } });
    expect(readWords(['members', '--keys', '5'])).toEqual({ what: 'members', wish: { subscriptions: 7, keys: 5, rounds: 1 } });
  });

  it.each([
    [[], 'what is to be measured'],
    [['everything'], 'what is to be measured'],
    [['frames', '--stations', '501'], '--stations is a whole number from 1 to 500'],
    [['frames', '--pairs'], '--pairs is a whole number'],
    [['frames', '--minutes', '3'], 'is no option'],
    [['members', '--stations', '3'], 'is no option'],
    [['members', '--keys', '0'], '--keys is a whole number from 1 to 500'],
  ])('are refused when they are %j', (words, why) => {
    expect(readWords(words)).toContain(why);
  });
});
