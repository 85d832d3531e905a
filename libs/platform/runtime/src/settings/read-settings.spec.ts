import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configReference } from './config-reference';
import { retentionDays } from './retention-settings';
import { ConfigError, readSettings, type Mode, type ProcessName } from './read-settings';

const CLUSTER = {
  VOLTBUS_KAFKA_BROKERS: 'a:9092, b:9092',
  VOLTBUS_REDIS_URL: 'redis://r:6379',
  VOLTBUS_DATABASE_URL: 'postgres://u:p@h/d',
  VOLTBUS_KEY_PEPPER: 'p'.repeat(32),
  VOLTBUS_ADMIN_KEY: 'a'.repeat(32),
};

function problems(environment: Record<string, string>, mode: Mode = 'standalone', name: ProcessName = 'standalone'): readonly string[] {
  try {
    readSettings(environment, mode, name);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe('settings', () => {
  it('of standalone need nothing, and listen on this machine only', () => {
    expect(readSettings({}, 'standalone', 'standalone')).toMatchObject({
      HOST: '127.0.0.1',
      INTERNAL_HOST: '127.0.0.1',
      OCPP_PORT: 9000,
      HTTP_PORT: 8080,
      INTERNAL_PORT: 9090,
      DRAIN_SECONDS: 5,
    });
  });

  it('keep the internal port of standalone on this machine, also where the other ports are opened; it takes its own setting to open it', () => {
    expect(readSettings({ VOLTBUS_HOST: '0.0.0.0' }, 'standalone', 'standalone')).toMatchObject({
      HOST: '0.0.0.0',
      INTERNAL_HOST: '127.0.0.1',
    });
    const opened = { VOLTBUS_INTERNAL_HOST: '10.0.0.7' };
    expect(readSettings(opened, 'standalone', 'standalone')).toMatchObject({ HOST: '127.0.0.1', INTERNAL_HOST: '10.0.0.7' });
    expect(readSettings({ ...CLUSTER, VOLTBUS_HOST: '10.0.0.5' }, 'cluster', 'api')).toMatchObject({ INTERNAL_HOST: '10.0.0.5' });
  });

  it('of the cluster listen everywhere and drain for a minute', () => {
    expect(readSettings(CLUSTER, 'cluster', 'api')).toMatchObject({
      HOST: '0.0.0.0',
      INTERNAL_HOST: '0.0.0.0',
      DRAIN_SECONDS: 60,
      KAFKA_BROKERS: ['a:9092', 'b:9092'],
    });
  });

  it.each<[Mode, string | undefined, string | undefined, number]>([
    ['standalone', undefined, undefined, 0],
    ['standalone', undefined, '3', 3],
    ['cluster', undefined, undefined, 5],
    ['cluster', '4', undefined, 2],
    ['cluster', '60', '0', 0],
    ['cluster', '60', '59.5', 59.5],
  ])('of %s with a drain of %s and a delay of %s go on serving for %s s', (mode, drain, delay, expected) => {
    const environment = { ...CLUSTER, VOLTBUS_DRAIN_SECONDS: drain, VOLTBUS_STOP_DELAY_SECONDS: delay };
    expect(readSettings(environment, mode, mode === 'cluster' ? 'api' : 'standalone').STOP_DELAY_SECONDS).toBe(expected);
  });

  it('leave time for a stop after its delay', () => {
    const both = { ...CLUSTER, VOLTBUS_DRAIN_SECONDS: '10', VOLTBUS_STOP_DELAY_SECONDS: '10' };
    expect(problems(both, 'cluster', 'api')).toEqual(['VOLTBUS_STOP_DELAY_SECONDS: must be less than VOLTBUS_DRAIN_SECONDS, which is 10']);
  });

  it.each<[ProcessName, string[]]>([
    ['gateway', ['KAFKA_BROKERS', 'REDIS_URL', 'KEY_PEPPER']],
    ['transaction', ['KAFKA_BROKERS', 'REDIS_URL', 'DATABASE_URL']],
    ['api', ['KAFKA_BROKERS', 'REDIS_URL', 'DATABASE_URL', 'KEY_PEPPER', 'ADMIN_KEY']],
  ])('of a %s in the cluster have no default for what it cannot do without', (name, needed) => {
    expect(problems({}, 'cluster', name)).toEqual(needed.map((setting) => `VOLTBUS_${setting} is required`));
  });

  it('are refused all at once, each by its name', () => {
    const messages = problems({
      VOLTBUS_OCPP_PORT: '70000',
      VOLTBUS_HTTP_PORT: 'x',
      VOLTBUS_LOG_LEVEL: 'loud',
      VOLTBUS_ADMIN_KEY: 'short',
      VOLTBUS_DATABASE_URL: 'mysql://x',
      VOLTBUS_TYPO: '1',
    }).join('\n');
    for (const name of ['OCPP_PORT', 'HTTP_PORT', 'LOG_LEVEL', 'ADMIN_KEY', 'DATABASE_URL', 'TYPO'])
      expect(messages).toContain(`VOLTBUS_${name}`);
    expect(messages).not.toContain('short');
  });

  it.each([
    ['VOLTBUS_OCPP_PORT', 'ninety', 'must be a whole number from 0 to 65535'],
    ['VOLTBUS_OCPP_PORT', '0x10', 'must be a whole number from 0 to 65535'],
    ['VOLTBUS_OCPP_PORT', '-1', 'must be a whole number from 0 to 65535'],
    ['VOLTBUS_OCPP_PORT', '1.5', 'must be a whole number from 0 to 65535'],
    ['VOLTBUS_DRAIN_SECONDS', '1e3', 'must be a number from 1 to 3600'],
    ['VOLTBUS_ADMIN_KEY', 'a'.repeat(31), 'must have 32 characters or more'],
    ['VOLTBUS_DATABASE_URL', 'mysql://h/d', 'must be postgres://user:password@host:port/database'],
    ['VOLTBUS_KAFKA_BROKERS', 'a:9092,b', 'each must be host:port'],
    ['VOLTBUS_REDIS_URL', 'http://h', 'redis'],
    ['VOLTBUS_CONTRACT_ROOTS', 'none', 'must be certificates in PEM'],
    ['VOLTBUS_CONTRACT_ROOTS', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----', 'certificate 1 cannot be read'],
    ['VOLTBUS_OCSP_HOSTS', 'ocsp.example.com, http://ocsp.example.com/mo', 'each must be host or host:port'],
    ['VOLTBUS_OCSP_HOSTS', 'user@ocsp.example.com', 'each must be host or host:port'],
    ['VOLTBUS_WEBHOOK_ALLOWED_ADDRESSES', '10.0.0.0/8, intranet', 'each must be an IP address or a range'],
    ['VOLTBUS_WEBHOOK_ALLOWED_PORTS', '443,0', ''],
    ['VOLTBUS_WEBHOOK_ALLOWED_PORTS', '443,https', 'each must be a port'],
    ['VOLTBUS_API_URL', 'https://csms.example.com/', 'must be an origin'],
    ['VOLTBUS_SESSION_HOURS', '0', 'must be a whole number from 1 to 168'],
    ['VOLTBUS_SESSION_IDLE_MINUTES', '4', 'must be a whole number from 5 to 10080'],
    ['VOLTBUS_DEMO', 'perhaps', ''],
    ['VOLTBUS_TRANSPORT', 'tcp', '"uws"'],
  ])('give an error for %s=%s', (name, value, expected) => {
    expect(problems({ [name]: value })).toEqual([expect.stringMatching(new RegExp(`^${name}(\\.\\d+)?: .*${expected}`))]);
  });

  describe('let people sign in', () => {
    const issuer = {
      ...{ name: 'sso', issuer: 'https://id.example', audience: 'api', signIn: { clientId: 'people' } },
      access: [{ claims: { roles: 'x' }, tenant: 'acme', role: 'viewer' }],
    };
    const of = (more: Record<string, string>) => ({ VOLTBUS_OIDC_ISSUERS: JSON.stringify([issuer]), ...more });

    it('where they say at which origin browsers reach the API', () => {
      expect(problems(of({}))).toEqual(['VOLTBUS_API_URL is required with `signIn` in VOLTBUS_OIDC_ISSUERS']);
      expect(problems(of({ VOLTBUS_API_URL: 'https://csms.example.com' }))).toEqual([]);
      expect(problems({ VOLTBUS_OIDC_CLIENT_SECRET: 'long-enough' })).toEqual([
        'VOLTBUS_OIDC_CLIENT_SECRET is for `signIn` in VOLTBUS_OIDC_ISSUERS, which is absent',
      ]);
    });

    it.each<[string, Mode, ProcessName, boolean]>([
      ['http://127.0.0.1:8080', 'standalone', 'standalone', true],
      ['http://csms.example.com', 'standalone', 'standalone', false],
      ['http://127.0.0.1:8080', 'cluster', 'api', false],
      ['https://csms.example.com', 'cluster', 'api', true],
    ])('whose cookies never go over a network in the clear: %s in %s', (url, mode, name, allowed) => {
      const found = problems({ ...(mode === 'cluster' ? CLUSTER : {}), ...of({ VOLTBUS_API_URL: url }) }, mode, name);
      expect(found).toEqual(allowed ? [] : [expect.stringMatching(/^VOLTBUS_API_URL: must be https/)]);
    });
  });

  it('name OCSP responders, with a port where it is not the usual one', () => {
    const hosts = 'ocsp.example.com, 10.0.0.1:8080,[::1]:80,';
    expect(readSettings({ VOLTBUS_OCSP_HOSTS: hosts }, 'standalone', 'standalone').OCSP_HOSTS).toEqual([
      'ocsp.example.com',
      '10.0.0.1:8080',
      '[::1]:80',
    ]);
  });

  it('that are empty are not given', () => {
    expect(readSettings({ VOLTBUS_OCPP_PORT: '', VOLTBUS_REDIS_URL: '' }, 'standalone', 'standalone')).toMatchObject({ OCPP_PORT: 9000 });
    expect(problems({ ...CLUSTER, VOLTBUS_KEY_PEPPER: '' }, 'cluster', 'gateway')).toEqual(['VOLTBUS_KEY_PEPPER is required']);
  });

  it.each([
    ['VOLTBUS_OCPP_PORT', 'tcp://10.0.0.1:9000'],
    ['VOLTBUS_API_PORT', 'tcp://10.0.0.1:80'],
    ['VOLTBUS_API_SERVICE_HOST', '10.0.0.1'],
    ['VOLTBUS_API_SERVICE_PORT_HTTP', '80'],
    ['VOLTBUS_API_PORT_80_TCP_ADDR', '10.0.0.1'],
    ['VOLTBUS_PORT', 'tcp://10.0.0.1:80'],
  ])('ignore %s=%s, which Kubernetes injects', (name, value) => {
    expect(problems({ [name]: value })).toEqual([]);
    expect(readSettings({ [name]: value }, 'standalone', 'standalone').OCPP_PORT).toBe(9000);
  });
});

describe('how long things are kept', () => {
  it('has safe defaults: money ten years, what a bill is computed from thirteen months', () => {
    expect(retentionDays(readSettings({}, 'standalone', 'standalone'))).toEqual({
      READINGS: 400,
      TRANSACTIONS: 3_650,
      CDRS: 3_650,
      AUDIT_LOG: 730,
      PAYMENTS: 3_650,
      COMMANDS: 30,
      DEAD_LETTERS: 90,
      MESSAGES: 90,
      REFUSALS: 14,
      STATUS_HISTORY: 800,
      DEVICE_EVENTS: 400,
      SECURITY_EVENTS: 400,
      LOG_FILES: 30,
      EVENT_STREAMS: 30,
      CUSTOMER_INFORMATION: 30,
      STATION_REQUESTS: 400,
      VARIABLE_CHANGES: 400,
      WEBHOOK_DELIVERIES: 14,
    });
  });

  it('is for ever with 0, and never less than what others rest on', () => {
    const set = (days: string) => problems({ VOLTBUS_RETENTION_READINGS_DAYS: days });
    expect(retentionDays(readSettings({ VOLTBUS_RETENTION_CDRS_DAYS: '0' }, 'standalone', 'standalone')).CDRS).toBe(0);
    expect(set('100')).toEqual([]);
    for (const days of ['99', '1.5', '-1', '36501', 'for ever'])
      expect(set(days)).toEqual(['VOLTBUS_RETENTION_READINGS_DAYS: must be 0 (for ever) or a whole number from 100 to 36500']);
  });
});

it('the reference page matches the settings: npm run docs:config', () => {
  expect(readFileSync(join(__dirname, '../../../../../docs/reference/config.md'), 'utf8')).toBe(configReference());
});

describe('a secret from a file', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'voltbus-settings-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is read, without the line end an editor leaves', () => {
    writeFileSync(join(folder, 'key'), `${'k'.repeat(40)}\n`);
    expect(readSettings({ VOLTBUS_ADMIN_KEY_FILE: join(folder, 'key') }, 'standalone', 'standalone').ADMIN_KEY).toBe('k'.repeat(40));
  });

  it('that is not there is named', () => {
    expect(problems({ VOLTBUS_ADMIN_KEY_FILE: join(folder, 'none') }).join()).toContain('VOLTBUS_ADMIN_KEY_FILE');
  });

  it('and from the environment at once is a contradiction', () => {
    writeFileSync(join(folder, 'key'), 'k'.repeat(40));
    expect(problems({ VOLTBUS_ADMIN_KEY_FILE: join(folder, 'key'), VOLTBUS_ADMIN_KEY: 'a'.repeat(40) }).join()).toContain('both');
  });
});
