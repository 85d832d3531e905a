import { MAX_PATH } from '@voltbus/pki';
import { TestCertificate } from '@voltbus/testing';
import { MAX_ANCHORS, MAX_SENT } from './contract-certificates';
import { ContractPki, NAME } from './testing/contract-pki';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

let pki: ContractPki;
beforeAll(async () => {
  pki = await ContractPki.start();
});
afterAll(() => pki?.close());
const now = () => new Date();

describe('a contract certificate that the station could not validate: its chain', () => {
  it('C07.FR.05, C07.FR.14: is valid when it comes from a trusted root and none of it was revoked, each certificate asked about', async () => {
    const leaf = await pki.contract();
    pki.responderSays([leaf, pki.sub2, pki.sub1]);
    pki.responder.asked.length = 0;
    expect(await pki.judging().judge(pki.chain(leaf), now())).toBe('valid');
    expect(pki.responder.asked.sort()).toEqual([leaf, pki.sub2, pki.sub1].map(({ serial }) => serial).sort());
  });

  it('C07.FR.16: is revoked when any certificate of it was', async () => {
    const leaf = await pki.contract();
    for (const revoked of [leaf, pki.sub2, pki.sub1]) {
      pki.responderSays([leaf, pki.sub2, pki.sub1], { revoked });
      expect(await pki.judging().judge(pki.chain(leaf), now())).toBe('revoked');
    }
  });

  it('C07.FR.15: has expired when any certificate of it has, from then on', async () => {
    const until = new Date(Math.floor(Date.now() / 1_000) * 1_000 + HOUR_MS);
    const leaf = await pki.contract({ notAfter: until });
    pki.responderSays([leaf, pki.sub2, pki.sub1]);
    expect(await pki.judging().judge(pki.chain(leaf), until)).toBe('valid');
    expect(await pki.judging().judge(pki.chain(leaf), new Date(until.getTime() + 1_000))).toBe('expired');
    expect(
      await pki
        .judging()
        .judge(pki.chain(await pki.contract({ notAfter: new Date(Date.now() + 3 * DAY_MS) })), new Date(Date.now() + 2 * DAY_MS)),
    ).toBe(
      'expired', // its CAs
    );
  });

  it('the eMAID must be that of the certificate', async () => {
    const leaf = await pki.contract();
    pki.responderSays([leaf, pki.sub2, pki.sub1]);
    expect(await pki.judging().judge({ ...pki.chain(leaf), emaid: 'DE-8AA-C12345679-X' }, now())).toBe('unverified');
    expect(await pki.judging().judge({ ...pki.chain(leaf), emaid: NAME.toLowerCase() }, now())).toBe('valid');
  });

  it('names no responder: those that the station sends are asked', async () => {
    const leaf = await pki.sub2.leaf(NAME);
    pki.responderSays([leaf, pki.sub2, pki.sub1]);
    expect(await pki.judging().judge(pki.chain(leaf), now())).toBe('unverified');
    expect(await pki.judging().judge({ ...pki.chain(leaf), hashData: [leaf.hashData(pki.responder.url)] }, now())).toBe('valid');
  });

  it('what the station would have asked does not count: a revoked contract is not made good by the data of another', async () => {
    const [leaf, other] = [await pki.contract(), await pki.contract()];
    pki.responderSays([leaf, other, pki.sub2, pki.sub1], { revoked: leaf });
    expect(await pki.judging().judge({ ...pki.chain(leaf), hashData: [other.hashData(pki.responder.url)] }, now())).toBe('revoked');
  });

  it.each<[string, () => Promise<string>]>([
    ['without its sub-CAs', async () => (await pki.contract()).pem],
    [
      'of another root',
      async () => {
        const foreign = await TestCertificate.root('MO Root');
        return (await foreign.leaf(NAME)).pem + foreign.pem;
      },
    ],
    [
      'signed by another key than it names',
      async () => {
        const forged = await (await TestCertificate.root('MO Sub-CA 2')).leaf(NAME, { ocspUrl: pki.responder.url });
        return forged.pem + pki.sub2.pem + pki.sub1.pem;
      },
    ],
    [
      'issued by what is no CA',
      async () => {
        const middle = await pki.sub1.leaf('No CA', { mayCertify: true });
        return (await middle.leaf(NAME)).pem + middle.pem + pki.sub1.pem;
      },
    ],
    [
      'with more CAs below one than it allows',
      async () => {
        const third = await pki.sub2.ca('MO Sub-CA 3', { ocspUrl: pki.responder.url });
        return (await third.leaf(NAME, { ocspUrl: pki.responder.url })).pem + third.pem + pki.sub2.pem + pki.sub1.pem;
      },
    ],
    [
      'that is not valid yet',
      async () => (await pki.contract({ notBefore: new Date(Date.now() + HOUR_MS) })).pem + pki.sub2.pem + pki.sub1.pem,
    ],
    ['with a critical extension that nobody knows', async () => (await pki.contract({ strange: true })).pem + pki.sub2.pem + pki.sub1.pem],
    ['signed with SHA-1', async () => (await pki.contract({ digest: 'SHA-1' })).pem + pki.sub2.pem + pki.sub1.pem],
    ['that is only CAs', () => Promise.resolve(pki.sub2.pem + pki.sub1.pem)],
    ['that is no certificate', () => Promise.resolve('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----')],
    ['that is nothing', () => Promise.resolve('')],
    ['that is longer than any', async () => (await pki.contract()).pem + (pki.sub2.pem + pki.sub1.pem).repeat(MAX_SENT)],
  ])('C07.FR.17: a chain %s is not verified', async (_what, pem) => {
    pki.responder.says((serial) => ({ status: serial === '' ? 'unknown' : 'good', signer: pki.sub2, enclosed: [pki.sub1, pki.sub2] }));
    // whatever becomes of asking, it is the chain that is looked at
    expect(await pki.judging({ ocspUnavailable: 'accept' }).judge({ ...pki.chain(pki.sub2), certificate: await pem() }, now())).toBe(
      'unverified',
    );
  });

  it('C07.FR.17: goes no further up than a number of certificates', async () => {
    const path = [pki.root];
    for (let below = 1; below < MAX_PATH; below++)
      path.unshift(await (path[0] ?? pki.root).ca(`CA ${below}`, { ocspUrl: pki.responder.url }));
    const pem = (certificates: readonly TestCertificate[]) => certificates.map((one) => one.pem).join('');
    const within = await (path[1] ?? pki.root).leaf(NAME, { ocspUrl: pki.responder.url });
    const beyond = await (path[0] ?? pki.root).leaf(NAME, { ocspUrl: pki.responder.url });
    pki.responderSays([within, beyond, ...path]);
    expect(await pki.judging().judge({ ...pki.chain(within), certificate: pem([within, ...path.slice(1, -1)]) }, now())).toBe('valid');
    expect(await pki.judging().judge({ ...pki.chain(beyond), certificate: pem([beyond, ...path.slice(0, -1)]) }, now())).toBe('unverified');
  });

  it('without trusted roots none is verified, whatever becomes of those nobody answers for', async () => {
    const leaf = await pki.contract();
    pki.responderSays([leaf, pki.sub2, pki.sub1]);
    expect(await pki.judging({ roots: undefined, ocspUnavailable: 'accept' }).judge(pki.chain(leaf), now())).toBe('unverified');
  });

  it('an operator may trust so many certificates and no more', () => {
    expect(() => pki.judging({ roots: pki.root.pem.repeat(MAX_ANCHORS) })).not.toThrow();
    expect(() => pki.judging({ roots: pki.root.pem.repeat(MAX_ANCHORS + 1) })).toThrow(`1 to ${MAX_ANCHORS}`);
  });

  it('a sub-CA that the operator trusts by itself is enough', async () => {
    const leaf = await pki.contract();
    pki.responderSays([leaf]);
    expect(await pki.judging({ roots: pki.sub2.pem }).judge({ ...pki.chain(leaf), certificate: leaf.pem }, now())).toBe('valid');
  });
});

