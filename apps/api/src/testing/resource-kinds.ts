/** A resource that has a PUT, as `resources.spec.ts` tries the one rule on it. */
interface Kind {
  path: string;
  /** The body of a PUT that makes it, in full. */
  first: object;
  /** Members that a PATCH changes, one of them nested where there is one. */
  patch: object;
  /** What is shown after the PATCH. */
  patched: object;
  /** Bodies of a PUT that would lose money or safety, or that lack what is always needed, with the paths that must be given. */
  losing: readonly (readonly [body: object, ...paths: string[]])[];
  /** A null in a PATCH, and what the member is then. */
  nulls?: readonly (readonly [patch: object, shown: object])[];
  /** It is always there: never made, never removed. */
  always?: boolean;
  tenant?: string;
}

const TARIFF = {
  currency: 'EUR',
  perKwh: '0.49',
  perMinute: '0.02',
  perIdleMinute: '0.1',
  idleGraceMinutes: 5,
  fixed: '0.5',
  taxPercent: '19',
};
const LIMIT = { maxEnergyWh: 5_000, maxSeconds: 60 };
const TENANT = {
  currency: 'EUR',
  defaultTariff: null,
  minSecurityProfile: 2,
  masterPassGroup: 'MASTERS',
  unknownTokens: 'accept',
  reviewAbove: '9',
};
const TOKEN = {
  status: 'Blocked',
  groupId: 'FLEET',
  expiresAt: '2030-01-01T00:00:00.000Z',
  limit: LIMIT,
  allowedAt: [{ station: 'CS-1', evses: [1] }],
};
const TOTP = { sharedSecret: 'a secret of both', validitySeconds: 30, length: 8 };

