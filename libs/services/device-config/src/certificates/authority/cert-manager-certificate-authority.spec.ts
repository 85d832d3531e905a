import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readSigningRequest } from '@voltbus/pki';
import { CertManagerApiServer } from '../testing/cert-manager-api-server';
import { Openssl } from '../testing/openssl';
import { CertManagerCertificateAuthority } from './cert-manager-certificate-authority';
import { NotIssued, type CertificateOrder } from './certificate-authority';
import { checkedChain } from './checked-chain';

const openssl = new Openssl();
const cluster = new CertManagerApiServer(openssl);
const csr = openssl.request('/O=CPO/CN=CS-1');
const order = (wish: Partial<CertificateOrder> = {}): CertificateOrder => ({
  ...{ id: randomUUID(), ref: { tenant: 'default', station: 'CS-1' }, kind: 'ChargingStationCertificate' },
  ...{ csr: readSigningRequest(csr.toString()).der, organization: 'CPO', ...wish },
});
const authority = (waits: { pendingMs?: number; timeoutMs?: number } = {}, issuer = 'stations') =>
  new CertManagerCertificateAuthority(
    {
      url: cluster.url,
      directory: openssl.folder,
      issuer: { name: issuer, kind: 'ClusterIssuer', group: 'cert-manager.io' },
      days: 30,
    },
    { timeoutMs: 30_000, pendingMs: 10_000, pollMs: 1, ...waits },
  );

beforeAll(() => cluster.start());
beforeEach(() => cluster.reset());
afterAll(() => {
  cluster.stop();
  openssl.remove();
});

async function refused(asked: CertificateOrder, by = authority()): Promise<Error> {
  return by.issue(asked).then(
    () => Promise.reject(new Error('it was issued')),
    (error: Error) => error,
  );
}

