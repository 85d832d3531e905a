import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { readSigningRequest } from '@voltbus/pki';
import { forgedRequest } from '../testing/pkijs-forged-request';
import { NotIssued, type CertificateOrder } from './certificate-authority';
import { HttpCertificateAuthority } from './http-certificate-authority';

const SECRET = 's'.repeat(32);
let server: Server;
let url: string;
let answer: (response: ServerResponse) => void;
const asked: { headers: IncomingMessage['headers']; body: unknown }[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      asked.push({ headers: request.headers, body: JSON.parse(Buffer.concat(chunks).toString()) });
      answer(response);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/certificates`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const csr = forgedRequest(['CS-1']);
const order: CertificateOrder = {
  ...{ id: '5a0f6a3e-3a3e-4b5c-9a53-3c1c1c0e0c11', ref: { tenant: 'default', station: 'CS-1' }, kind: 'ChargingStationCertificate' },
  ...{ csr: readSigningRequest(csr).der, organization: 'CPO' },
};
const says = (status: number, body: string, headers: Record<string, string> = {}) => {
  answer = (response) => void response.writeHead(status, headers).end(body);
};
const authority = () => new HttpCertificateAuthority({ url, secret: SECRET, days: 30 });

it('orders as the contract says, by the same id at each attempt', async () => {
  says(200, JSON.stringify({ certificateChain: 'PEM', more: 1 }));
  for (let attempt = 0; attempt < 2; attempt++) expect(await authority().issue(order)).toBe('PEM');
  for (const { headers, body } of asked) {
    expect(headers).toMatchObject({ authorization: `Bearer ${SECRET}`, 'idempotency-key': order.id, 'content-type': 'application/json' });
    expect(body).toEqual({
      ...{
        id: order.id,
        tenant: 'default',
        station: 'CS-1',
        kind: 'ChargingStationCertificate',
        commonName: 'CS-1',
        organization: 'CPO',
        days: 30,
      },
      csr: expect.stringMatching(/^-----BEGIN CERTIFICATE REQUEST-----\n[^-]+-----END CERTIFICATE REQUEST-----\n$/),
    });
    expect(readSigningRequest((body as { csr: string }).csr).digest).toBe(readSigningRequest(csr).digest);
  }
});

it.each([400, 403, 409, 422])('takes %d as a refusal, with its reason', async (status) => {
  says(status, JSON.stringify({ detail: `not this one${'!'.repeat(500)}` }));
  const refused = authority().issue(order);
  await expect(refused).rejects.toBeInstanceOf(NotIssued);
  await expect(refused).rejects.toThrow(/^the authority answered \d+: not this one!{1,200}$/);
});

it.each([202, 204, 301, 401, 404, 429, 500, 503])('may be asked again after %d', async (status) => {
  says(status, '', { location: 'http://127.0.0.1:1/' });
  const failed = authority().issue(order);
  await expect(failed).rejects.toThrow();
  await expect(failed).rejects.not.toBeInstanceOf(NotIssued);
});

it.each([
  ['no JSON', 'certificate'],
  ['something else', '{"chain":"PEM"}'],
  ['more than may be', JSON.stringify({ certificateChain: 'P'.repeat(65_536) })],
])('may be asked again after %s', async (_, body) => {
  says(200, body);
  const failed = authority().issue(order);
  await expect(failed).rejects.toThrow();
  await expect(failed).rejects.not.toBeInstanceOf(NotIssued);
});

it('may be asked again when no answer comes in time, or the connection ends', async () => {
  answer = () => undefined;
  const failed = new HttpCertificateAuthority({ url, secret: '', days: 30 }, 50).issue(order);
  await expect(failed).rejects.toMatchObject({ name: 'TimeoutError' });
  answer = (response) => void response.socket?.destroy();
  await expect(authority().issue(order)).rejects.toThrow('fetch failed');
});
