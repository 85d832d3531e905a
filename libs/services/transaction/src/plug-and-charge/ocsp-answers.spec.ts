import { silentLogger, startResponder, testMetrics, TestCertificate, type Responder } from '@voltbus/testing';
import { TransactionTelemetry } from '../telemetry';
import { HttpOcsp, MAX_ENCLOSED } from '@voltbus/pki';
import { ContractCertificates, type ContractCertificateSettings, type PresentedCertificate } from './contract-certificates';

const EMAID = 'DE-8AA-C12345678-X';
const NAME = 'DE8AAC12345678X';
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const OCSP_SIGNING = ['1.3.6.1.5.5.7.3.9'];

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
const hashes = (leaf: TestCertificate): PresentedCertificate => ({
  emaid: EMAID,
  certificate: undefined,
  hashData: [leaf, sub2, sub1].map((one) => one.hashData(responder.url)),
});
const now = () => new Date();

describe('an answer of an OCSP responder', () => {
  const judgeOne = async (
    answerFor: (leaf: TestCertificate) => Parameters<Responder['says']>[0],
    change: Partial<ContractCertificateSettings> = {},
  ) => {
    const leaf = await contract();
    responder.says(answerFor(leaf));
    return judging(change).judge({ ...hashes(leaf), hashData: [leaf.hashData(responder.url)] }, now());
  };

  it('may be signed by whom the issuer has given that right (RFC 6960 section 4.2.2.2)', async () => {
    const signer = await sub2.leaf('Responder', { usages: OCSP_SIGNING });
    expect(await judgeOne(() => () => ({ status: 'good', signer, enclosed: [signer, sub2, sub1] }))).toBe('valid');
    expect(await judgeOne(() => () => ({ status: 'revoked', signer, enclosed: [signer, sub2, sub1] }))).toBe('revoked');
  });

  it.each<[string, () => Promise<ReturnType<Parameters<Responder['says']>[0]>>]>([
    [
      'by one without that right',
      async () => {
        const signer = await sub2.leaf('Other');
        return { status: 'good', signer, enclosed: [signer, sub2, sub1] };
      },
    ],
    [
      'by one whom another CA has given it',
      async () => {
        const signer = await sub1.leaf('Responder', { usages: OCSP_SIGNING });
        return { status: 'good', signer, enclosed: [signer, sub2, sub1] };
      },
    ],
    [
      'by one whose right has expired',
      async () => {
        const signer = await sub2.leaf('Responder', { usages: OCSP_SIGNING, notAfter: new Date(Date.now() - HOUR_MS) });
        return { status: 'good', signer, enclosed: [signer, sub2, sub1] };
      },
    ],
    [
      "by a stranger who has the issuer's name",
      async () => {
        const signer = await TestCertificate.root('MO Sub-CA 2');
        return { status: 'good', signer, enclosed: [signer, sub2, sub1] };
      },
    ],
    ['with SHA-1', () => Promise.resolve({ status: 'good', signer: sub2, enclosed: [sub2, sub1], digest: 'SHA-1' })],
    ['by an issuer of whom nobody shows where it comes from', () => Promise.resolve({ status: 'good', signer: sub2, enclosed: [sub2] })],
  ])('signed %s is not accepted, whatever its status', async (_who, word) => {
    for (const status of ['good', 'revoked'] as const) {
      const answer = { ...(await word()), status };
      expect(await judgeOne(() => () => answer)).toBe('unverified');
    }
  });

  it('is looked through for so many certificates and no more', async () => {
    const signer = await sub2.leaf('Responder', { usages: OCSP_SIGNING });
    const others = Array.from({ length: MAX_ENCLOSED - 1 }, () => root);
    const trusted = { roots: sub2.pem }; // all that is missing is the signer's own
    expect(await judgeOne(() => () => ({ status: 'good', signer, enclosed: [...others, signer] }), trusted)).toBe('valid');
    expect(await judgeOne(() => () => ({ status: 'good', signer, enclosed: [root, ...others, signer] }), trusted)).toBe('unverified');
  });

  it.each([
    ['that is out of date', { nextUpdate: new Date(Date.now() - HOUR_MS) }],
    ['from the future', { thisUpdate: new Date(Date.now() + HOUR_MS) }],
    ['that names no next update and is older than a day', { thisUpdate: new Date(Date.now() - 2 * DAY_MS), nextUpdate: null }],
  ])('%s is not believed', async (_what, times) => {
    expect(await judgeOne(() => () => ({ status: 'good', signer: sub2, enclosed: [sub2, sub1], ...times }))).toBe('unverified');
  });

  it('about another certificate is not believed', async () => {
    const other = await contract();
    responderSays([other]);
    const wanted = other.hashData(responder.url);
    let kept: Buffer | undefined;
    responder.does((answer, der) => void der().then((bytes) => answer.end((kept = bytes))));
    expect(await judging().judge({ ...hashes(other), hashData: [wanted] }, now())).toBe('valid');
    const leaf = await contract();
    responder.does((answer) => void answer.end(kept));
    expect(await judging().judge({ ...hashes(leaf), hashData: [leaf.hashData(responder.url)] }, now())).toBe('unverified');
  });

  it('the operator may accept certificates without a revocation status, never one without a trusted chain', async () => {
    const accept = { ocspUnavailable: 'accept' } as const;
    const outdated = { signer: sub2, enclosed: [sub2, sub1], nextUpdate: new Date(Date.now() - HOUR_MS) };
    expect(await judgeOne(() => () => ({ status: 'good', ...outdated }), accept)).toBe('valid');
    expect(await judgeOne(() => () => ({ status: 'unknown', signer: sub2, enclosed: [sub2, sub1] }), accept)).toBe('unverified');
    expect(await judgeOne(() => () => ({ status: 'revoked', signer: sub2, enclosed: [sub2, sub1] }), accept)).toBe('revoked');
  });

  it('without trusted roots no answer is trusted: the operator decides about what the station has validated itself', async () => {
    const says = () => () => ({ status: 'revoked', signer: sub2, enclosed: [sub2, sub1, root] }) as const;
    expect(await judgeOne(says, { roots: undefined })).toBe('unverified');
    expect(await judgeOne(says, { roots: undefined, ocspUnavailable: 'accept' })).toBe('valid');
  });

  it('is counted by outcome, and certificates by finding', async () => {
    const leaf = await contract();
    responderSays([leaf, sub2, sub1]);
    const contracts = judging();
    await contracts.judge(hashes(leaf), now());
    await contracts.judge(hashes(leaf), now());
    expect(metrics.total('ocsp_questions_total', { outcome: 'answered' })).toBe(3);
    expect(metrics.total('ocsp_questions_total', { outcome: 'kept' })).toBe(3);
    expect(metrics.total('contract_certificates_total', { finding: 'valid' })).toBe(2);
  });
});
