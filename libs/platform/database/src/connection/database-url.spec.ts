import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestCertificate } from '@voltbus/testing';
import { addressOf } from './database-url';

const at = (rest: string) => addressOf(`postgres://u:p@db:5433/voltbus${rest}`);

let folder: string;
let ca: string;
let cert: string;
let key: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'voltbus-url-'));
  const root = await TestCertificate.root('CA');
  const leaf = await root.leaf('client');
  [ca, cert, key] = [root.pem, leaf.pem, leaf.keyPem].map((text, index) => {
    const path = join(folder, `${index}.pem`);
    writeFileSync(path, text);
    return path;
  }) as [string, string, string]; // of three texts
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a database URL', () => {
  it('is read with its escapes, and a socket folder as its host', () => {
    expect(addressOf('postgres://u%40x:p%25%2F@%2Ftmp%2Fsockets/name')).toEqual({
      ...{ host: '/tmp/sockets', port: 5432, username: 'u@x', password: 'p%/', database: 'name', tls: null },
    });
    expect(addressOf('postgres://u:p@[::1]:1/d').host).toBe('::1');
  });

  it('means by sslmode what libpq means: require checks nothing without a root, verify-ca checks no name', () => {
    const checks = (rest: string) => {
      const options = at(rest).tls?.();
      return options && { chain: options.rejectUnauthorized, name: options.checkServerIdentity === undefined };
    };
    expect(checks('')).toBeUndefined();
    expect(checks('?sslmode=disable')).toBeUndefined();
    expect(checks('?sslmode=require')).toEqual({ chain: false, name: true });
    expect(checks(`?sslmode=require&sslrootcert=${ca}`)).toEqual({ chain: true, name: false });
    expect(checks(`?sslmode=verify-ca&sslrootcert=${ca}`)).toEqual({ chain: true, name: false });
    expect(checks('?sslmode=verify-full')).toEqual({ chain: true, name: true });
    expect(checks(`?sslmode=verify-full&sslrootcert=${ca}&sslcert=${cert}&sslkey=${key}`)).toEqual({ chain: true, name: true });
  });

  it.each([
    ['?options=-c%20x', 'options is not used'],
    ['?sslmod=require', 'sslmod is not used'],
    ['?sslmode=verify_full', 'sslmode=verify_full is not known'],
    ['?sslmode=prefer', 'sslmode=prefer is not known'],
    ['?sslmode=disable&sslmode=require', 'sslmode is given more than once'],
    ['?sslmode=verify-full&sslrootcert=/no/such.pem', 'ENOENT'],
    ['?sslmode=verify-ca', 'sslmode=verify-ca needs sslrootcert'],
    [`?sslrootcert=${__filename}`, 'of no use without sslmode'],
    [`?sslmode=require&sslrootcert=${__filename}`, 'sslrootcert: holds no certificate in PEM'],
    [`?sslmode=require&sslcert=${__filename}`, 'sslcert is of no use without sslkey'],
    [`?sslmode=require&sslkey=${__filename}`, 'sslkey is of no use without sslcert'],
  ])('is refused with %s, which would be passed over', (rest, why) => expect(() => at(rest)).toThrow(why));

  it('is refused for everything that is wrong with it at once', () => {
    const read = () => addressOf(`postgres://50%:p@%2Ftmp/d?a=1&sslmode=require&sslcert=${cert}`);
    expect(read).toThrow(/a is not used.*user name is not percent-encoded.*no use on a socket.*no use without sslkey/);
  });

  it('is refused, without its password, where that is badly encoded', () => {
    const read = () => addressOf('postgres://u:50%sure@db/voltbus');
    expect(read).toThrow('the password is not percent-encoded');
    expect(read).not.toThrow('sure');
  });
});
