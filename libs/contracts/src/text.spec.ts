import { asText, isText, text } from './text';

describe('text that is stored', () => {
  it.each(['\0', '\n', '\u001b[31m', '\u0085', '\ud800', 'a\udfff', '\udc00\ud800'])('has no %j', (bad) => {
    expect([text.safeParse(bad).success, isText(bad), isText(asText(bad))]).toEqual([false, false, true]);
  });

  it.each(['Stra\u00dfe', '\ud83d\ude97', '\u5145\u96fb', ''])('may be %j', (good) => {
    expect([text.parse(good), isText(good), asText(good)]).toEqual([good, true, good]);
  });

  it('shows a replacement for each character that it cannot have', () => {
    expect([asText('a\0b\ud800'), asText('a\nb', ' ')]).toEqual(['a\ufffdb\ufffd', 'a b']);
  });
});
