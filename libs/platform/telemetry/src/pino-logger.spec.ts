import { PassThrough } from 'node:stream';
import { openLog } from './pino-logger';
import { plainLine } from './plain-log';

/** What a logger wrote of one line. */
function written(details: object): Record<string, unknown> {
  const lines = new PassThrough();
  const logger = openLog({ process: 'gateway', pod: 'pod-1', level: 'info', to: lines });
  logger.debug(details, 'not this');
  logger.info(details, 'message');
  return JSON.parse(String(lines.read())) as Record<string, unknown>;
}

describe('the log', () => {
  it('is one JSON object per line, with the process, its pod and the time', () => {
    expect(written({ station: 'CS-1' })).toMatchObject({
      level: 30,
      process: 'gateway',
      pod: 'pod-1',
      station: 'CS-1',
      msg: 'message',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    });
  });

  it.each([
    ['an error that quotes a URL', { err: new Error('cannot reach https://cs:S3cretS3cret@auth.example/') }],
    ['a payload of a vendor', { payload: { data: '{"wifiPassword":"S3cretS3cret"}' } }],
    ['a frame', { frame: '[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"S3cretS3cret"}]' }],
  ])('never holds the secret in %s', (_name, details) => {
    expect(JSON.stringify(written(details))).not.toContain('S3cretS3cret');
    expect(written(details)).toMatchObject({ msg: 'message', process: 'gateway' });
  });

  it.each(['password', 'authorization', 'idToken', 'idTag', 'keyHashes', 'AuthorizationKey', 'BasicAuthPassword'])(
    'never holds what is under the name %s',
    (name) => {
      const text = JSON.stringify(written({ [name]: 'secret', payload: { [name]: 'secret', deeper: { [name]: 'secret' } } }));
      expect(text).not.toContain('secret');
    },
  );

  it('is plain where a person reads it', () => {
    const line = { level: 40, time: '2026-01-02T03:04:05.678Z', process: 'standalone', pod: 'x', station: 'CS-1', epoch: 7, msg: 'odd' };
    expect(plainLine(JSON.stringify(line))).toBe('03:04:05.678 WARN  odd station=CS-1 epoch=7\n');
    expect(plainLine(JSON.stringify({ ...line, err: { message: 'no', stack: 'Error: no\n    at x' } }))).toBe(
      '03:04:05.678 WARN  odd station=CS-1 epoch=7\n  Error: no\n      at x\n',
    );
  });

  it('escapes in the plain log what a station may have written to forge lines or colours', () => {
    const line = {
      level: 30,
      time: '2026-01-02T03:04:05.678Z',
      msg: 'text\n03:04:05 ERROR forged',
      station: 'CS\u001b[2J\r',
      other: ['\u202e'],
    };
    const err = { stack: 'Error: no\u001b[31m\r\n    at x\u2028y\u009b' };
    expect(plainLine(JSON.stringify({ ...line, err }))).toBe(
      '03:04:05.678 info  text\\u000a03:04:05 ERROR forged station=CS\\u001b[2J\\u000d other=["\\u202e"]\n' +
        '  Error: no\\u001b[31m\\u000d\n      at x\\u2028y\\u009b\n',
    );
  });

  it('has no value of a statement that failed, wherever in an error it stands', () => {
    const driverError = Object.assign(new Error('invalid input syntax for type uuid: "SECRET"'), {
      ...{ code: '22P02', detail: 'Key (id_token)=(SECRET) exists', where: 'unnamed portal parameter $1 = SECRET', table: 'tokens' },
    });
    const failed = Object.assign(new Error(driverError.message), {
      ...{ ...driverError, query: 'SELECT $1', parameters: ['SECRET'], driverError, code: '22P02' },
    });
    for (const err of [failed, new Error('wrapped', { cause: failed }), new AggregateError([failed], 'several')])
      for (const details of [{ err }, { error: err }]) {
        const text = JSON.stringify(written(details));
        expect(text).not.toContain('SECRET');
        expect(text).toContain('invalid input syntax for type uuid');
      }
    expect(written({ err: failed })['err']).toMatchObject({ query: 'SELECT $1', code: '22P02', table: 'tokens' });
  });

  it('has errors of every other kind as they are', () => {
    expect(written({ err: new Error('no "such" thing', { cause: new Error('why') }) })['err']).toMatchObject({
      ...{ type: 'Error', message: 'no "such" thing: why', stack: expect.stringContaining('pino-logger.spec') },
    });
  });
});
