import { silentLogger, startResponder, testMetrics, TestCertificate, type Responder } from '@voltbus/testing';
import { TransactionTelemetry } from '../telemetry';
import { CertificateStatuses, MAX_ANSWERS_KEPT } from './certificate-status';
import { HttpOcsp, MAX_KEPT_MS, MAX_UNDER_WAY } from '@voltbus/pki';

const HOUR_MS = 3_600_000;
let responder: Responder;
let root: TestCertificate;
let sub: TestCertificate;
let metrics: ReturnType<typeof testMetrics>;
/** What the responder has said, last first. */
let answers: Buffer[];
beforeAll(async () => {
  responder = await startResponder();
  root = await TestCertificate.root('V2G Root');
});
beforeEach(async () => {
  sub = await root.ca('CPO Sub-CA');
  responder.asked.length = 0;
  metrics = testMetrics();
  answers = [];
});
afterAll(() => responder.close());

function says(word: Partial<ReturnType<Parameters<Responder['says']>[0]>> = {}): void {
  responder.says(() => ({ status: 'good', signer: root, ...word }));
  responder.does((answer, der) => void der().then((bytes) => (answers.unshift(bytes), answer.end(bytes))));
}
const asking = (hosts = [responder.host], timeoutMs = 300) =>
  new CertificateStatuses(new HttpOcsp(hosts, timeoutMs), new TransactionTelemetry(silentLogger, metrics));
const ask = (statuses: CertificateStatuses, now = new Date()) => statuses.of(sub.hashData(responder.url), now);
const outcomes = (outcome: string): number => metrics.total('ocsp_questions_total', { outcome });

describe('the status of a certificate of a station (M06)', () => {
  it.each(['good', 'revoked', 'unknown'] as const)(
    'M06.FR.02, M06.FR.08: is what its responder says, octet for octet: %s',
    async (status) => {
      says({ status });
      expect(await ask(asking())).toEqual(answers[0]);
      expect(answers).toHaveLength(1);
      expect(responder.asked).toEqual([sub.serial]);
    },
  );

  it('is for the car to believe: whose signature it bears is not looked at here', async () => {
    says({ signer: await TestCertificate.root('Nobody') });
    expect(await ask(asking())).toEqual(answers[0]);
  });

  it('is asked about once until the next update, and again after an hour', async () => {
    const statuses = asking();
    const begun = new Date();
    const nextUpdate = new Date(Math.floor(begun.getTime() / 1_000) * 1_000 + 600_000);
    says({ nextUpdate });
    await ask(statuses, begun);
    expect(await ask(statuses, new Date(nextUpdate.getTime() - 1))).toEqual(answers[0]);
    expect([outcomes('answered'), outcomes('kept')]).toEqual([1, 1]);
    says({ nextUpdate: new Date(begun.getTime() + 30 * 24 * HOUR_MS) });
    await ask(statuses, nextUpdate);
    await ask(statuses, new Date(nextUpdate.getTime() + MAX_KEPT_MS));
    expect(outcomes('answered')).toBe(3);
  });

  it('is kept of the responder that was asked, not of another', async () => {
    const statuses = asking();
    says();
    await ask(statuses);
    await statuses.of(sub.hashData(`${responder.url}/other`), new Date());
    expect(outcomes('answered')).toBe(2);
  });

  it('is asked about again at once where the responder did not know it', async () => {
    const statuses = asking();
    says({ status: 'unknown' });
    await ask(statuses);
    await ask(statuses);
    expect(outcomes('answered')).toBe(2);
  });

  it('of so many certificates is kept and no more', async () => {
    const statuses = asking([responder.host], 60_000); // each must be answered, on a busy machine too
    says();
    await ask(statuses);
    for (let other = 0; other < MAX_ANSWERS_KEPT; other++)
      await statuses.of({ ...sub.hashData(responder.url), serialNumber: (0x1000 + other).toString(16) }, new Date());
    await ask(statuses);
    expect(outcomes('answered')).toBe(MAX_ANSWERS_KEPT + 2);
  });

  it.each<[string, () => void]>([
    ['it is busy', () => responder.does((answer) => void answer.writeHead(503).end())],
    ['it says what is no answer', () => responder.does((answer) => void answer.end('no'))],
    ['it says nothing', () => responder.does(() => undefined)],
    ['what it says is out of date', () => says({ nextUpdate: new Date(Date.now() - HOUR_MS) })],
  ])('M06.FR.04: there is none where %s', async (_why, does) => {
    does();
    expect(await ask(asking())).toBeNull();
    expect(outcomes('failed')).toBe(1);
  });

  it('M06.FR.04: there is none where it is about another certificate', async () => {
    says();
    const other = await root.ca('Other');
    await asking().of(other.hashData(responder.url), new Date());
    responder.does((answer) => void answer.end(answers[0]));
    expect(await ask(asking())).toBeNull();
  });

  it('nobody is asked whom the operator has not named, nor about what names no certificate', async () => {
    expect(await ask(asking([]))).toBeNull();
    expect(await asking().of({ ...sub.hashData('not an address') }, new Date())).toBeNull();
    expect(await asking().of({ ...sub.hashData(responder.url), issuerKeyHash: 'aa' }, new Date())).toBeNull();
    expect(responder.asked).toEqual([]);
    expect([outcomes('not-asked'), outcomes('failed')]).toEqual([2, 1]);
  });

  it('so many are asked about at once and no more', async () => {
    const statuses = asking([responder.host], 10_000);
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    says();
    responder.does((answer, der) => void held.then(der).then((bytes) => answer.end(bytes)));
    const under = Array.from({ length: MAX_UNDER_WAY }, (_, at) =>
      statuses.of({ ...sub.hashData(responder.url), serialNumber: (0x1000 + at).toString(16) }, new Date()),
    );
    expect(await ask(statuses)).toBeNull();
    release();
    expect((await Promise.all(under)).filter((der) => der === null)).toEqual([]);
    expect(await ask(statuses)).not.toBeNull();
  });
});
