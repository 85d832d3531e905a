import { startResponder, TestCertificate, until, within, type Responder } from '@voltbus/testing';
import { idFromHashData } from './certificate-id';
import { HttpOcsp, MAX_ANSWER_BYTES } from './http-ocsp';
import { readPem } from './pkijs-certificate';
import { MAX_KEPT_MS, MAX_UNDER_WAY, Revocations } from './revocation';

let responder: Responder;
let root: TestCertificate;
let leaf: TestCertificate;
beforeAll(async () => {
  responder = await startResponder();
  root = await TestCertificate.root('Root');
});
beforeEach(async () => {
  leaf = await root.leaf('Leaf');
  responder.asked.length = 0;
});
afterAll(() => responder.close());

/** Longer than any answer takes. */
const PATIENT_MS = 50_000;
const asking = (timeoutMs = PATIENT_MS) =>
  new Revocations(new HttpOcsp(new Set([responder.host]), timeoutMs), { ocspAnswered: () => undefined, ocspFailed: () => undefined });
const trust = () => ({ anchors: readPem(root.pem, 1), pool: [] });
const ask = (revocations: Revocations, now = new Date(), addresses = [responder.url]) =>
  revocations.of(idFromHashData(leaf.hashData(responder.url)), addresses, trust(), now);

describe('asking whether a certificate was revoked', () => {
  it('is done once until the next update', async () => {
    const revocations = asking();
    const nextUpdate = new Date(Math.floor(Date.now() / 1_000) * 1_000 + 600_000);
    responder.says(() => ({ status: 'good', signer: root, nextUpdate }));
    expect(await ask(revocations)).toBe('good');
    responder.says(() => ({ status: 'revoked', signer: root }));
    expect(await ask(revocations, new Date(nextUpdate.getTime() - 1))).toBe('good');
    expect(responder.asked).toHaveLength(1);
    expect(await ask(revocations, nextUpdate)).toBe('revoked');
  });

  it('is repeated after an hour, however far the next update, to notice a revocation since', async () => {
    const revocations = asking();
    const begun = new Date();
    responder.says(() => ({ status: 'good', signer: root, nextUpdate: new Date(Date.now() + 30 * 86_400_000) }));
    expect(await ask(revocations, begun)).toBe('good');
    responder.says(() => ({ status: 'revoked', signer: root, nextUpdate: new Date(Date.now() + 30 * 86_400_000) }));
    expect(await ask(revocations, new Date(begun.getTime() + MAX_KEPT_MS - 1))).toBe('good');
    expect(await ask(revocations, new Date(begun.getTime() + MAX_KEPT_MS))).toBe('revoked');
  });

  it('is done again at once after no answer, and where the responder did not know it', async () => {
    const revocations = asking();
    responder.does((answer) => void answer.writeHead(503).end());
    expect(await ask(revocations)).toBe('unavailable');
    responder.says(() => ({ status: 'unknown', signer: root }));
    expect(await ask(revocations)).toBe('unknown');
    responder.says(() => ({ status: 'good', signer: root }));
    expect(await ask(revocations)).toBe('good');
  });

  it.each<[string, Parameters<Responder['does']>[0], number?]>([
    ['nothing', () => undefined, 300],
    ['half an answer', (answer) => void answer.writeHead(200).write('0'), 300],
    ['too much', (answer) => void answer.end(Buffer.alloc(MAX_ANSWER_BYTES + 1))],
    ['no OCSP', (answer) => void answer.end('<html>')],
    ['a redirect', (answer) => void answer.writeHead(302, { location: responder.url }).end()],
    ['a refusal (tryLater)', (answer) => void answer.end(Buffer.from('30030a0103', 'hex'))],
  ])('takes %s for no answer', async (_what, answering, timeoutMs = PATIENT_MS) => {
    responder.does(answering);
    expect(await ask(asking(timeoutMs))).toBe('unavailable');
    expect(responder.asked.length).toBeLessThanOrEqual(1); // it may be given up before it is heard
  });

  it('goes no further than a number at once: beyond, nobody is asked', async () => {
    const revocations = asking();
    const held: (() => void)[] = [];
    responder.says(() => ({ status: 'good', signer: root }));
    responder.does((answer, der) => void held.push(() => void der().then((bytes) => answer.end(bytes))));
    responder.asked.length = 0;
    const under = Array.from({ length: MAX_UNDER_WAY }, () => ask(revocations));
    expect(await ask(revocations)).toBe('unavailable');
    await until(`the responder holds ${MAX_UNDER_WAY} requests`, () => held.length >= MAX_UNDER_WAY);
    for (const answer of held) answer();
    expect(new Set(await within('every request is answered', Promise.all(under)))).toEqual(new Set(['good']));
    expect(responder.asked).toHaveLength(MAX_UNDER_WAY);
  });
});

describe('addresses come from stations and cars: only hosts that the operator named are asked', () => {
  it.each<[string, boolean]>([
    ['http://ocsp.example.com/mo', true],
    ['https://OCSP.example.com/', true],
    ['http://ocsp.example.com:80/', true],
    ['http://ocsp.example.com:8080/', false],
    ['http://other.example.com:8080/', true],
    ['http://other.example.com/', false],
    ['http://[::1]:8080/', true],
    ['http://169.254.169.254/latest/meta-data', false],
    ['http://ocsp.example.com.evil.example/', false],
    ['http://ocsp.example.com@evil.example/', false],
    ['http://user:secret@ocsp.example.com/', false],
    ['ftp://ocsp.example.com/', false],
    ['file:///etc/passwd', false],
    ['ldap://ocsp.example.com/', false],
    ['', false],
    ['ocsp.example.com', false],
  ])('%s: %s', (address, allowed) => {
    const hosts = new Set(['ocsp.example.com', 'other.example.com:8080', '[::1]:8080']);
    expect(new HttpOcsp(hosts).allows(address)).toBe(allowed);
  });

  it('nothing is sent elsewhere; of several addresses the first that may be is asked', async () => {
    const other = await startResponder();
    responder.says(() => ({ status: 'good', signer: root }));
    expect(await ask(asking(), new Date(), [other.url])).toBe('unavailable');
    expect(await ask(asking(), new Date(), [other.url, responder.url])).toBe('good');
    expect(other.asked).toEqual([]);
    await expect(new HttpOcsp(new Set()).ask(other.url, Buffer.of())).rejects.toThrow('not named');
    await other.close();
  });
});
