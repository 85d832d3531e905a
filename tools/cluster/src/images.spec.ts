import { imageOf, imageValues } from './images';

const DIGEST = `sha256:${'a'.repeat(64)}`;

describe('an image', () => {
  it.each([
    ['localhost/voltbus:one', { repository: 'localhost/voltbus', tag: 'one', digest: '' }, 'localhost/voltbus:one'],
    [
      'registry.example:5000/team/v:1.2',
      { repository: 'registry.example:5000/team/v', tag: '1.2', digest: '' },
      'registry.example:5000/team/v:1.2',
    ],
    [
      `registry.example:5000/v@${DIGEST}`,
      { repository: 'registry.example:5000/v', tag: '', digest: DIGEST },
      `registry.example:5000/v@${DIGEST}`,
    ],
    [`v:1@${DIGEST}`, { repository: 'v', tag: '1', digest: DIGEST }, `v@${DIGEST}`],
  ])('%s becomes values of the chart, which names it as before', (image, values, again) => {
    expect(imageValues(image)).toEqual(values);
    expect(imageOf(values)).toBe(again);
  });

  it.each(['voltbus', 'registry.example:5000/voltbus', '', `voltbus@sha256:${'a'.repeat(63)}`])(
    'is refused without tag and digest: %j',
    (image) => {
      expect(() => imageValues(image)).toThrow('an image with its tag or its digest');
    },
  );
});
