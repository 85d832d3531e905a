import { MAX_ENCLOSED } from '@voltbus/pki';
import { TestCertificate, type Responder } from '@voltbus/testing';
import type { ContractCertificateSettings } from './contract-certificates';
import { ContractPki } from './testing/contract-pki';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const OCSP_SIGNING = ['1.3.6.1.5.5.7.3.9'];

let pki: ContractPki;
beforeAll(async () => {
  pki = await ContractPki.start();
});
afterAll(() => pki?.close());
const now = () => new Date();

describe('an answer of an OCSP responder', () => {
  const judgeOne = async (
    answerFor: (leaf: TestCertificate) => Parameters<Responder['says']>[0],
    change: Partial<ContractCertificateSettings> = {},
  ) => {
    const leaf = await pki.contract();
    pki.responder.says(answerFor(leaf));
    return pki.judging(change).judge({ ...pki.hashes(leaf), hashData: [leaf.hashData(pki.responder.url)] }, now());
  };

  it('may be signed by whom the issuer has given that right (RFC 6960 section 4.2.2.2)', async () => {
    const signer = await pki.sub2.leaf('Responder', { usages: OCSP_SIGNING });
    expect(await judgeOne(() => () => ({ status: 'good', signer, enclosed: [signer, pki.sub2, pki.sub1] }))).toBe('valid');
    expect(await judgeOne(() => () => ({ status: 'revoked', signer, enclosed: [signer, pki.sub2, pki.sub1] }))).toBe('revoked');
  });

  it.each<[string, () => Promise<ReturnType<Parameters<Responder['says']>[0]>>]>([
    [
      'by one without that right',
      async () => {
        const signer = await pki.sub2.leaf('Other');
        return { status: 'good', signer, enclosed: [signer, pki.sub2, pki.sub1] };
      },
    ],
    [
      'by one whom another CA has given it',
      async () => {
        const signer = await pki.sub1.leaf('Responder', { usages: OCSP_SIGNING });
        return { status: 'good', signer, enclosed: [signer, pki.sub2, pki.sub1] };
      },
    ],
    [
      'by one whose right has expired',
      async () => {
        const signer = await pki.sub2.leaf('Responder', { usages: OCSP_SIGNING, notAfter: new Date(Date.now() - HOUR_MS) });
        return { status: 'good', signer, enclosed: [signer, pki.sub2, pki.sub1] };
      },
    ],
    [
      "by a stranger who has the issuer's name",
      async () => {
        const signer = await TestCertificate.root('MO Sub-CA 2');
        return { status: 'good', signer, enclosed: [signer, pki.sub2, pki.sub1] };
      },
    ],
    ['with SHA-1', () => Promise.resolve({ status: 'good', signer: pki.sub2, enclosed: [pki.sub2, pki.sub1], digest: 'SHA-1' })],
    [
      'by an issuer of whom nobody shows where it comes from',
      () => Promise.resolve({ status: 'good', signer: pki.sub2, enclosed: [pki.sub2] }),
    ],
  ])('signed %s is not accepted, whatever its status', async (_who, word) => {
    for (const status of ['good', 'revoked'] as const) {
      const answer = { ...(await word()), status };
      expect(await judgeOne(() => () => answer)).toBe('unverified');
    }
  });

  it('is looked through for so many certificates and no more', async () => {
    const signer = await pki.sub2.leaf('Responder', { usages: OCSP_SIGNING });
    const others = Array.from({ length: MAX_ENCLOSED - 1 }, () => pki.root);
    const trusted = { roots: pki.sub2.pem }; // all that is missing is the signer's own
    expect(await judgeOne(() => () => ({ status: 'good', signer, enclosed: [...others, signer] }), trusted)).toBe('valid');
    expect(await judgeOne(() => () => ({ status: 'good', signer, enclosed: [pki.root, ...others, signer] }), trusted)).toBe('unverified');
  });

  it.each([
    ['that is out of date', { nextUpdate: new Date(Date.now() - HOUR_MS) }],
    ['from the future', { thisUpdate: new Date(Date.now() + HOUR_MS) }],
    ['that names no next update and is older than a day', { thisUpdate: new Date(Date.now() - 2 * DAY_MS), nextUpdate: null }],
  ])('%s is not believed', async (_what, times) => {
    expect(await judgeOne(() => () => ({ status: 'good', signer: pki.sub2, enclosed: [pki.sub2, pki.sub1], ...times }))).toBe('unverified');
  });

  it('about another certificate is not believed', async () => {
    const other = await pki.contract();
    pki.responderSays([other]);
    const wanted = other.hashData(pki.responder.url);
    let kept: Buffer | undefined;
    pki.responder.does((answer, der) => void der().then((bytes) => answer.end((kept = bytes))));
    expect(await pki.judging().judge({ ...pki.hashes(other), hashData: [wanted] }, now())).toBe('valid');
    const leaf = await pki.contract();
    pki.responder.does((answer) => void answer.end(kept));
    expect(await pki.judging().judge({ ...pki.hashes(leaf), hashData: [leaf.hashData(pki.responder.url)] }, now())).toBe('unverified');
  });

  it('the operator may accept certificates without a revocation status, never one without a trusted chain', async () => {
    const accept = { ocspUnavailable: 'accept' } as const;
    const outdated = { signer: pki.sub2, enclosed: [pki.sub2, pki.sub1], nextUpdate: new Date(Date.now() - HOUR_MS) };
    expect(await judgeOne(() => () => ({ status: 'good', ...outdated }), accept)).toBe('valid');
    expect(await judgeOne(() => () => ({ status: 'unknown', signer: pki.sub2, enclosed: [pki.sub2, pki.sub1] }), accept)).toBe(
      'unverified',
    );
    expect(await judgeOne(() => () => ({ status: 'revoked', signer: pki.sub2, enclosed: [pki.sub2, pki.sub1] }), accept)).toBe('revoked');
  });

  it('without trusted roots no answer is trusted: the operator decides about what the station has validated itself', async () => {
    const says = () => () => ({ status: 'revoked', signer: pki.sub2, enclosed: [pki.sub2, pki.sub1, pki.root] }) as const;
    expect(await judgeOne(says, { roots: undefined })).toBe('unverified');
    expect(await judgeOne(says, { roots: undefined, ocspUnavailable: 'accept' })).toBe('valid');
  });

  it('is counted by outcome, and certificates by finding', async () => {
    const leaf = await pki.contract();
    pki.responderSays([leaf, pki.sub2, pki.sub1]);
    const contracts = pki.judging();
    await contracts.judge(pki.hashes(leaf), now());
    await contracts.judge(pki.hashes(leaf), now());
    expect(pki.metrics.total('ocsp_questions_total', { outcome: 'answered' })).toBe(3);
    expect(pki.metrics.total('ocsp_questions_total', { outcome: 'kept' })).toBe(3);
    expect(pki.metrics.total('contract_certificates_total', { finding: 'valid' })).toBe(2);
  });
});
