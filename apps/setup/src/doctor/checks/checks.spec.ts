import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { X509Certificate } from 'node:crypto';
import { createServer as createTlsServer } from 'node:tls';
import { readSettings } from '@voltbus/runtime';
import { TestCertificate, freePorts } from '@voltbus/testing';
import { certificateOfServer } from '@voltbus/tls';
import type { Finding } from '../finding';
import { examineCertificateFiles, validity } from './certificates';
import { examineClock } from './clock';
import { lagFindings } from './kafka';
import { pooler, rowSecurity } from './postgres';
import { examineProcesses } from './processes';

const DAY_MS = 86_400_000;
const severities = (findings: readonly Finding[]) => findings.map(({ check, severity }) => `${check} ${severity}`);

it.each([
  [0, 'ok'],
  [-999, 'ok'],
  [1_000, 'warning'],
  [-4_999, 'warning'],
  [5_000, 'error'],
  [-86_400_000, 'error'],
])('a clock that is %d ms ahead is %s', (aheadMs, severity) => {
  expect(examineClock('clock', 'Redis', aheadMs)).toMatchObject({
    severity,
    message: expect.stringMatching(aheadMs < 0 ? 'behind' : 'ahead'),
  });
});

it.each([
  [null, []],
  [{ prepared: false, limits: false }, []],
  [{ prepared: true, limits: false }, ['max_prepared_statements']],
  [{ prepared: false, limits: true }, ['statement_timeout']],
  [{ prepared: true, limits: true }, ['max_prepared_statements', 'statement_timeout']],
])('of a pooler that loses %j it is said what is to be done', async (lost, remedies) => {
  const findings = await pooler({ lostByPooler: () => Promise.resolve(lost) });
  expect(findings.map(({ severity, remedy }) => [severity, remedy])).toEqual(
    remedies.length === 0 ? [['ok', '']] : remedies.map((one) => ['error', expect.stringContaining(one)]),
  );
});

it.each([
  ['preferred', null, 'ok'],
  ['required', null, 'ok'],
  ['preferred', 'the user x does not own the database y', 'warning'],
  ['required', 'the user x does not own the database y', 'error'],
  ['off', null, 'warning'],
] as const)('where limits of rows are %s and the trouble is %j, the finding is %s', async (ROW_SECURITY, trouble, severity) => {
  const schemas = ['cdr', 'router'].map((schema) => ({ schema, rowConditions: {} }));
  const findings = await rowSecurity({ rowSecurityTrouble: () => Promise.resolve(trouble) }, { ROW_SECURITY }, schemas);
  expect(severities(findings)).toEqual([`postgres.row-security ${severity}`]);
  expect(findings[0]?.message).toContain(trouble ?? 'the rows of their tenant');
});

describe('a certificate', () => {
  it.each([
    [400, 'ok'],
    [21, 'ok'],
    [20, 'warning'],
    [2, 'error'],
    [-1, 'error'],
  ])('that ends in %d days is %s', async (days, severity) => {
    const now = Date.now();
    const { pem } = await (await TestCertificate.root('CA')).leaf('server', { notAfter: new Date(now + days * DAY_MS + 60_000) });
    const finding = validity('certificate', 'Kafka', new X509Certificate(pem), now);
    expect(finding).toMatchObject({ severity, message: expect.stringContaining('Kafka') });
    expect(finding.remedy === '').toBe(severity === 'ok');
  });

  it('of a server is read though nobody trusts it; a server without TLS has none', async () => {
    const leaf = await (await TestCertificate.root('CA')).leaf('server', { notAfter: new Date('2020-01-01') });
    const server = createTlsServer({ cert: leaf.pem, key: leaf.keyPem }).listen(0, '127.0.0.1');
    const plain = createServer((_, response) => response.end()).listen(0, '127.0.0.1');
    await Promise.all([once(server, 'listening'), once(plain, 'listening')]);
    const at = (one: { address(): unknown }) => ({ host: '127.0.0.1', port: (one.address() as AddressInfo).port });
    expect((await certificateOfServer(at(server)))?.validTo).toBe(new X509Certificate(leaf.pem).validTo);
    expect(await certificateOfServer(at(plain))).toBeNull();
    server.close();
    plain.close();
  });

  it('in a file that the settings name is found, the one that ends first', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'voltbus-doctor-'));
    const [long, short] = await Promise.all([
      TestCertificate.root('CA'),
      TestCertificate.root('CA', { notAfter: new Date(Date.now() + DAY_MS) }),
    ]);
    const ca = join(folder, 'ca.pem');
    writeFileSync(ca, long.pem + short.pem);
    const environment = {
      VOLTBUS_KAFKA_BROKERS: 'kafka:9092',
      VOLTBUS_KAFKA_TLS: 'true',
      VOLTBUS_KAFKA_TLS_CA_FILE: ca,
      VOLTBUS_DATABASE_URL: `postgres://u:p@db/voltbus?sslmode=verify-ca&sslrootcert=${ca}`,
    };
    const findings = examineCertificateFiles(readSettings(environment, 'standalone', 'standalone'), Date.now());
    expect(severities(findings)).toEqual(['certificates.files error', 'certificates.files error']);
    expect(findings[1]?.message).toContain('sslrootcert');
    rmSync(folder, { recursive: true });
  });
});

