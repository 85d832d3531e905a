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
