import { silentLogger, startResponder, testMetrics, TestCertificate, type Responder } from '@voltbus/testing';
import { TransactionTelemetry } from '../telemetry';
import { HttpOcsp, MAX_PATH } from '@voltbus/pki';
import {
  ContractCertificates,
  MAX_ANCHORS,
  MAX_SENT,
  type ContractCertificateSettings,
  type PresentedCertificate,
} from './contract-certificates';

const EMAID = 'DE-8AA-C12345678-X';
const NAME = 'DE8AAC12345678X';
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

let responder: Responder;
let root: TestCertificate;
let sub1: TestCertificate;
let sub2: TestCertificate;
beforeAll(async () => {
  responder = await startResponder();
  const options = { ocspUrl: responder.url };
  root = await TestCertificate.root('MO Root');
  sub1 = await root.ca('MO Sub-CA 1', options);
  sub2 = await sub1.ca('MO Sub-CA 2', { ...options, pathLength: 0 });
});
afterAll(() => responder.close());
const contract = (options = {}) => sub2.leaf(NAME, { ocspUrl: responder.url, ...options });

const issuerOf = (certificate: TestCertificate) => certificate.issuer ?? certificate;
/** Each certificate's own issuer signs what is said of it; `revoked` and `unknown` name those of which it is. */
function responderSays(about: readonly TestCertificate[], statuses: { revoked?: TestCertificate; unknown?: TestCertificate } = {}): void {
  responder.says((serial) => {
    const one = about.find((other) => other.serial === serial);
    if (one === undefined) throw new Error(`nobody expects ${serial}`);
    const status = one === statuses.revoked ? 'revoked' : one === statuses.unknown ? 'unknown' : 'good';
    return { status, signer: issuerOf(one), enclosed: [sub1, sub2] };
  });
}

let metrics: ReturnType<typeof testMetrics>;
function judging(change: Partial<ContractCertificateSettings> = {}): ContractCertificates {
  metrics = testMetrics();
  const settings: ContractCertificateSettings = { roots: root.pem, ocspUnavailable: 'refuse' };
  return new ContractCertificates(
    { ...settings, ...change },
    new HttpOcsp([responder.host]),
    new TransactionTelemetry(silentLogger, metrics),
  );
}
const chain = (leaf: TestCertificate): PresentedCertificate => ({
  emaid: EMAID,
  certificate: leaf.pem + sub2.pem + sub1.pem,
  hashData: [],
});
const hashes = (leaf: TestCertificate): PresentedCertificate => ({
  emaid: EMAID,
  certificate: undefined,
  hashData: [leaf, sub2, sub1].map((one) => one.hashData(responder.url)),
});
const now = () => new Date();

