import { readWords } from './words';

describe('the words of the bench', () => {
  it('ask for a measurement, with what is not said as it is', () => {
    expect(readWords(['frames', '--pairs', '3'])).toEqual({ stations: 100, messages: 150, pairs: 3 });
  });

  it.each([
    [[], 'what is to be measured'],
    [['everything'], 'what is to be measured'],
    [['frames', '--stations', '501'], '--stations is a whole number from 1 to 500'],
    [['frames', '--pairs'], '--pairs is a whole number'],
    [['frames', '--minutes', '3'], 'is no option'],
  ])('are refused when they are %j', (words, why) => {
    expect(readWords(words)).toContain(why);
  });
});
