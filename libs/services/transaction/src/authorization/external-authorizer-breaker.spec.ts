import type { IncomingMessage, ServerResponse } from 'node:http';
import { silentLogger, testMetrics, until, within, type TestMetrics } from '@voltbus/testing';
import type { Fallback } from './domain/external-decision';
import { TransactionTelemetry } from '../telemetry';
import { ExternalAuthorizerBreaker, MAX_ASKED, MAX_FAILURES, REMEMBER_MS, REST_MS } from './external-authorizer-breaker';
import { HttpExternalAuthorizer } from './http-external-authorizer';
import { cpo, json, question } from './testing/cpo';

let service: Awaited<ReturnType<typeof cpo>>;
beforeEach(async () => (service = await cpo()));
afterEach(() => service.close());

/** Longer than any answer takes. */
const PATIENT_MS = 50_000;
const authorizer = () => new HttpExternalAuthorizer({ url: service.url, secret: 's'.repeat(32), timeoutMs: PATIENT_MS });

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
