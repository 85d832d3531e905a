import { TestCertificate } from '@voltbus/testing';
import { ServerCertificates } from './tls/server-certificates';
import { transportContract } from './testing/transport-contract';
import { WsTransport } from './ws-transport';

let certificates: ServerCertificates;
let ca: TestCertificate;
beforeAll(async () => {
  ca = await TestCertificate.root('CA');
  const server = await ca.leaf('csms', { names: ['csms.test'] });
  certificates = new ServerCertificates({
    certs: [Buffer.from(server.pem)],
    keys: [Buffer.from(server.keyPem)],
    clientCas: [Buffer.from(ca.pem)],
    minVersion: '1.2',
  });
});

describe('WsTransport over TLS', () => {
  transportContract(
    (handler, limits) => new WsTransport(handler, limits, undefined, { certificates, requestCertificates: true }),
    () => ({ ca: ca.pem, servername: 'csms.test' }),
  );
});