it('issues a chain that is checked as those of others, and leaves no object', async () => {
  const asked = order();
  const { pem, leaf } = checkedChain(await authority().issue(asked), asked, new Date());
  expect(leaf.commonName).toBe('CS-1');
  expect(pem.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
  expect(cluster.objects.size).toBe(0);
  expect(cluster.created).toEqual([
    {
      ...{ apiVersion: 'cert-manager.io/v1', kind: 'CertificateRequest' },
      metadata: {
        name: `voltbus-${asked.id}`,
        labels: { 'app.kubernetes.io/managed-by': 'voltbus', 'voltbus.io/tenant': 'default', 'voltbus.io/station': 'CS-1' },
        annotations: { 'voltbus.io/tenant': 'default', 'voltbus.io/station': 'CS-1' },
      },
      spec: {
        issuerRef: { name: 'stations', kind: 'ClusterIssuer', group: 'cert-manager.io' },
        ...{ duration: '720h0m0s', isCA: false, usages: ['digital signature', 'client auth'], request: csr.toString('base64') },
      },
    },
  ]);
});

it.each(['-', '*:|@', 'a'.repeat(255), '-x', 'é'])('names the station %j in labels that Kubernetes takes', async (station) => {
  await authority().issue(order({ ref: { tenant: 'default', station } }));
  expect(cluster.created[0]?.metadata.annotations?.['voltbus.io/station']).toBe(station);
});

it.each(['Denied', 'InvalidRequest'])('takes %s as a refusal, with its reason, and leaves no object', async (type) => {
  cluster.plan = () => ({ conditions: [{ type, status: 'True', message: 'x'.repeat(500) }] });
  const error = await refused(order());
  expect(error).toBeInstanceOf(NotIssued);
  expect(error.message).toBe(`cert-manager says ${type}: ${'x'.repeat(200)}`);
  expect(cluster.objects.size).toBe(0);
});

it.each([
  ['Failed', { conditions: [{ type: 'Ready', status: 'False', reason: 'Failed' }] }],
  ['Ready without a certificate', { conditions: [{ type: 'Ready', status: 'True' }] }],
])('may be asked again after %s, by another object', async (_, status) => {
  cluster.plan = () => status;
  const asked = order();
  expect(await refused(asked)).not.toBeInstanceOf(NotIssued);
  cluster.plan = cluster.signs;
  checkedChain(await authority().issue(asked), asked, new Date());
  expect(cluster.created).toHaveLength(2);
});

it('leaves one that is pending to the next attempt after a while, so that others have their turn', async () => {
  let looks = 0;
  cluster.plan = () => {
    looks++;
    return { conditions: [] };
  };
  const error = await refused(order(), authority({ pendingMs: 3 }));
  expect(error).toMatchObject({ name: 'Error', message: 'cert-manager has not ended the certificate request yet' });
  expect([looks, cluster.objects.size]).toEqual([4, 1]);
});

it('asks the issuer of its settings, where an attempt before has asked another one', async () => {
  cluster.plan = () => ({ conditions: [] });
  const asked = order();
  await refused(asked, authority({ pendingMs: 0 }, 'misspelt'));
  cluster.plan = cluster.signs;
  expect(await refused(asked)).toMatchObject({ name: 'Error', message: expect.stringContaining('another issuer') });
  checkedChain(await authority().issue(asked), asked, new Date());
  expect(cluster.created.map(({ spec }) => spec.issuerRef.name)).toEqual(['misspelt', 'stations']);
});

it('waits while it is pending, and takes the same object at the next attempt', async () => {
  let looks = 0;
  cluster.plan = () => {
    if (++looks === 3) cluster.answers = [{ status: 401, message: 'expired' }];
    return {
      conditions: [
        { type: 'Ready', status: 'False', reason: 'Pending' },
        { type: 'Denied', status: 'False' },
      ],
    };
  };
  const asked = order();
  expect(await refused(asked)).not.toBeInstanceOf(NotIssued);
  expect([looks, cluster.objects.size]).toEqual([3, 1]);
  cluster.plan = cluster.signs;
  checkedChain(await authority().issue(asked), asked, new Date());
  expect([cluster.created.length, cluster.objects.size]).toEqual([1, 0]);
});

it.each([400, 422])('takes %d as a refusal', async (status) => {
  cluster.answers = [{ status, message: 'usages' }];
  expect(await refused(order())).toMatchObject({ name: 'NotIssued', message: `the Kubernetes API answered ${status}: usages` });
});

it('tells a webhook that refuses from a right that is missing', async () => {
  cluster.answers = [{ status: 403, message: 'admission webhook "webhook.cert-manager.io" denied the request' }];
  expect(await refused(order())).toBeInstanceOf(NotIssued);
  cluster.answers = [{ status: 403, message: 'certificaterequests is forbidden' }];
  expect(await refused(order())).not.toBeInstanceOf(NotIssued);
});

it.each([429, 500, 503])('repeats what is answered %d twice, and gives up the attempt after three', async (status) => {
  const busy = { status, message: 'busy' };
  cluster.answers = [busy, busy];
  await authority().issue(order());
  cluster.answers = [busy, busy, busy];
  expect(await refused(order())).toMatchObject({ name: 'Error', message: `the Kubernetes API answered ${status}: busy` });
  expect(cluster.answers).toEqual([]);
});

it('reads its token anew, and takes a wrong one as nothing final', async () => {
  openssl.write('token', 'old');
  const one = authority();
  expect(await refused(order(), one)).toMatchObject({ name: 'Error', message: expect.stringContaining('answered 401') });
  openssl.write('token', 'a\r\nb');
  expect((await refused(order(), one)).message).toBe('the token of the service account is none');
  openssl.write('token', `${cluster.token}\n`);
  await one.issue(order());
});

it('trusts the CA of its file alone, and no answer beyond its size', async () => {
  cluster.answers = [{ status: 201, message: 'x'.repeat(300_000) }];
  expect((await refused(order())).message).toContain('more than 262144 bytes');
  openssl.write('ca.crt', readFileSync(openssl.path('stations.crt')));
  expect(await refused(order())).not.toBeInstanceOf(NotIssued);
  expect(cluster.created).toEqual([]);
});

it('has eight under way at most', async () => {
  const one = authority();
  const ended = await Promise.allSettled(Array.from({ length: 9 }, () => one.issue(order())));
  expect(ended.map(({ status }) => status)).toEqual([...Array.from({ length: 8 }, () => 'fulfilled'), 'rejected']);
});

it('issues for the connection to the CSMS alone', () =>
  expect(['ChargingStationCertificate', 'V2GCertificate', 'V2G20Certificate'].map((kind) => authority().issues(kind as never))).toEqual([
    true,
    false,
    false,
  ]));

// The last one: what it has sent may still arrive when it ends.
it('ends an attempt in time, which is nothing final', async () => {
  cluster.plan = () => ({ conditions: [] });
  const error = await refused(order(), authority({ timeoutMs: 100 }));
  expect(error).toMatchObject({ name: 'Error', message: 'cert-manager has not ended the certificate request in time' });
});
