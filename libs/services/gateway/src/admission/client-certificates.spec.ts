import { HttpOcsp, Revocations } from '@voltbus/pki';
import { TestCertificate, startResponder, type Responder } from '@voltbus/testing';
import type { PresentedCertificate } from '../transport';
import { ClientCertificates, readCertificateTrust } from './client-certificates';

const DAY_MS = 86_400_000;
let root: TestCertificate;
let sub: TestCertificate;
let responder: Responder;
beforeAll(async () => {
  responder = await startResponder();
  root = await TestCertificate.root('Root');
  sub = await root.ca('Stations', { ocspUrl: responder.url });
});
afterAll(() => responder.close());
beforeEach(() => void responder.asked.splice(0));

const der = ({ pem }: TestCertificate) => Buffer.from(pem.replace(/-----[^-]+-----|\n/g, ''), 'base64');
const byTls = (leaf: TestCertificate, chain: TestCertificate[] = []): PresentedCertificate => ({
  ...{ by: 'tls', leaf: der(leaf), chain: chain.map(der), flaw: null },
});
const forwarded = (leaf: TestCertificate, chain: TestCertificate[] = []): PresentedCertificate => ({
  ...{ by: 'forwarded', leaf: der(leaf), chain: chain.map(der) },
});

function judges({ unavailable = 'refuse' as 'refuse' | 'accept', hosts = [responder.host], trusted = [root] } = {}) {
  const ocsp = new HttpOcsp(hosts, 50_000);
  const trust = readCertificateTrust(
    trusted.map(({ pem }) => Buffer.from(pem)),
    [],
  );
  return new ClientCertificates({
    trust: () => trust,
    revocations: new Revocations(ocsp, { ocspAnswered: () => undefined, ocspFailed: () => undefined }),
    mayAsk: (address) => ocsp.allows(address),
    unavailable,
  });
}

const named = { commonName: 'CS-1', organization: null };
const subject: unknown = expect.objectContaining(named);
const now = new Date();

describe('the revocation of a client certificate by OCSP', () => {
  const withOcsp = () => sub.leaf('CS-1', { ocspUrl: responder.url });

  it('is asked about where the certificate names a responder that may be asked', async () => {
    const leaf = await withOcsp();
    responder.says(() => ({ status: 'good', signer: sub }));
    expect(await judges().judge(byTls(leaf, [sub]), now)).toEqual(subject);
    expect(responder.asked).toEqual([leaf.serial]);
    responder.says(() => ({ status: 'revoked', signer: sub }));
    expect(await judges().judge(byTls(leaf, [sub]), now)).toBe('revoked');
    expect(await judges({ hosts: [] }).judge(byTls(leaf, [sub]), now)).toEqual(subject);
    expect(responder.asked).toHaveLength(2);
  });

  it('that cannot be had refuses the station, or does not, by the policy', async () => {
    const leaf = await withOcsp();
    responder.does((answer) => void answer.writeHead(503).end());
    expect(await judges().judge(byTls(leaf, [sub]), now)).toBe('revocation-unknown');
    expect(await judges({ unavailable: 'accept' }).judge(byTls(leaf, [sub]), now)).toEqual(subject);
    responder.says(() => ({ status: 'good', signer: root })); // not by its issuer
    expect(await judges().judge(byTls(leaf, [sub]), now)).toBe('revocation-unknown');
  });
});

describe('the chain of a client certificate', () => {
  it('is followed by the CAs that came with it, also when a resumed session brings none', async () => {
    const certificates = judges();
    const leaf = await sub.leaf('CS-1');
    expect(await certificates.judge(byTls(leaf), now)).toBe('untrusted');
    expect(await certificates.judge(byTls(leaf, [sub]), now)).toEqual(subject);
    expect(await certificates.judge(byTls(leaf), now)).toEqual(subject);
    expect(await judges({ trusted: [sub] }).judge(byTls(leaf), now)).toEqual(subject);
  });

  it('is still known for a resumed session after another station has sent many CAs that lead nowhere', async () => {
    const certificates = judges();
    const [leaf, hostile] = [await sub.leaf('CS-1'), await sub.leaf('CS-2')];
    expect(await certificates.judge(byTls(leaf, [sub]), now)).toEqual(subject);
    for (let sent = 0; sent < 100; sent += 5) {
      const strangers = await Promise.all(Array.from({ length: 5 }, () => TestCertificate.root('Stations')));
      expect(await certificates.judge(byTls(hostile, [...strangers, sub].slice(0, 5)), now)).toEqual(
        expect.objectContaining({ ...named, commonName: 'CS-2' }),
      );
    }
    expect(await certificates.judge(byTls(leaf), now)).toEqual(subject);
  });

  it('is judged here when a proxy forwards it, and not by the CAs of others', async () => {
    const certificates = judges();
    const [good, stranger] = [await sub.leaf('CS-1'), await TestCertificate.root('Root')];
    expect(await certificates.judge(forwarded(good, [sub]), now)).toEqual(subject);
    expect(await certificates.judge(forwarded(good), now)).toBe('untrusted');
    expect(await certificates.judge(forwarded(await stranger.leaf('CS-1'), [stranger]), now)).toBe('untrusted');
    expect(await certificates.judge(forwarded(await good.leaf('CS-2'), [good, sub]), now)).toBe('untrusted'); // signed by a station
    expect(await certificates.judge(forwarded(sub), now)).toBe('untrusted'); // a CA is no station
    expect(await certificates.judge({ by: 'forwarded', leaf: Buffer.from('hello'), chain: [] }, now)).toBe('unreadable');
  });

  it('is judged again for a session that is resumed after the certificate has expired', async () => {
    const leaf = await sub.leaf('CS-1');
    const certificates = judges();
    expect(await certificates.judge(byTls(leaf, [sub]), now)).toEqual(subject);
    expect(await certificates.judge(byTls(leaf), new Date(now.getTime() + 2 * DAY_MS))).toBe('expired');
  });
});

it('a name that a proxy passes on proves no organization', async () => {
  expect(await judges().judge({ by: 'named', commonName: 'CS-1', flaw: null }, now)).toEqual(subject);
  expect(await judges().judge({ by: 'named', commonName: 'CS-1', flaw: 'untrusted' }, now)).toBe('untrusted');
});
