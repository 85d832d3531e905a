import { Keyring, hashStationKey, storedKeyHash, type StationProfile } from '@voltbus/contracts';
import { provenKey, readPassword, rehashed } from './credentials';

const PEPPER = 'p'.repeat(32);
const ref = { tenant: 'default', station: 'CS-1' };
const basic = (user: string, password: Buffer | string) =>
  `Basic ${Buffer.concat([Buffer.from(`${user}:`), Buffer.from(password)]).toString('base64')}`;

function profile(...passwords: (Buffer | string)[]): StationProfile {
  return {
    ...ref,
    known: true,
    blocked: false,
    securityProfile: 1,
    keyHashes: passwords.map((password) => hashStationKey(PEPPER, ref, Buffer.from(password))),
    registration: 'accepted',
    unknownStations: 'refuse',
    answersUpdates: false,
  };
}

describe('a Basic header', () => {
  const bytes = Buffer.from([0x00, 0xff, 0x3a, 0x80, 0x0a]);

  it.each<[string, string, StationProfile, boolean]>([
    ['its password', basic('CS-1', 'secret'), profile('secret'), true],
    ['a password with colons: the first one ends the name', basic('CS-1', 'a:b:c'), profile('a:b:c'), true],
    ['a password that is no text (1.6)', basic('CS-1', bytes), profile(bytes), true],
    ['40 bytes', basic('CS-1', 'x'.repeat(40)), profile('x'.repeat(40)), true],
    ['either of two while the password rotates', basic('CS-1', 'old'), profile('new', 'old'), true],
    ['the scheme in lower case', basic('CS-1', 'secret').replace('Basic', 'basic'), profile('secret'), true],
    ['a wrong password', basic('CS-1', 'guess'), profile('secret'), false],
    ['no password', basic('CS-1', ''), profile('secret'), false],
    ["another station's name", basic('CS-2', 'secret'), profile('secret'), false],
    ['a name that only begins like it', basic('CS-1x', 'secret'), profile('secret'), false],
    ['no colon', `Basic ${Buffer.from('CS-1').toString('base64')}`, profile('secret'), false],
    ['another scheme', `Bearer ${Buffer.from('CS-1:secret').toString('base64')}`, profile('secret'), false],
    ['what is no base64', 'Basic ???', profile('secret'), false],
    ['nothing', '', profile('secret'), false],
    ['anything, of a station without a password', basic('CS-1', ''), profile(), false],
    ['nothing but the name', `Basic ${Buffer.from('CS-1:').toString('base64')}`, profile('secret'), false],
    ['a name alone', `Basic ${Buffer.from('CS-1').toString('base64')}`, profile('CS-1'), false],
    ['the password of a station that is not known', basic('CS-1', 'secret'), { ...profile('secret'), known: false }, false],
  ])('with %s', (_name, header, known, proven) => {
    expect(provenKey(PEPPER, ref, header, known) !== null).toBe(proven);
  });

  it('proves one station only: the same password has another hash at another station', () => {
    const other = { ...profile('secret'), keyHashes: [hashStationKey(PEPPER, { ...ref, station: 'CS-2' }, Buffer.from('secret'))] };
    expect(provenKey(PEPPER, ref, basic('CS-1', 'secret'), other) !== null).toBe(false);
  });

  it.each([
    ['EVSE:1', 'EVSE:1', 'secret', true],
    ['EVSE:1', 'EVSE:1', 'a:b:c', true],
    ['EVSE:1', 'EVSE', '1:secret', false], // the same bytes as `EVSE:1` with `secret`: what counts is the identity of the URL
    [':', ':', ':', true],
    ['a:', 'a:', ':', true],
    ['S\u00e4ule 7', 'S\u00e4ule 7', 'secret', true],
  ])('reads, of %s, the user %s and the password %s: it is split after the identity of the URL', (identity, user, password, own) => {
    const known = { ...ref, station: identity };
    const stored = { ...profile(), ...known, keyHashes: [hashStationKey(PEPPER, known, Buffer.from(own ? password : 'other'))] };
    expect(provenKey(PEPPER, known, basic(user, password), stored) !== null).toBe(own);
  });

  it('holds the password as bytes', () => {
    expect(readPassword(basic('CS-1', bytes), 'CS-1')).toEqual(bytes);
    expect(readPassword(basic('EVSE:1', bytes), 'EVSE:1')).toEqual(bytes);
    expect(readPassword(basic('EVSE:1', bytes), 'EVSE:2')).toBeNull();
  });
});

describe('a password while its pepper is replaced', () => {
  const NEW = 'q'.repeat(32);
  const steps = {
    first: new Keyring({ current: PEPPER, next: [NEW], named: true }),
    second: new Keyring({ current: NEW, previous: [PEPPER], named: true }),
    alone: new Keyring({ current: NEW, named: false }),
  };
  const header = basic('CS-1', 'secret');
  const stored = (...keyHashes: string[]) => ({ ...profile(), keyHashes });
  const [old, named, fresh] = [PEPPER, steps.first, steps.second].map((peppers) => storedKeyHash(peppers, ref, Buffer.from('secret'))) as [
    string,
    string,
    string,
  ];

  it.each<[string, Keyring, string[], string | null | undefined]>([
    ['hashed before, which is to be hashed anew', steps.second, [old], fresh],
    ['hashed by name before, which is to be hashed anew', steps.second, [named], fresh],
    ['hashed anew already', steps.second, [old, fresh], null],
    ['hashed before, where the new pepper is the next', steps.first, [old], named],
    ['hashed with the next pepper', steps.first, [fresh], null],
    ['hashed anew, when the pepper before has gone', steps.alone, [old, fresh], null],
    ['not hashed anew in time', steps.alone, [old, named], undefined],
  ])('is accepted or not: %s', (_case, peppers, hashes, after) => {
    const proven = provenKey(peppers, ref, header, stored(...hashes));
    expect(proven === null ? undefined : rehashed(peppers, proven)).toBe(after);
    expect(provenKey(peppers, ref, basic('CS-1', 'guess'), stored(...hashes))).toBeNull();
  });
});
