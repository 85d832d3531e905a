import { CertificateFixture } from './testing/certificate-fixture';
import { derOfRequest, forgedRequest, longRequest, pemOfRequest } from './testing/pkijs-forged-request';

let fixture: CertificateFixture;
beforeAll(async () => (fixture = await CertificateFixture.start()));
afterAll(() => fixture?.close());

const request = (...wish: Parameters<CertificateFixture['openssl']['request']>) => fixture.openssl.request(...wish).toString();
const good = () => request('/O=CPO/CN=hostile');

/** Requests that must lead to no certificate, each with why it is refused. The station is `hostile`. */
const HOSTILE: readonly [string, () => string, string][] = [
  ['names another station', () => request('/O=CPO/CN=CS-2'), 'other-station'],
  ['names no station', () => request('/O=CPO'), 'other-station'],
  ['names the station and another', () => request('/O=CPO/CN=hostile/CN=CS-2'), 'other-station'],
  ['names both in one part', () => request('/O=CPO/CN=hostile+CN=CS-2'), 'other-station'],
  ['names the station in other letters', () => request('/O=CPO/CN=HOSTILE'), 'other-station'],
  ['names it with a blank', () => request('/O=CPO/CN=hostile '), 'other-station'],
  ['names it in Cyrillic', () => request('/O=CPO/CN=h\u043estile'), 'other-station'],
  ['names it with a zero-width space', () => request('/O=CPO/CN=hostile\u200b'), 'other-station'],
  ['names it with a NUL behind', () => forgedRequest(['hostile\0.example']), 'other-station'],
  ['names it with a NUL at the end', () => forgedRequest(['hostile\0']), 'other-station'],
  ['names it twice', () => forgedRequest(['hostile', 'hostile']), 'other-station'],
  ['names another organization', () => request('/O=Other/CN=hostile'), 'other-organization'],
  ['names two organizations', () => request('/O=CPO/O=Other/CN=hostile'), 'other-organization'],
  ['has RSA of 1024 bits', () => request('/O=CPO/CN=hostile', { key: 'rsa1024' }), 'weak-key'],
  ['has RSA of 8192 bits', () => longRequest(8_192, 'hostile'), 'weak-key'],
  ['has P-192', () => request('/O=CPO/CN=hostile', { key: 'p192' }), 'weak-key'],
  ['has secp256k1', () => request('/O=CPO/CN=hostile', { key: 'k256' }), 'weak-key'],
  ['is signed with SHA-1', () => request('/O=CPO/CN=hostile', { digest: 'sha1' }), 'bad-signature'],
  ['has a broken signature', () => pemOfRequest(changedAt(derOfRequest(good()), -1)), 'bad-signature'],
  ['was changed after it was signed', () => pemOfRequest(renamed(derOfRequest(request('/O=CPO/CN=hustile')))), 'bad-signature'],
  ['is two', () => good() + good(), 'unreadable'],
  ['has text before it', () => `Subject: CN=hostile\n${good()}`, 'unreadable'],
  ['has bytes behind it', () => pemOfRequest(Buffer.concat([derOfRequest(good()), Buffer.alloc(4)])), 'unreadable'],
  ['is cut', () => pemOfRequest(derOfRequest(good()).subarray(0, -9)), 'unreadable'],
  ['is a certificate', () => fixture.openssl.run(['x509', '-in', fixture.openssl.path('stations.crt')]), 'unreadable'],
  ['is a private key', () => fixture.openssl.run(['pkey', '-in', fixture.openssl.key()]), 'unreadable'],
  ['is of 1 MiB', () => pemOfRequest(Buffer.alloc(786_432, 48)), 'unreadable'],
  ['is nested as deep as fits', () => pemOfRequest(nested(2_000)), 'unreadable'],
  ['is text', () => 'give me a certificate', 'unreadable'],
  ['is empty', () => '', 'unreadable'],
];

function changedAt(der: Buffer, at: number): Buffer {
  const place = at < 0 ? der.length + at : at;
  der[place] = (der[place] ?? 0) ^ 1;
  return der;
}

/** The name of the station in the place of another of the same length. */
function renamed(der: Buffer): Buffer {
  der.write('hostile', der.indexOf('hustile'), 'latin1');
  return der;
}