/** Every resource with a PUT, by its noun. */
export const RESOURCE_KINDS: Readonly<Record<string, Kind>> = {
  tenant: {
    path: '/v1/tenants/kinds',
    first: TENANT,
    patch: { name: 'Kinds', minSecurityProfile: 3 },
    patched: { ...TENANT, name: 'Kinds', minSecurityProfile: 3 },
    losing: [
      [{}, '/currency', '/defaultTariff'],
      [{ currency: 'EUR', defaultTariff: null }, '/unknownTokens', '/minSecurityProfile', '/masterPassGroup', '/reviewAbove'],
    ],
    nulls: [
      [
        { reviewAbove: null, unknownTokens: null },
        { reviewAbove: null, unknownTokens: 'refuse' },
      ],
      [
        { defaultTariff: null, name: null },
        { defaultTariff: null, name: 'kinds' },
      ],
    ],
  },
  station: {
    path: '/v1/stations/CS%2F9',
    first: { password: 'correct horse battery', blocked: true, registration: 'pending', securityProfile: 2, group: 'depot' },
    patch: { registration: 'rejected', pinnedProtocol: 'ocpp1.6' },
    patched: { blocked: true, registration: 'rejected', group: 'depot', pinnedProtocol: 'ocpp1.6' },
    losing: [
      [{}, '/securityProfile', '/blocked', '/registration', '/group'],
      [{ password: 'another horse battery', blocked: true, group: 'depot' }, '/securityProfile', '/registration'],
    ],
    nulls: [
      [
        { group: null, pinnedProtocol: null, blocked: null },
        { group: null, pinnedProtocol: null, blocked: false },
      ],
    ],
  },
  token: {
    path: '/v1/tokens/Card%2F1',
    first: TOKEN,
    patch: { limit: { maxSeconds: 90 }, concurrent: true },
    patched: { status: 'Blocked', concurrent: true, groupId: 'FLEET', limit: { ...LIMIT, maxSeconds: 90 } },
    losing: [
      [{}, '/status'],
      [{ ...TOKEN, status: undefined }, '/status'],
      [{ status: 'Blocked', concurrent: true }, '/groupId', '/expiresAt', '/allowedAt', '/limit'],
    ],
    nulls: [
      [
        { limit: null, expiresAt: null, type: null },
        { limit: null, expiresAt: null, type: 'ISO14443' },
      ],
      [
        { groupId: null, allowedAt: null },
        { groupId: null, allowedAt: [] },
      ],
    ],
  },
  tariff: {
    path: '/v1/tariffs/night',
    first: TARIFF,
    patch: { perKwh: '0.39' },
    patched: { ...TARIFF, perKwh: '0.39' },
    losing: [
      [{}, '/currency', '/perKwh'],
      [{ currency: 'EUR', perKwh: '0.49' }, '/perMinute', '/perIdleMinute', '/idleGraceMinutes', '/fixed', '/taxPercent'],
    ],
    nulls: [
      [
        { perMinute: null, idleGraceMinutes: null },
        { perMinute: '0', idleGraceMinutes: 0 },
      ],
    ],
  },
  assignment: {
    path: '/v1/tariff-assignments/token-group/VISITORS',
    first: { tariff: 'day' },
    patch: { tariff: 'fleet' },
    patched: { tariff: 'fleet' },
    losing: [[{}, '/tariff']],
  },
  webhook: {
    path: '/v1/webhooks/billing',
    first: { url: 'https://receiver.example/hook', events: ['voltbus.cdr.issued'], enabled: false },
    patch: { description: 'bills' },
    patched: { description: 'bills', enabled: false },
    losing: [
      [{}, '/url', '/events'],
      [{ url: 'https://receiver.example/hook', events: ['voltbus.cdr.issued'] }, '/enabled'],
    ],
    nulls: [[{ description: null }, { description: '' }]],
  },
  'QR code': {
    path: '/v1/stations/CS-1/qr-codes/1',
    first: { urlTemplate: 'https://pay.example/{chargingstationid}/{evse}/{totp}/{version}', totp: TOTP },
    patch: { totp: { validitySeconds: 60 } },
    patched: { totp: { version: 'v1', validitySeconds: 60, length: 8 } },
    losing: [
      [{}, '/urlTemplate'],
      [{ urlTemplate: 'https://pay.example/{chargingstationid}/{evse}' }, '/totp'],
    ],
  },
  'local list': {
    path: '/v1/stations/CS-1/local-list',
    first: { mode: 'tokens', entriesPerMessage: 20 },
    patch: { entriesPerMessage: 30 },
    patched: { mode: 'tokens', entriesPerMessage: 30 },
    losing: [[{}, '/mode']],
    nulls: [[{ entriesPerMessage: null }, { mode: 'tokens', entriesPerMessage: 100 }]],
    always: true,
  },
  'configuration profile': {
    path: '/v1/configuration-profiles/fleet',
    first: { mode: 'off', vendors: ['Acme'], values: [{ key: 'HeartbeatInterval', value: '60' }] },
    patch: { mode: 'dry-run' },
    patched: { mode: 'dry-run', vendors: ['Acme'] },
    losing: [
      [{}, '/mode', '/values'],
      [{ mode: 'off', values: [] }, '/vendors'],
    ],
    nulls: [[{ description: null }, { description: null }]],
  },
  'quirk profile': {
    path: '/v1/quirk-profiles/fleet',
    first: { vendors: ['Acme*'], description: 'spring', quirks: [{ quirk: 'heartbeat-at-most', on: true, value: '60' }] },
    patch: { description: 'autumn' },
    patched: { description: 'autumn', vendors: ['Acme*'] },
    losing: [
      [{}, '/quirks'],
      [{ quirks: [] }, '/vendors'],
    ],
    nulls: [[{ description: null }, { description: null }]],
  },
  'firmware image': {
    path: '/v1/firmware-images/two',
    first: { url: 'ftp://cs:S3cretOfTheServer@files.example/two.bin', vendor: 'Acme', description: 'spring' },
    patch: { description: 'autumn' },
    patched: { url: 'ftp://[redacted]@files.example/two.bin', vendor: 'Acme', description: 'autumn' },
    losing: [
      [{}, '/url', '/vendor'],
      [{ url: 'https://files.example/two.bin' }, '/vendor'],
    ],
    nulls: [[{ description: null }, { description: null }]],
  },
  'alert rule': {
    path: '/v1/alert-rules/away',
    first: { kind: 'offline', minutes: 5, enabled: false, description: 'off the air' },
    patch: { minutes: 10 },
    patched: { kind: 'offline', minutes: 10, enabled: false, description: 'off the air' },
    losing: [
      [{}, '/kind'],
      [{ kind: 'offline' }, '/enabled'],
    ],
    nulls: [[{ description: null }, { description: null }]],
  },
  configuration: {
    path: '/v1/stations/CS-1/configuration',
    first: { values: [{ key: 'HeartbeatInterval', value: '60' }], paused: true },
    patch: { paused: false },
    patched: { paused: false },
    losing: [[{ paused: false }, '/values']],
    always: true,
  },
};
