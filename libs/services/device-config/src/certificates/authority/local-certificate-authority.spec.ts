import { readFileSync } from 'node:fs';
import { readSigningRequest } from '@voltbus/pki';
import { Openssl } from '../testing/openssl';
import { DAY_MS } from '../limits';
import type { CertificateOrder } from './certificate-authority';
import { checkedChain } from './checked-chain';
import { LocalCertificateAuthority, type AuthorityFiles } from './local-certificate-authority';

// The judge is OpenSSL, not the library that made the certificates.

const openssl = new Openssl();
afterAll(() => openssl.remove());
const root = openssl.authority('root');
const NOW = new Date();

function order(csr: Buffer, wish: Partial<CertificateOrder> = {}): CertificateOrder {
  const { der } = readSigningRequest(csr.toString());
  return {
    id: 'order',
    ref: { tenant: 'default', station: 'CS-1' },
    kind: 'ChargingStationCertificate',
    csr: der,
    organization: 'CPO',
    ...wish,
  };
}

const authorityOf = (stations: AuthorityFiles, v2g: AuthorityFiles | null = null, days = 10) =>
  new LocalCertificateAuthority({ stations, v2g, days, now: () => NOW });

/** What OpenSSL says of a chain against the root: the lines of its first certificate. */
function judged(chain: string, purpose: string): string {
  const [leaf = '', ...above] = chain.split(/(?<=-----END CERTIFICATE-----\n)/);
  const [file, others] = [openssl.write('leaf.crt', leaf), openssl.write('others.crt', above.join('') || readFileSync(root.cert, 'utf8'))];
  expect(
    openssl.run(['verify', '-x509_strict', '-check_ss_sig', '-purpose', purpose, '-CAfile', root.cert, '-untrusted', others, file]),
  ).toContain('OK');
  return openssl.run(['x509', '-in', file, '-noout', '-text', '-nameopt', 'RFC2253']);
}

describe('the local certificate authority', () => {
  it.each(['p256', 'p384', 'p521', 'rsa2048'] as const)('issues what OpenSSL accepts of a client, by a CA with %s', async (key) => {
    const sub = openssl.authority(`sub-${key}`, { key, below: root });
    for (const kind of ['p256', 'rsa2048'] as const) {
      const asked = order(openssl.request('/O=CPO/CN=CS-1', { key: kind }));
      const { pem } = checkedChain(await authorityOf(sub).issue(asked), asked, NOW);
      const text = judged(pem, 'sslclient');
      expect(text).toMatch(/Subject: CN=CS-1,O=CPO\n/);
      expect(text).toMatch(/Key Usage: critical\n\s+Digital Signature\n/);
      expect(text).toMatch(/Extended Key Usage: \n\s+TLS Web Client Authentication\n/);
      expect(text).toMatch(/Basic Constraints: critical\n\s+CA:FALSE/);
      expect(text).not.toMatch(/Alternative Name/);
      expect(openssl.run(['x509', '-in', openssl.path('leaf.crt'), '-noout', '-pubkey'])).toBe(
        openssl.run(['req', '-in', openssl.write('asked.csr', asked.csr), '-inform', 'DER', '-noout', '-pubkey']),
      );
    }
  });

  it('lets no certificate outlive its CA, and begins an hour before', async () => {
    const asked = order(openssl.request('/CN=CS-1'));
    const short = checkedChain(await authorityOf(root, null, 10).issue(asked), asked, NOW).leaf;
    expect(short.notAfter.getTime() - NOW.getTime()).toBeLessThanOrEqual(10 * DAY_MS);
    expect(short.notAfter.getTime() - NOW.getTime()).toBeGreaterThan(10 * DAY_MS - 1_000);
    expect(NOW.getTime() - short.notBefore.getTime()).toBeGreaterThanOrEqual(3_600_000);
    const long = checkedChain(await authorityOf(root, null, 3_650).issue(asked), asked, NOW).leaf;
    expect(long.notAfter.getTime()).toBeLessThanOrEqual(NOW.getTime() + 30 * DAY_MS + 60_000);
  });

  it('gives each certificate a serial number of its own, positive and of 20 bytes', async () => {
    const asked = order(openssl.request('/CN=CS-1'));
    const issued = await Promise.all(
      Array.from({ length: 20 }, async () => checkedChain(await authorityOf(root).issue(asked), asked, NOW).leaf.serial),
    );
    expect(new Set(issued).size).toBe(20);
    for (const serial of issued) expect(serial).toMatch(/^[4-7][0-9a-f]{39}$/);
  });

  it('issues for ISO 15118 by a CA of its own only, and not for clients of TLS', async () => {
    const v2g = openssl.authority('v2g', { below: root });
    expect(authorityOf(root).issues('V2GCertificate')).toBe(false);
    const asked = order(openssl.request('/O=CPO/CN=CS-1'), { kind: 'V2GCertificate' });
    const { pem } = checkedChain(await authorityOf(root, v2g).issue(asked), asked, NOW);
    const text = judged(pem, 'any');
    expect(text).toMatch(/Issuer: CN=v2g,O=CPO\n/);
    expect(text).toMatch(/Subject: DC=CPO,CN=CS-1,O=CPO\n/);
    expect(text).toMatch(/Digital Signature, Key Agreement\n/);
    expect(text).not.toMatch(/Client Authentication|Server Authentication/);
  });

  it('takes a CA that replaces the one before without a restart, and says so of files that do not fit', async () => {
    const [one, other] = [openssl.authority('one'), openssl.authority('other')];
    const files = {
      cert: openssl.write('used.crt', readFileSync(one.cert, 'utf8')),
      key: openssl.write('used.key', readFileSync(one.key, 'utf8')),
    };
    const authority = authorityOf(files);
    const asked = order(openssl.request('/CN=CS-1'));
    expect(checkedChain(await authority.issue(asked), asked, NOW).leaf.x509.issuer).toContain('CN=one');
    openssl.write('used.crt', readFileSync(other.cert, 'utf8'));
    await expect(authority.issue(asked)).rejects.toThrow('is not the certificate of a CA with that key');
    openssl.write('used.key', readFileSync(other.key, 'utf8'));
    expect(checkedChain(await authority.issue(asked), asked, NOW).leaf.x509.issuer).toContain('CN=other');
  });

  it.each(['p256', 'rsa2048'] as const)('signs a revocation list that OpenSSL accepts and obeys, by a CA with %s', async (key) => {
    const ca = openssl.authority(`listing-${key}`, { key });
    const authority = authorityOf(ca);
    const asked = order(openssl.request('/O=CPO/CN=CS-1'));
    const [good, bad] = await Promise.all([authority.issue(asked), authority.issue(asked)]);
    const revoked = [{ serial: checkedChain(bad, asked, NOW).leaf.serial, revokedAt: NOW }];
    const list = openssl.write('list.crl', await authority.revocationList(revoked, 7));
    expect(openssl.run(['crl', '-in', list, '-CAfile', ca.cert, '-noout', '-crlnumber', '-nextupdate'])).toMatch(/crlNumber=0x0?7\n/i);
    const check = (pem: string) =>
      openssl.run([
        'verify',
        '-crl_check',
        '-CRLfile',
        list,
        '-CAfile',
        ca.cert,
        openssl.write('checked.crt', pem.split(/(?<=-----END CERTIFICATE-----\n)/)[0] ?? ''),
      ]);
    expect(check(good)).toContain('OK');
    expect(() => check(bad)).toThrow('certificate revoked');
    openssl.write('list.crl', await authority.revocationList([], 8));
    expect(check(bad)).toContain('OK');
  });
});