describe('a contract certificate that the station has validated: what OCSP wants to know', () => {
  it.each(['valid', 'revoked', 'unknown'] as const)('C07.FR.13 to FR.17: by its issuer %s', async (what) => {
    const leaf = await pki.contract();
    pki.responderSays([leaf, pki.sub2, pki.sub1], what === 'valid' ? {} : { [what]: leaf });
    expect(await pki.judging().judge(pki.hashes(leaf), now())).toBe(what === 'unknown' ? 'unverified' : what);
  });

  it.each(['SHA384', 'SHA512'] as const)('may be hashed with %s, and its hashes written in base64', async (digest) => {
    const leaf = await pki.contract();
    pki.responderSays([leaf]);
    const data = leaf.hashData(pki.responder.url, digest);
    const base64 = (hex: string) => Buffer.from(hex, 'hex').toString('base64');
    expect(await pki.judging().judge({ ...pki.hashes(leaf), hashData: [data] }, now())).toBe('valid');
    const written = {
      ...data,
      issuerNameHash: base64(data.issuerNameHash),
      issuerKeyHash: base64(data.issuerKeyHash),
      serialNumber: `00${data.serialNumber.toUpperCase()}`,
    };
    expect(await pki.judging().judge({ ...pki.hashes(leaf), hashData: [written] }, now())).toBe('valid');
  });

  it.each([
    ['a serial number that is none', { serialNumber: 'xyz' }],
    ['a serial number longer than any', { serialNumber: '1'.repeat(41) }],
    ['a hash of another length', { issuerKeyHash: 'abcd' }],
  ])('C07.FR.17: %s is not verified, and nobody is asked', async (_what, change) => {
    const leaf = await pki.contract();
    pki.responder.asked.length = 0;
    expect(await pki.judging().judge({ ...pki.hashes(leaf), hashData: [{ ...leaf.hashData(pki.responder.url), ...change }] }, now())).toBe(
      'unverified',
    );
    expect(pki.responder.asked).toEqual([]);
  });
});
