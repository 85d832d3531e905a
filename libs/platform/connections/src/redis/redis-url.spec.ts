import { parseRedisUrl } from './redis-url';

describe('the address of the registry', () => {
  it.each([
    ['redis://localhost', { nodes: [{ host: 'localhost', port: 6379 }], cluster: false, tls: false, db: 0 }],
    ['redis://127.0.0.1:7000/3', { nodes: [{ host: '127.0.0.1', port: 7000 }], cluster: false, db: 3 }],
    ['rediss://[::1]:7000', { nodes: [{ host: '::1', port: 7000 }], tls: true }],
    [
      'redis://a:1,b:2,c',
      {
        nodes: [
          { host: 'a', port: 1 },
          { host: 'b', port: 2 },
          { host: 'c', port: 6379 },
        ],
        cluster: true,
      },
    ],
    ['redis://discovery:6379?cluster=true', { nodes: [{ host: 'discovery', port: 6379 }], cluster: true }],
    ['redis://:p%40ss@h', { username: undefined, password: 'p@ss' }],
    ['redis://volt:p%3Aw@h', { username: 'volt', password: 'p:w' }],
  ])('reads %s', (url, expected) => {
    expect(parseRedisUrl(url)).toMatchObject(expected);
  });

  it.each([
    '',
    'localhost:6379',
    'http://h',
    'redis://',
    'redis://h:99999',
    'redis://a,,b',
    'redis://a,b/2',
    'redis://h/db',
    'redis://u:secret@ho st',
  ])('refuses %j', (url) => {
    expect(() => parseRedisUrl(url)).toThrow(TypeError);
  });

  it('never shows the password', () => {
    expect(() => parseRedisUrl('redis://u:hunter2@a,,b')).toThrow(expect.not.stringContaining('hunter2'));
  });
});
