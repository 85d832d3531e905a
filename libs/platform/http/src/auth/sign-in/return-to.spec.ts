import { isPathOfThisSite } from './return-to';

it.each(['/', '/docs', '/stations/A%20B?tab=1#top', '/a//b', '/@evil.example', '/.evil.example', '/?url=https://evil.example'])(
  'a browser stays here at %j',
  (path) => {
    expect(isPathOfThisSite(path)).toBe(true);
  },
);

it.each([
  ...[
    '',
    'docs',
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    'https://evil.example',
    'javascript:alert(1)',
  ],
  ...['/\t/evil.example', '/\n/evil.example', ' /docs', '/docs\r\nset-cookie: a=b', '/a\\b', '/ä', '/a b', `/${'x'.repeat(1_024)}`],
])('a browser is not sent to %j', (path) => {
  expect(isPathOfThisSite(path)).toBe(false);
});