describe('the consumer groups', () => {
  const group = (name: string, members: number, lag = 0, behind = false) => ({ group: name, state: 'Stable', members, lag, behind });
  const all = ['device-config', 'router', 'transaction', 'cdr', 'webhooks'].map((service) => group(`${service}:a`, 1));

  it('of services that read in time are in order, however much they have in hand', () => {
    expect(lagFindings([...all, group('cdr:b', 1, 5_000)]).map(({ severity }) => severity)).toEqual(Array(5).fill('ok'));
  });

  it.each([
    ['that nobody reads any more', [group('cdr:b', 0, 9, true)], 'error', /start cdr: no process/],
    ['that are too slow', [group('cdr:b', 2, 9, true)], 'error', /start more of them/],
  ])('%s are an error with what to do', (_, more, severity, remedy) => {
    expect(lagFindings([...all, ...more]).filter((one) => one.severity !== 'ok')).toMatchObject([
      { severity, remedy: expect.stringMatching(remedy) },
    ]);
  });

  it('of a service that does not run, or never did, are a warning', () => {
    const without = all
      .filter((one) => !one.group.startsWith('router'))
      .map((one) => (one.group.startsWith('cdr') ? { ...one, members: 0 } : one));
    expect(lagFindings(without).filter((one) => one.severity !== 'ok')).toMatchObject([
      { severity: 'warning', remedy: 'start router' },
      { severity: 'warning', remedy: 'start cdr' },
    ]);
  });
});

describe('a process', () => {
  let server: Server;
  let answer: { status: number; body: object; date?: Date; node?: string };
  let url: string;
  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url === '/metrics') return response.end(`csms_build_info{process="cdr",node="${answer.node ?? 'v24.1.0'}"} 1\n`);
      if (answer.date) response.setHeader('date', answer.date.toUTCString());
      return response.writeHead(answer.status).end(JSON.stringify(answer.body));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());

  it.each([
    ['that is ready', { status: 200, body: { ready: true, reasons: [] } }, ['ready ok', 'node ok', 'clock ok']],
    ['that is not ready', { status: 503, body: { ready: false, reasons: ['database: away'] } }, ['ready error', 'node ok', 'clock ok']],
    ['with a wrong clock', { status: 200, body: {}, date: new Date(0) }, ['ready ok', 'node ok', 'clock error']],
    ['on an old Node', { status: 200, body: {}, node: 'v20.1.0' }, ['ready ok', 'node warning', 'clock ok']],
  ])('%s', async (_, given, expected) => {
    answer = given;
    const [examined] = await examineProcesses([url]);
    expect(severities(examined?.findings ?? [])).toEqual(expected.map((one) => `processes.${one}`));
    expect(examined?.metrics).toContain('csms_build_info');
  });

  it('that is not ready is told with its reasons, and one that does not answer with what to do', async () => {
    answer = { status: 503, body: { reasons: ['database: away', 'the bus is away'] } };
    const [examined] = await examineProcesses([url]);
    expect(examined?.findings[0]?.message).toMatch(/^cdr at .* is not ready: database: away; the bus is away$/);
    const [port] = await freePorts(1);
    const [gone] = await examineProcesses([`http://127.0.0.1:${port}`]);
    expect(gone?.findings).toMatchObject([
      { severity: 'error', message: expect.stringContaining('ECONNREFUSED'), remedy: expect.stringContaining('internal port') },
    ]);
  });
});
