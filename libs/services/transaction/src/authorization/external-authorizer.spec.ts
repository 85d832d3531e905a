import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { silentLogger, testMetrics, until, within, type TestMetrics } from '@voltbus/testing';
import { RESTRICTIONS, TOKEN_STATUSES } from './domain/authorization';
import type { Fallback } from './domain/external-decision';
import { TransactionTelemetry } from '../telemetry';
import { startService, type ServiceFixture, type SendingStation } from '../testing/service-fixture';
import { ExternalAuthorizerBreaker, MAX_ASKED, MAX_FAILURES, REMEMBER_MS, REST_MS } from './external-authorizer-breaker';
import { HttpExternalAuthorizer } from './http-external-authorizer';
import type { AuthorizationRequest } from './external-authorizer';

type Answering = (question: AuthorizationRequest, answer: ServerResponse, request: IncomingMessage) => void;

/** A CPO's own service, which answers as the test sets it. */
async function cpo(): Promise<{ url: string; asked: AuthorizationRequest[]; as(answering: Answering): void; close(): Promise<void> }> {
  const asked: AuthorizationRequest[] = [];
  let answering: Answering = () => undefined;
  const server = createServer((request, answer) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const question = JSON.parse(body) as AuthorizationRequest; // ours
      asked.push(question);
      answering(question, answer, request);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/tokens`,
    asked,
    as: (next) => (answering = next),
    close: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
const json =
  (body: unknown, status = 200): Answering =>
  (_question, answer) =>
    void answer.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

let service: Awaited<ReturnType<typeof cpo>>;
beforeEach(async () => (service = await cpo()));
afterEach(() => service.close());

const SECRET = 's'.repeat(32);
const question: AuthorizationRequest = {
  tenant: 'default',
  station: 'CS-1',
  idToken: 'TAG',
  type: null,
  evse: 1,
  purpose: 'begin',
  at: '2026-01-01T00:00:00.000Z',
};
/** Longer than any answer takes. */
const PATIENT_MS = 50_000;
const authorizer = (timeoutMs = PATIENT_MS) => new HttpExternalAuthorizer({ url: service.url, secret: SECRET, timeoutMs });

describe('the authorization port over HTTP', () => {
  it('asks by POST with its secret, and reads status, group and expiry', async () => {
    let received: IncomingMessage | undefined;
    service.as((asked, answer, request) => {
      received = request;
      json({ status: 'Accepted', groupId: 'FLEET', expiresAt: '2030-01-01T00:00:00+01:00', colour: 'blue' })(asked, answer, request);
    });
    expect(await authorizer().decide(question)).toEqual({ status: 'Accepted', groupId: 'FLEET', expiresAt: '2029-12-31T23:00:00.000Z' });
    expect(received).toMatchObject({ method: 'POST', url: '/tokens', headers: { authorization: `Bearer ${SECRET}` } });
    expect(service.asked).toEqual([question]);
  });

  it('takes 404 for a token that they do not know', async () => {
    service.as(json({}, 404));
    expect(await authorizer().decide(question)).toBe('unknown');
  });

  it.each<[string, Answering, number?]>([
    ['an error', json({ status: 'Accepted' }, 500)],
    ['another success', json({ status: 'Accepted' }, 202)],
    ['no JSON', (_question, answer) => void answer.end('<html>')],
    ['an unknown status', json({ status: 'Maybe' })],
    ['no status', json({})],
    ['a group that no station could take', json({ status: 'Accepted', groupId: 'x'.repeat(37) })],
    ['an expiry that is no time', json({ status: 'Accepted', expiresAt: 'tomorrow' })],
    ['too much', json({ status: 'Accepted', groupId: 'G', more: 'x'.repeat(20_000) })],
    ['a redirect', (_question, answer) => void answer.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()],
    ['nothing', () => undefined, 300],
    ['half an answer', (_question, answer) => void answer.writeHead(200).write('{"status":'), 300],
    ['a broken connection', (_question, answer) => void answer.destroy()],
  ])('takes %s for no answer', async (_name, answering, timeoutMs = PATIENT_MS) => {
    service.as(answering);
    await expect(authorizer(timeoutMs).decide(question)).rejects.toThrow();
  });
});

describe('the JSON Schema that a CPO is given for its answers', () => {
  const page = readFileSync(join(__dirname, '../../../../../docs/reference/authorization-port.md'), 'utf8');
  const [, schema = ''] = /```json\n(\{\n {2}"\$schema"[^]*?)```/.exec(page) ?? [];
  const ajv = new Ajv2020({ allowUnionTypes: true });
  addFormats(ajv);
  const promised = ajv.compile(JSON.parse(schema) as object);

  it.each([
    { status: 'Accepted' },
    { status: 'ConcurrentTx', groupId: 'G'.repeat(36), expiresAt: '2027-01-01T00:00:00+01:00' },
    { status: 'Blocked', groupId: null, expiresAt: null, more: 'is ignored' },
    {},
    { status: 'accepted' },
    { status: 'Accepted', groupId: '' },
    { status: 'Accepted', groupId: 'G'.repeat(37) },
    { status: 'NotAtThisLocation', evses: null },
    { status: 'NotAllowedTypeEVSE', evses: [1, 2] },
    { status: 'NotAtThisTime', evses: [] },
    { status: 'Accepted', evses: [0] },
    { status: 'Accepted', evses: [1.5] },
    { status: 'Accepted', evses: Array.from({ length: 101 }, (_, n) => n + 1) },
    { status: 'NoCredit' },
    { status: 'Accepted', credit: '12.50' },
    { status: 'Accepted', credit: null },
    { status: 'Accepted', credit: 12.5 },
    { status: 'Accepted', credit: '-1' },
    { status: 'Accepted', credit: '1.23456' },
    { status: 'Accepted', groupId: 7 },
    { status: 'Accepted', expiresAt: 'tomorrow' },
    { status: 'Accepted', expiresAt: '2027-01-01T00:00:00' },
    [],
  ])('describes whether %j is accepted', async (answer) => {
    service.as(json(answer));
    const taken = await authorizer()
      .decide(question)
      .then(
        () => true,
        () => false,
      );
    expect(promised(answer)).toBe(taken);
  });

  it('is about every status there is', () => {
    expect(JSON.parse(schema)).toMatchObject({
      properties: { status: { enum: [...TOKEN_STATUSES, ...RESTRICTIONS, 'ConcurrentTx', 'NoCredit'] } },
    });
  });
});

describe('consulting', () => {
  let now: number;
  let metrics: TestMetrics;
  const ref = { tenant: 'default', station: 'CS-1' };
  const tag = { idToken: 'TAG', type: null };
  const more = { evse: 1, purpose: 'begin' } as const;
  const externalAuthorizer = (fallback: Fallback = 'own') => {
    const telemetry = new TransactionTelemetry(silentLogger, metrics);
    return new ExternalAuthorizerBreaker({ authorizer: authorizer(), fallback, telemetry, clock: () => now });
  };
  const accepted = { kind: 'answered', answer: { status: 'Accepted', groupId: null, expiresAt: null } };
  beforeEach(() => {
    now = 1_000;
    metrics = testMetrics();
  });

  it('remembers what was answered for the time in which nothing is, for a day, whatever the spelling of the token', async () => {
    const asking = externalAuthorizer('refuse');
    service.as(json({ status: 'Accepted' }));
    expect(await asking.decide(ref, tag, more, new Date())).toEqual(accepted);
    service.as(json({}, 500));
    const noAnswer = { kind: 'no-answer', fallback: 'refuse' };
    expect(await asking.decide(ref, { ...tag, idToken: 'tag' }, more, new Date())).toEqual({ ...noAnswer, remembered: accepted.answer });
    expect(await asking.decide({ ...ref, tenant: 'other' }, tag, more, new Date())).toEqual({ ...noAnswer, remembered: null });
    now += REMEMBER_MS + 1;
    expect(await asking.decide(ref, tag, more, new Date())).toEqual({ ...noAnswer, remembered: null });
  });

  it('forgets the decision about a token that the external authorizer answers as unknown', async () => {
    const asking = externalAuthorizer();
    service.as(json({ status: 'Accepted' }));
    await asking.decide(ref, tag, more, new Date());
    service.as(json({}, 404));
    expect(await asking.decide(ref, tag, more, new Date())).toEqual({ kind: 'unknown' });
    service.as(json({}, 500));
    expect(await asking.decide(ref, tag, more, new Date())).toMatchObject({ kind: 'no-answer', remembered: null });
  });

  it('stops asking for a while after failures in a row, tries one again, and goes on when that is answered', async () => {
    const asking = externalAuthorizer();
    service.as(json({}, 503));
    for (let failure = 0; failure < MAX_FAILURES + 3; failure++) await asking.decide(ref, tag, more, new Date());
    expect(service.asked).toHaveLength(MAX_FAILURES);
    expect(metrics.total('authorization_questions_total', { outcome: 'not-asked' })).toBe(3);
    now += REST_MS + 1;
    await asking.decide(ref, tag, more, new Date());
    await asking.decide(ref, tag, more, new Date());
    expect(service.asked).toHaveLength(MAX_FAILURES + 1);
    now += REST_MS + 1;
    service.as(json({ status: 'Accepted' }));
    for (let again = 0; again < 3; again++) expect(await asking.decide(ref, tag, more, new Date())).toEqual(accepted);
  });

  it('asks no more than so many at once', async () => {
    const asking = externalAuthorizer('accept');
    const held: ServerResponse[] = [];
    service.as((_question, answer) => void held.push(answer));
    const many = Array.from({ length: MAX_ASKED }, (_, index) =>
      asking.decide(ref, { idToken: `T${index}`, type: null }, more, new Date()),
    );
    await until(`the CPO holds ${MAX_ASKED} requests`, () => held.length >= MAX_ASKED);
    expect(await asking.decide(ref, tag, more, new Date())).toEqual({ kind: 'no-answer', remembered: null, fallback: 'accept' });
    for (const answer of held) json({ status: 'Accepted' })(question, answer, {} as IncomingMessage); // the request is not looked at
    expect(await within('every request is answered', Promise.all(many))).toEqual(many.map(() => accepted));
  });

  it('asks nobody about who needs no authorization, nor about tokens that we made (C02, C05)', async () => {
    const asking = externalAuthorizer();
    for (const type of ['NoAuthorization', 'Central']) expect(await asking.decide(ref, { idToken: '', type }, more, new Date())).toBeNull();
    expect(service.asked).toEqual([]);
  });
});

describe('a station at a CPO that keeps its own tokens', () => {
  let fixture: ServiceFixture;
  const station: SendingStation = { protocol: 'ocpp1.6', station: 'CS-1' };
  const start = async (idTag: string, connectorId: number) => {
    const timestamp = new Date().toISOString();
    const { idTagInfo } = await fixture.receive(station, 'StartTransaction', { connectorId, idTag, meterStart: 0, timestamp });
    return idTagInfo;
  };
  const flags = async () => (await fixture.transactionsOf('CS-1')).map((transaction) => transaction.flags);
  const begin = async (fallback: Fallback) => {
    fixture = await startService({ AUTHORIZATION_URL: service.url, AUTHORIZATION_SECRET: SECRET, AUTHORIZATION_FALLBACK: fallback });
    const token = { type: 'ISO14443', groupId: null, expiresAt: null, concurrent: true, status: 'Accepted' } as const;
    await fixture.tokenStore.put('default', { ...token, idToken: 'OURS' });
  };
  afterEach(() => fixture.close());

  it("gets the external authorizer's decision in Authorize, at the start and at the end; it overrides our own", async () => {
    await begin('own');
    const decisions: Record<string, object> = {
      THEIRS: { status: 'Accepted', groupId: 'FLEET' },
      OURS: { status: 'Blocked' },
      BUSY: { status: 'ConcurrentTx' },
      OLD: { status: 'Accepted', expiresAt: '2020-01-01T00:00:00Z' },
    };
    service.as((asked, answer, request) =>
      json(decisions[asked.idToken] ?? {}, decisions[asked.idToken] ? 200 : 404)(asked, answer, request),
    );
    expect(await fixture.receive(station, 'Authorize', { idTag: 'THEIRS' })).toEqual({
      idTagInfo: { status: 'Accepted', parentIdTag: 'FLEET' },
    });
    expect(await start('OURS', 1)).toEqual({ status: 'Blocked' });
    expect(await start('BUSY', 2)).toEqual({ status: 'ConcurrentTx' });
    expect(await start('OLD', 3)).toMatchObject({ status: 'Expired' });
    expect(await start('NOBODY', 4)).toEqual({ status: 'Invalid' });
    expect((await flags()).sort()).toEqual([['concurrent'], ['token-blocked'], ['token-expired'], ['unknown-token']]);
    expect(service.asked.map(({ idToken, purpose, evse }) => [idToken, purpose, evse])).toEqual([
      ['THEIRS', 'authorize', null],
      ['OURS', 'begin', 1],
      ['BUSY', 'begin', 2],
      ['OLD', 'begin', 3],
      ['NOBODY', 'begin', 4],
    ]);
  });

  it('C01.FR.18 to FR.24: is answered where and when a token may not charge, and at which EVSEs it may', async () => {
    await begin('own');
    const decisions: Record<string, object> = {
      SOME: { status: 'Accepted', evses: [2] },
      HERE: { status: 'NotAtThisLocation' },
      TYPE: { status: 'NotAllowedTypeEVSE' },
      LATER: { status: 'NotAtThisTime' },
    };
    service.as((asked, answer, request) => json(decisions[asked.idToken] ?? {})(asked, answer, request));
    const newer: SendingStation = { protocol: 'ocpp2.1', station: 'CS-2' };
    const authorized = async (idToken: string) =>
      (await fixture.receive(newer, 'Authorize', { idToken: { idToken, type: 'ISO14443' } }))['idTokenInfo'];
    expect(await authorized('SOME')).toEqual({ status: 'Accepted', evseId: [2] });
    expect(await authorized('HERE')).toEqual({ status: 'NotAtThisLocation' });
    expect(await authorized('TYPE')).toEqual({ status: 'NotAllowedTypeEVSE' });
    expect(await authorized('LATER')).toEqual({ status: 'NotAtThisTime' });
    expect(await start('SOME', 1)).toEqual({ status: 'Blocked' });
    expect(await start('LATER', 2)).toEqual({ status: 'Blocked' });
    expect((await flags()).sort()).toEqual([['wrong-evse'], ['wrong-time']]);
    // a decision about one place does not hold at others
    service.as(json({}, 500));
    expect(await authorized('SOME')).toEqual({ status: 'Invalid' });
  });

  it('C17: may get the credit of a prepaid token, which is not remembered for the time without an answer', async () => {
    await begin('own');
    const decisions: Record<string, object> = {
      CARD: { status: 'Accepted', credit: '12.50' },
      SPENT: { status: 'Accepted', credit: '0' },
      GONE: { status: 'NoCredit' },
    };
    service.as((asked, answer, request) => json(decisions[asked.idToken] ?? {})(asked, answer, request));
    const begun = async (idToken: string, seqNo: number): Promise<unknown> => {
      const { idTokenInfo, transactionLimit } = await fixture.receive(
        { protocol: 'ocpp2.1', station: `card-${idToken}` },
        'TransactionEvent',
        {
          eventType: 'Started',
          seqNo,
          timestamp: new Date().toISOString(),
          triggerReason: 'Authorized',
          idToken: { idToken, type: 'ISO14443' },
          transactionInfo: { transactionId: `T-${seqNo}` },
        },
      );
      return [(idTokenInfo as { status: string }).status, transactionLimit];
    };
    expect(await begun('CARD', 0)).toEqual(['Accepted', { maxCost: 12.5 }]);
    expect(await begun('SPENT', 1)).toEqual(['NoCredit', undefined]);
    expect(await begun('GONE', 2)).toEqual(['NoCredit', undefined]);
    expect(await start('GONE', 1)).toMatchObject({ status: 'Blocked' });
    service.as(json({}, 500));
    expect(await begun('CARD', 3)).toEqual(['Invalid', undefined]);
  });

  it.each<[Fallback, string, string[], string]>([
    ['own', 'Accepted', ['no-authority'], 'Invalid'],
    ['accept', 'Accepted', ['no-authority'], 'Accepted'],
    ['refuse', 'Invalid', ['no-authority'], 'Invalid'],
  ])('is answered also when the external authorizer does not answer: %s', async (fallback, ours, flagged, others) => {
    await begin(fallback);
    service.as(json({}, 500));
    expect(await start('OURS', 1)).toEqual({ status: ours });
    expect(await flags()).toEqual([flagged]);
    expect(await fixture.receive(station, 'Authorize', { idTag: 'OTHER' })).toEqual({ idTagInfo: { status: others } });
  });
});
