import type { StationProfile } from '@voltbus/contracts';
import { evictionFor, evictionOfConnected } from './eviction';

const admitted: StationProfile = {
  tenant: 'default',
  station: 'CS-1',
  known: true,
  blocked: false,
  securityProfile: 1,
  keyHashes: ['a', 'b'],
  registration: 'accepted',
  unknownStations: 'refuse',
  answersUpdates: false,
};

it.each([
  ['nothing', {}, null],
  ['the order of its hashes', { keyHashes: ['b', 'a'] }, null],
  ['a password', { keyHashes: ['c'] }, 'credentials-changed'],
  ['a password taken away', { keyHashes: [] }, 'credentials-changed'],
  ['a higher security profile', { securityProfile: 2 }, 'credentials-changed'],
  ['a lower security profile', { securityProfile: 0 }, null],
  ['a block', { blocked: true }, 'blocked'],
  ['a block and a password', { blocked: true, keyHashes: [] }, 'blocked'],
  ['its registration, taken back', { registration: 'pending' }, 'blocked'],
  ['its deletion', { known: false, keyHashes: [] }, 'deleted'],
  ['a pinned version', { pinnedProtocol: 'ocpp1.6' }, 'version-pinned'],
  ['a profile that names no pinned version', { pinnedProtocol: null }, null],
  ['what its tenant does with strangers', { unknownStations: 'register' }, null],
] as const)('after %s an admitted socket has to go for the right reason', (_, change, reason) => {
  const { keyHashes = admitted.keyHashes, ...rest } = change as Partial<StationProfile>;
  expect(evictionFor(admitted, { ...admitted, ...rest, keyHashes: [...keyHashes] })).toBe(reason);
});

it.each([
  ['a block that is lifted', { blocked: true }],
  ['a station that was not known', { known: false }],
  ['a registration that is granted (B02: neither side closes the socket)', { registration: 'pending' }],
] as const)('%s closes no socket', (_, before) => {
  expect(evictionFor({ ...admitted, ...before }, admitted)).toBeNull();
});

it.each([
  ['a known station', { known: true }, null],
  ['a blocked station', { known: true, blocked: true }, 'blocked'],
  ['a station that was deleted', {}, 'deleted'],
  ['a station of a tenant that does not exist', { unknownStations: null }, 'deleted'],
  ['an unknown station where its tenant registers them', { unknownStations: 'register' }, null],
] as const)('of stations that have just connected %s stays or goes', (_, station, reason) => {
  const stored = { tenant: 'default', station: 'CS-1', known: false, blocked: false, unknownStations: 'refuse' as const, ...station };
  expect(evictionOfConnected(stored)).toBe(reason);
});
