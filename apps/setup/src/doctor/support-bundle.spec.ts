import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { settingsSchema, showSettings } from '@voltbus/runtime';
import { failure } from './finding';
import { writeBundle } from './support-bundle';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'voltbus-bundle-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const OTHER_KEYS = [
  'ADMIN_KEY_PREVIOUS',
  'KEY_PEPPER_PREVIOUS',
  'KEY_PEPPER_NEXT',
  'ENCRYPTION_KEY',
  'ENCRYPTION_KEY_PREVIOUS',
  'ENCRYPTION_KEY_NEXT',
];
const planted = (name: string): string => `planted-${name.toLowerCase()}-p%C3%A4ss@word/with"quotes`;
const inUrl = (name: string): string => encodeURIComponent(planted(name));

/** People sign in at it, which the secret of its client is for. */
const ISSUER = {
  ...{ name: 'sso', issuer: 'https://id.example', audience: 'api', signIn: { clientId: 'people' } },
  access: [{ claims: { roles: 'x' }, tenant: 'acme', role: 'viewer' }],
};

/** Each setting that can hold a secret, with one; the names of those that have a credential in a URL end with it. */
function environment(): Record<string, string> {
  const file = join(folder, 'pepper');
  writeFileSync(file, `${planted('FROM_FILE')}\n`);
  return {
    VOLTBUS_ADMIN_KEY: planted('ADMIN_KEY'),
    VOLTBUS_KEY_PEPPER_FILE: file,
    ...Object.fromEntries(OTHER_KEYS.map((name) => [`VOLTBUS_${name}`, planted(name)])),
    VOLTBUS_DATABASE_URL: `postgres://${inUrl('DB_USER')}:${inUrl('DATABASE_URL')}@db.example:5432/voltbus`,
    VOLTBUS_REDIS_URL: `redis://user:${inUrl('REDIS_URL')}@redis.example:6379`,
    VOLTBUS_KAFKA_BROKERS: 'kafka.example:9092',
    VOLTBUS_KAFKA_SASL_MECHANISM: 'plain',
    VOLTBUS_KAFKA_SASL_USERNAME: planted('KAFKA_SASL_USERNAME'),
    VOLTBUS_KAFKA_SASL_PASSWORD: planted('KAFKA_SASL_PASSWORD'),
    VOLTBUS_AUTHORIZATION_URL: `https://auth:${inUrl('AUTHORIZATION_URL')}@auth.example/ask?token=${inUrl('AUTHORIZATION_TOKEN')}`,
    VOLTBUS_AUTHORIZATION_SECRET: planted('AUTHORIZATION_SECRET'),
    VOLTBUS_RECEIPT_URL: `https://receipts:${inUrl('RECEIPT_URL')}@receipts.example/{transaction}?k=${inUrl('RECEIPT_KEY')}`,
    VOLTBUS_VAT_URL: `https://${inUrl('VAT_URL')}@vat.example/`,
    VOLTBUS_CERTIFICATE_AUTHORITY: 'http',
    VOLTBUS_CA_URL: `https://ca:${inUrl('CA_URL')}@ca.example/`,
    VOLTBUS_CA_SECRET: planted('CA_SECRET'),
    VOLTBUS_CA_KUBERNETES_URL: `https://ca:${inUrl('CA_KUBERNETES_URL')}@kubernetes.example/`,
    VOLTBUS_CONTRACT_POOL_URL: `https://pool:${inUrl('CONTRACT_POOL_URL')}@pool.example/`,
    VOLTBUS_CONTRACT_POOL_SECRET: planted('CONTRACT_POOL_SECRET'),
    VOLTBUS_UPLOAD_URL: 'https://uploads.example',
    VOLTBUS_OIDC_ISSUERS: JSON.stringify([ISSUER]),
    VOLTBUS_OIDC_CLIENT_SECRET: planted('OIDC_CLIENT_SECRET'),
    VOLTBUS_API_URL: 'https://csms.example',
    VOLTBUS_FILES_S3_BUCKET: 'voltbus-files',
    VOLTBUS_FILES_S3_ACCESS_KEY: planted('FILES_S3_ACCESS_KEY'),
    VOLTBUS_FILES_S3_SECRET_KEY: planted('FILES_S3_SECRET_KEY'),
  };
}

/** The bundle of an installation whose findings, metrics and logs repeat every secret in each form that it has. */
function bundleOf(given: Record<string, string>, secrets: readonly string[]): string {
  const settings = showSettings({}, given);
  const said = secrets.flatMap((secret) => [secret, encodeURIComponent(secret), decodeURIComponent(encodeURIComponent(secret))]).join(' ');
  writeFileSync(
    join(folder, 'gateway.log'),
    `${said}\n${JSON.stringify({ msg: said })}\n{"password":"another planted one"}\nvbk_0123456789abcdef_planted\n`,
  );
  const file = join(folder, 'bundle.json');
  const findings = [failure('access', said, 'mend it'), ...settings.problems.map((problem) => failure('settings', problem, ''))];
  writeBundle(file, {
    settings,
    examination: { findings, processes: [{ url: 'http://127.0.0.1:1', findings: [], metrics: `a_metric{label="${said}"} 1\n` }] },
    logs: [folder],
  });
  return readFileSync(file, 'utf8');
}