/** Sequences of sequences. */
function nested(depth: number): Buffer {
  let bytes = Buffer.alloc(0);
  for (let level = 0; level < depth && bytes.length < 4_000; level++) {
    const { length } = bytes;
    bytes = Buffer.concat([length < 128 ? Buffer.of(0x30, length) : Buffer.of(0x30, 0x82, length >> 8, length & 0xff), bytes]);
  }
  return bytes;
}

it.each(HOSTILE)('refuses a request that %s', async (_, csr, refusal) => {
  const station = await fixture.station('hostile');
  await fixture.service.database.query(`DELETE FROM device_config.security_events WHERE station = 'hostile'`);
  const written = csr();
  for (const payload of [{ csr: written }, { csr: written, certificateType: 'ChargingStationCertificate' }])
    expect(await fixture.sign(station, payload)).toEqual({ status: 'Rejected', statusInfo: { reasonCode: refusal } });
  expect(await fixture.sign(station, { csr: written }, 'ocpp1.6')).toEqual({ status: 'Rejected' });
  await fixture.advance(station);
  expect(await fixture.rows('certificate_requests', station)).toEqual([]);
  expect(await fixture.rows('certificates', station)).toEqual([]);
  expect(fixture.commandsTo(station)).toEqual([]);
  const [event] = await fixture.events(station);
  expect(event).toEqual({
    type: 'certificate-request-refused',
    severity: 'warning',
    info: `ChargingStationCertificate: ${refusal}`,
  });
});

it('takes nothing from a request but its key', async () => {
  const station = await fixture.station('greedy');
  const extensions = [
    ...['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign,cRLSign', 'extendedKeyUsage=serverAuth,anyExtendedKeyUsage'],
    ...['subjectAltName=DNS:CS-2,DNS:csms.example,URI:urn:x', '1.3.6.1.4.1.99999.1=critical,DER:0500'],
  ];
  const csr = request('/C=NL/O=CPO/OU=Operations/emailAddress=a@b.example/CN=greedy', { extensions });
  expect(await fixture.sign(station, { csr })).toEqual({ status: 'Accepted' });
  await fixture.advance(station);
  const { text } = fixture.received(station);
  expect(text).toMatch(/Subject: CN=greedy,O=CPO\n/);
  expect(text).toMatch(/CA:FALSE/);
  const extended = text.slice(text.indexOf('X509v3 extensions'), text.indexOf('Signature Algorithm', text.indexOf('X509v3 extensions')));
  expect(extended.match(/^ {12}\S.*$/gm)?.map((line) => line.trim())).toEqual([
    'X509v3 Basic Constraints: critical',
    'X509v3 Key Usage: critical',
    'X509v3 Extended Key Usage:',
    'X509v3 Subject Key Identifier:',
    'X509v3 Authority Key Identifier:',
  ]);
  expect(extended).not.toMatch(/Server Authentication|Certificate Sign|CS-2|csms/);
});

it('reads what stations write by mistake and means this station alone: DER in hexadecimal or base64, other line ends, another form of the name', async () => {
  const der = derOfRequest(request('/O=CPO/CN=odd'));
  const forms = [
    ...[der.toString('hex'), der.toString('base64'), pemOfRequest(der).replaceAll('\n', '\r\n'), `\n${pemOfRequest(der)}\n`],
    pemOfRequest(der).replaceAll('CERTIFICATE REQUEST', 'NEW CERTIFICATE REQUEST'),
    forgedRequest(['odd'], 'bmp'),
  ];
  const station = await fixture.station('odd');
  for (const csr of forms) expect(await fixture.sign(station, { csr })).toEqual({ status: 'Accepted' });
  await fixture.advance(station);
  expect(fixture.received(station).text).toMatch(/Subject: CN=odd,O=CPO\n/);
});

it('issues for ISO 15118 only what its parts have: P-256 for the one, P-521 for the other', async () => {
  const station = await fixture.station('v2g');
  const answers = async (certificateType: string) => {
    const outcomes: unknown[] = [];
    for (const key of ['p256', 'p521', 'rsa2048'] as const)
      outcomes.push(await fixture.sign(station, { csr: request('/O=CPO/CN=v2g', { key }), certificateType }));
    return outcomes.map((one) => (one as { status: string }).status);
  };
  expect(await answers('V2GCertificate')).toEqual(['Accepted', 'Rejected', 'Rejected']);
  expect(await answers('V2G20Certificate')).toEqual(['Rejected', 'Accepted', 'Rejected']);
});
