import type { IncomingMessage } from 'node:http';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { RESTRICTIONS, TOKEN_STATUSES } from './domain/authorization';
import { HttpExternalAuthorizer } from './http-external-authorizer';
import { cpo, json, question, type Answering } from './testing/cpo';

let service: Awaited<ReturnType<typeof cpo>>;
beforeEach(async () => (service = await cpo()));
afterEach(() => service.close());

const SECRET = 's'.repeat(32);
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