const SECRETS = [
  ...['ADMIN_KEY', 'FROM_FILE', 'DATABASE_URL', 'REDIS_URL', 'KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD'],
  ...['AUTHORIZATION_URL', 'AUTHORIZATION_TOKEN', 'AUTHORIZATION_SECRET', 'RECEIPT_URL', 'RECEIPT_KEY', 'VAT_URL'],
  ...['CA_URL', 'CA_SECRET', 'CA_KUBERNETES_URL', 'CONTRACT_POOL_URL', 'CONTRACT_POOL_SECRET', 'OIDC_CLIENT_SECRET'],
  ...['FILES_S3_ACCESS_KEY', 'FILES_S3_SECRET_KEY'],
  ...OTHER_KEYS,
];

describe('a support bundle', () => {
  it('has no secret of any setting, wherever and however it is written', () => {
    const bundle = bundleOf(environment(), SECRETS.map(planted));
    expect(bundle.toLowerCase()).not.toContain('planted');
    expect(bundle).not.toContain('word/with');
  });

  it('plants one in each setting that can hold one', () => {
    const can = Object.keys(settingsSchema.shape).filter((name) =>
      /KEY$|_(PREVIOUS|NEXT)$|SECRET|PASSWORD|PEPPER|USERNAME|URL$/.test(name),
    );
    const names = Object.keys(environment()).map((name) => name.replace(/^VOLTBUS_|_FILE$/g, ''));
    expect(can.filter((name) => !names.includes(name))).toEqual([]);
  });

  it('has none where a process would not start with the settings, nor of a setting that is misspelt', () => {
    const given = {
      VOLTBUS_ADMIN_KEYS: planted('ADMIN_KEYS'),
      VOLTBUS_REDIS_URL: `redis://u:planted-broken@redis.example:port`,
      VOLTBUS_DATABASE_URL: `postgres://u:planted%broken@db.example/voltbus`,
      VOLTBUS_KEY_PEPPER_FILE: environment()['VOLTBUS_KEY_PEPPER_FILE'] ?? '',
    };
    const bundle = bundleOf(given, [planted('ADMIN_KEYS'), planted('FROM_FILE'), 'planted-broken'].concat('planted%25broken'));
    expect(JSON.parse(bundle).settings).toEqual({
      VOLTBUS_ADMIN_KEYS: expect.not.stringContaining('planted'),
      VOLTBUS_REDIS_URL: expect.not.stringContaining('planted'),
      VOLTBUS_DATABASE_URL: expect.not.stringContaining('planted'),
      VOLTBUS_KEY_PEPPER_FILE: join(folder, 'pepper'),
    });
    expect(bundle.replaceAll('%25b', '%b')).not.toMatch(/planted[-%]broken|planted-(admin|from)/);
  });

  it('has what helps: plain settings as they are, hosts of URLs, findings, metrics, and only its owner reads it', () => {
    const bundle = JSON.parse(bundleOf({ ...environment(), VOLTBUS_PING_SECONDS: '30' }, [])) as Record<string, Record<string, string>>;
    expect(bundle['settings']).toMatchObject({
      VOLTBUS_PING_SECONDS: '30',
      VOLTBUS_KAFKA_BROKERS: 'kafka.example:9092',
      VOLTBUS_AUTHORIZATION_URL: expect.stringMatching(/^https:\/\/[^:]+@auth\.example\/ask\?token=/),
    });
    expect(bundle['findings']).toMatchObject([{ check: 'access', remedy: 'mend it' }]);
    expect(bundle['metrics']?.['http://127.0.0.1:1']).toContain('a_metric');
    expect(Object.keys(bundle['logs'] ?? {})).toEqual([join(folder, 'gateway.log')]);
    expect(statSync(join(folder, 'bundle.json')).mode & 0o777).toBe(0o600);
  });

  it('takes the end of a long log, in whole lines', () => {
    writeFileSync(join(folder, 'cdr.log'), Array.from({ length: 50_000 }, (_, index) => `line ${index} of the log`).join('\n'));
    const file = join(folder, 'bundle.json');
    writeBundle(file, { settings: showSettings({}, {}), examination: { findings: [], processes: [] }, logs: [folder] });
    const { logs } = JSON.parse(readFileSync(file, 'utf8')) as { logs: Record<string, string> };
    const lines = logs[join(folder, 'cdr.log')]?.split('\n') ?? [];
    expect(lines.at(-1)).toBe('line 49999 of the log');
    expect(lines[0]).toMatch(/^line \d+ of the log$/);
    expect(lines.length).toBeLessThan(20_000);
  });
});
