import { readSigningRequest } from '@voltbus/pki';
import { Openssl } from '../testing/openssl';
import type { CertificateOrder } from './certificate-authority';
import { checkedChain } from './checked-chain';

// Certificates as an authority elsewhere may answer with them, made by OpenSSL.

const openssl = new Openssl();
afterAll(() => openssl.remove());
const ca = openssl.authority('CA');
const csr = openssl.write('asked.csr', openssl.request('/O=CPO/CN=CS-1').toString());
const ordered: CertificateOrder = {
  ...{ id: 'order', ref: { tenant: 'default', station: 'CS-1' }, kind: 'ChargingStationCertificate', organization: 'CPO' },
  csr: readSigningRequest(openssl.run(['req', '-in', csr])).der,
};

interface Wish {
  subject?: string;
  /** Extensions, a line each. */
  extensions?: string;
  request?: string;
  digest?: string;
  days?: string;
}

function answered({
  subject = '/O=CPO/CN=CS-1',
  extensions = 'extendedKeyUsage=clientAuth',
  request = csr,
  digest = 'sha256',
  days = '3',
}: Wish): string {
  const file = openssl.write('extensions.cnf', extensions);
  const args = [
    'x509',
    '-req',
    '-in',
    request,
    '-CA',
    ca.cert,
    '-CAkey',
    ca.key,
    '-subj',
    subject,
    '-extfile',
    file,
    `-${digest}`,
    '-days',
    days,
  ];
  return openssl.run(args);
}

it('takes the certificate that was ordered, with its chain and without the root', () => {
  const { pem, leaf } = checkedChain(answered({}) + openssl.run(['x509', '-in', ca.cert]), ordered, new Date());
  expect(leaf.commonName).toBe('CS-1');
  expect(pem.match(/BEGIN CERTIFICATE/g)).toHaveLength(1);
  expect(checkedChain(answered({ extensions: 'subjectAltName=DNS:CS-1' }), ordered, new Date()).leaf.organization).toBe('CPO');
});

it.each<[string, Wish, string]>([
  ['of another station', { subject: '/O=CPO/CN=CS-2' }, 'another common name'],
  ['of two names', { subject: '/O=CPO/CN=CS-1/CN=CS-2' }, 'another common name'],
  ['of another organization', { subject: '/O=Other/CN=CS-1' }, 'another organization'],
  ['of no organization', { subject: '/CN=CS-1' }, 'another organization'],
  ['with the name of a host', { extensions: 'subjectAltName=DNS:CS-1,DNS:csms.example' }, 'further names'],
  ['of a CA', { extensions: 'basicConstraints=critical,CA:TRUE\nkeyUsage=keyCertSign' }, 'of a CA'],
  ['with a critical extension that nobody knows', { extensions: '1.3.6.1.4.1.99999.1=critical,DER:0500' }, 'of a CA'],
  ['of servers only', { extensions: 'extendedKeyUsage=serverAuth' }, 'not for clients'],
  ['signed with SHA-1', { digest: 'sha1' }, 'signed too weakly'],
])('refuses a certificate %s', (_, wish, message) => {
  expect(() => checkedChain(answered(wish), ordered, new Date())).toThrow(message);
});

it('refuses a certificate of another key, one that has expired, a chain that does not hang together, and what is none', () => {
  const other = openssl.write('other.csr', openssl.request('/O=CPO/CN=CS-1').toString());
  expect(() => checkedChain(answered({ request: other }), ordered, new Date())).toThrow('of another key');
  expect(() => checkedChain(answered({}), ordered, new Date(Date.now() + 4 * 86_400_000))).toThrow('expired');
  const stranger = openssl.authority('stranger');
  expect(() => checkedChain(answered({}) + openssl.run(['x509', '-in', stranger.cert]), ordered, new Date())).toThrow('not issued by');
  for (const nothing of ['', 'no certificate', '{}'])
    expect(() => checkedChain(nothing, ordered, new Date())).toThrow('no chain of certificates');
  expect(() => checkedChain(answered({}).repeat(6), ordered, new Date())).toThrow('no chain of certificates');
});
