import { startResponder, TestCertificate, type Responder } from '@voltbus/testing';
import type { CertificateStatuses } from '../certificate-status';
import { startService, type ServiceFixture } from '../../testing/service-fixture';
import { statusOf } from './get-certificate-status';

let responder: Responder;
let service: ServiceFixture;
let root: TestCertificate;
let sub: TestCertificate;
beforeAll(async () => {
  responder = await startResponder();
  root = await TestCertificate.root('V2G Root');
  sub = await root.ca('CPO Sub-CA');
  service = await startService({ OCSP_HOSTS: [responder.host.toUpperCase()] });
});
afterAll(async () => {
  await service?.close();
  await responder?.close();
});

describe.each(['ocpp2.0.1', 'ocpp2.1'] as const)('GetCertificateStatus of %s', (protocol) => {
  const ask = (url: string) => service.receive({ protocol }, 'GetCertificateStatus', { ocspRequestData: sub.hashData(url) });

  it('M06.FR.02: is Accepted with the answer of the responder, in base64', async () => {
    let content: Buffer = Buffer.of();
    service.restart(); // nothing is kept from before
    responder.says(() => ({ status: 'good', signer: root }));
    responder.does((answer, der) => void der().then((bytes) => answer.end((content = bytes))));
    expect(await ask(responder.url)).toEqual({ status: 'Accepted', ocspResult: content.toString('base64') });
  });

  it('M06.FR.04: is Failed when the responder does not answer, and when it may not be asked', async () => {
    service.restart();
    responder.does((answer) => void answer.writeHead(503).end());
    expect(await ask(responder.url)).toEqual({ status: 'Failed' });
    expect(await ask('http://elsewhere.example')).toEqual({ status: 'Failed' });
  });
});

it.each([
  ['ocpp1.6', 4_125, 'Accepted'],
  ['ocpp1.6', 4_126, 'Failed'],
  ['ocpp2.0.1', 4_125, 'Accepted'],
  ['ocpp2.0.1', 4_126, 'Failed'],
  ['ocpp2.1', 13_500, 'Accepted'],
  ['ocpp2.1', 13_501, 'Failed'],
] as const)('an answer that %s has no room for is none: %i octets are %s', async (protocol, octets, status) => {
  const statuses = { of: () => Promise.resolve(Buffer.alloc(octets)) } as Partial<CertificateStatuses> as CertificateStatuses; // nothing else of it is used
  const payload = { ocspRequestData: sub.hashData(responder.url) };
  expect(await statusOf({ protocol, payload, receivedAt: new Date() }, statuses)).toMatchObject({ status });
});
