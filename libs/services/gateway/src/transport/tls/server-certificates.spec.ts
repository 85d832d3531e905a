import { X509Certificate, createHash } from 'node:crypto';
import { TestCertificate } from '@voltbus/testing';
import { ServerCertificates } from './server-certificates';

const of = (certificates: readonly TestCertificate[]) =>
  new ServerCertificates({
    certs: certificates.map(({ pem }) => Buffer.from(pem)),
    keys: certificates.map(({ keyPem }) => Buffer.from(keyPem)),
    clientCas: [],
    minVersion: '1.2',
  });

it('server certificates are refused together where any of them cannot be used in a handshake, also one that is not the first', async () => {
  const ca = await TestCertificate.root('CA');
  const good = await ca.leaf('csms', { names: ['csms.test'] });
  const weak = await ca.leaf('weak', { names: ['weak.test'], rsaBits: 1_024 });
  expect(() => of([good, weak])).toThrow(/key too small/);
  expect(() => of([good])).not.toThrow();
});

it('names the CAs by which a station may believe each certificate: the issuers of its whole chain', async () => {
  const root = await TestCertificate.root('Root');
  const sub = await root.ca('Sub');
  const server = await sub.leaf('csms', { names: ['csms.test'] });
  const certificates = new ServerCertificates({
    certs: [Buffer.from(server.pem + sub.pem)],
    keys: [Buffer.from(server.keyPem)],
    clientCas: [],
    minVersion: '1.2',
  });
  const hashOf = ({ certificate }: TestCertificate) =>
    createHash('sha256').update(new Uint8Array(certificate.subject.toSchema().toBER())).digest('hex');
  expect(certificates.issuersOf(new X509Certificate(server.pem))?.map(({ nameHash }) => nameHash)).toEqual([hashOf(sub), hashOf(root)]);
  expect(certificates.issuersOf(new X509Certificate(root.pem))).toBeUndefined();
});