describe('a contract certificate that the station could not validate: its chain', () => {
  it('C07.FR.05, C07.FR.14: is valid when it comes from a trusted root and none of it was revoked, each certificate asked about', async () => {
    const leaf = await contract();
    responderSays([leaf, sub2, sub1]);
    responder.asked.length = 0;
    expect(await judging().judge(chain(leaf), now())).toBe('valid');
    expect(responder.asked.sort()).toEqual([leaf, sub2, sub1].map(({ serial }) => serial).sort());
  });

  it('C07.FR.16: is revoked when any certificate of it was', async () => {
    const leaf = await contract();
    for (const revoked of [leaf, sub2, sub1]) {
      responderSays([leaf, sub2, sub1], { revoked });
      expect(await judging().judge(chain(leaf), now())).toBe('revoked');
    }
  });

  it('C07.FR.15: has expired when any certificate of it has, from then on', async () => {
    const until = new Date(Math.floor(Date.now() / 1_000) * 1_000 + HOUR_MS);
    const leaf = await contract({ notAfter: until });
    responderSays([leaf, sub2, sub1]);
    expect(await judging().judge(chain(leaf), until)).toBe('valid');
    expect(await judging().judge(chain(leaf), new Date(until.getTime() + 1_000))).toBe('expired');
    expect(
      await judging().judge(chain(await contract({ notAfter: new Date(Date.now() + 3 * DAY_MS) })), new Date(Date.now() + 2 * DAY_MS)),
    ).toBe(
      'expired', // its CAs
    );
  });

  it('the eMAID must be that of the certificate', async () => {
    const leaf = await contract();
    responderSays([leaf, sub2, sub1]);
    expect(await judging().judge({ ...chain(leaf), emaid: 'DE-8AA-C12345679-X' }, now())).toBe('unverified');
    expect(await judging().judge({ ...chain(leaf), emaid: NAME.toLowerCase() }, now())).toBe('valid');
  });

  it('names no responder: those that the station sends are asked', async () => {
    const leaf = await sub2.leaf(NAME);
    responderSays([leaf, sub2, sub1]);
    expect(await judging().judge(chain(leaf), now())).toBe('unverified');
    expect(await judging().judge({ ...chain(leaf), hashData: [leaf.hashData(responder.url)] }, now())).toBe('valid');
  });

  it('what the station would have asked does not count: a revoked contract is not made good by the data of another', async () => {
    const [leaf, other] = [await contract(), await contract()];
    responderSays([leaf, other, sub2, sub1], { revoked: leaf });
    expect(await judging().judge({ ...chain(leaf), hashData: [other.hashData(responder.url)] }, now())).toBe('revoked');
  });

  it.each<[string, () => Promise<string>]>([
    ['without its sub-CAs', async () => (await contract()).pem],
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
        const forged = await (await TestCertificate.root('MO Sub-CA 2')).leaf(NAME, { ocspUrl: responder.url });
        return forged.pem + sub2.pem + sub1.pem;
      },
    ],
    [
      'issued by what is no CA',
      async () => {
        const middle = await sub1.leaf('No CA', { mayCertify: true });
        return (await middle.leaf(NAME)).pem + middle.pem + sub1.pem;
      },
    ],
    [
      'with more CAs below one than it allows',
      async () => {
        const third = await sub2.ca('MO Sub-CA 3', { ocspUrl: responder.url });
        return (await third.leaf(NAME, { ocspUrl: responder.url })).pem + third.pem + sub2.pem + sub1.pem;
      },
    ],
    ['that is not valid yet', async () => (await contract({ notBefore: new Date(Date.now() + HOUR_MS) })).pem + sub2.pem + sub1.pem],
    ['with a critical extension that nobody knows', async () => (await contract({ strange: true })).pem + sub2.pem + sub1.pem],
    ['signed with SHA-1', async () => (await contract({ digest: 'SHA-1' })).pem + sub2.pem + sub1.pem],
    ['that is only CAs', () => Promise.resolve(sub2.pem + sub1.pem)],
    ['that is no certificate', () => Promise.resolve('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----')],
    ['that is nothing', () => Promise.resolve('')],
    ['that is longer than any', async () => (await contract()).pem + (sub2.pem + sub1.pem).repeat(MAX_SENT)],
  ])('C07.FR.17: a chain %s is not verified', async (_what, pem) => {
    responder.says((serial) => ({ status: serial === '' ? 'unknown' : 'good', signer: sub2, enclosed: [sub1, sub2] }));
    // whatever becomes of asking, it is the chain that is looked at
    expect(await judging({ ocspUnavailable: 'accept' }).judge({ ...chain(sub2), certificate: await pem() }, now())).toBe('unverified');
  });

  it('C07.FR.17: goes no further up than a number of certificates', async () => {
    const path = [root];
    for (let below = 1; below < MAX_PATH; below++) path.unshift(await (path[0] ?? root).ca(`CA ${below}`, { ocspUrl: responder.url }));
    const pem = (certificates: readonly TestCertificate[]) => certificates.map((one) => one.pem).join('');
    const within = await (path[1] ?? root).leaf(NAME, { ocspUrl: responder.url });
    const beyond = await (path[0] ?? root).leaf(NAME, { ocspUrl: responder.url });
    responderSays([within, beyond, ...path]);
    expect(await judging().judge({ ...chain(within), certificate: pem([within, ...path.slice(1, -1)]) }, now())).toBe('valid');
    expect(await judging().judge({ ...chain(beyond), certificate: pem([beyond, ...path.slice(0, -1)]) }, now())).toBe('unverified');
  });

  it('without trusted roots none is verified, whatever becomes of those nobody answers for', async () => {
    const leaf = await contract();
    responderSays([leaf, sub2, sub1]);
    expect(await judging({ roots: undefined, ocspUnavailable: 'accept' }).judge(chain(leaf), now())).toBe('unverified');
  });

  it('an operator may trust so many certificates and no more', () => {
    expect(() => judging({ roots: root.pem.repeat(MAX_ANCHORS) })).not.toThrow();
    expect(() => judging({ roots: root.pem.repeat(MAX_ANCHORS + 1) })).toThrow(`1 to ${MAX_ANCHORS}`);
  });

  it('a sub-CA that the operator trusts by itself is enough', async () => {
    const leaf = await contract();
    responderSays([leaf]);
    expect(await judging({ roots: sub2.pem }).judge({ ...chain(leaf), certificate: leaf.pem }, now())).toBe('valid');
  });
});

describe('a contract certificate that the station has validated: what OCSP wants to know', () => {
  it.each(['valid', 'revoked', 'unknown'] as const)('C07.FR.13 to FR.17: by its issuer %s', async (what) => {
    const leaf = await contract();
    responderSays([leaf, sub2, sub1], what === 'valid' ? {} : { [what]: leaf });
    expect(await judging().judge(hashes(leaf), now())).toBe(what === 'unknown' ? 'unverified' : what);
  });

  it.each(['SHA384', 'SHA512'] as const)('may be hashed with %s, and its hashes written in base64', async (digest) => {
    const leaf = await contract();
    responderSays([leaf]);
    const data = leaf.hashData(responder.url, digest);
    const base64 = (hex: string) => Buffer.from(hex, 'hex').toString('base64');
    expect(await judging().judge({ ...hashes(leaf), hashData: [data] }, now())).toBe('valid');
    const written = {
      ...data,
      issuerNameHash: base64(data.issuerNameHash),
      issuerKeyHash: base64(data.issuerKeyHash),
      serialNumber: `00${data.serialNumber.toUpperCase()}`,
    };
    expect(await judging().judge({ ...hashes(leaf), hashData: [written] }, now())).toBe('valid');
  });

  it.each([
    ['a serial number that is none', { serialNumber: 'xyz' }],
    ['a serial number longer than any', { serialNumber: '1'.repeat(41) }],
    ['a hash of another length', { issuerKeyHash: 'abcd' }],
  ])('C07.FR.17: %s is not verified, and nobody is asked', async (_what, change) => {
    const leaf = await contract();
    responder.asked.length = 0;
    expect(await judging().judge({ ...hashes(leaf), hashData: [{ ...leaf.hashData(responder.url), ...change }] }, now())).toBe(
      'unverified',
    );
    expect(responder.asked).toEqual([]);
  });
});
