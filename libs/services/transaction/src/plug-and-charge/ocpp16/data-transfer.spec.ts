import { checkResponse, type v16 } from '@voltbus/ocpp';
import { startResponder, TestCertificate, type Responder } from '@voltbus/testing';
import { startService, type ServiceFixture } from '../../testing/service-fixture';
import { TokenAuthorizer } from '../../authorization/token-authorizer';

const EMAID = 'DE-8AA-C12345678-X';
const VENDOR = 'org.openchargealliance.iso15118pnc';
const STATION = { protocol: 'ocpp1.6', station: 'CS-1' } as const;
let responder: Responder;
let service: ServiceFixture;
let sub: TestCertificate;
let leaf: TestCertificate;

beforeAll(async () => {
  responder = await startResponder();
  const root = await TestCertificate.root('MO Root');
  sub = await root.ca('MO Sub-CA', { ocspUrl: responder.url });
  leaf = await sub.leaf('DE8AAC12345678X', { ocspUrl: responder.url });
  service = await startService({ CONTRACT_ROOTS: root.pem, OCSP_HOSTS: [responder.host] });
});
beforeEach(async () => {
  await put();
  says('good');
});
afterAll(async () => {
  await service?.close();
  await responder?.close();
});

const put = (more: object = {}, idToken = EMAID) =>
  service.tokenStore.put('default', {
    idToken,
    type: 'eMAID',
    status: 'Accepted',
    groupId: 'FLEET',
    expiresAt: null,
    concurrent: true,
    ...more,
  });
function says(status: 'good' | 'revoked'): void {
  service.restart(); // nothing is kept from before
  responder.says((serial) => ({ status, signer: serial === leaf.serial ? sub : (sub.issuer ?? sub), enclosed: [sub] }));
}

async function transfer(messageId: string | undefined, data: unknown): Promise<v16.DataTransferResponse> {
  const text = data === undefined ? {} : { data: typeof data === 'string' ? data : JSON.stringify(data) };
  const answer = await service.receive(STATION, 'DataTransfer', {
    vendorId: VENDOR,
    ...(messageId === undefined ? {} : { messageId }),
    ...text,
  });
  expect(checkResponse('ocpp1.6', 'DataTransfer', answer, 'strict')).toMatchObject({ ok: true });
  return answer as unknown as v16.DataTransferResponse; // it has just passed its schema
}
/** What is answered inside, right by the letter of 2.0.1. */
async function authorize(data: object): Promise<unknown> {
  const answer = await transfer('Authorize', data);
  expect(answer.status).toBe('Accepted');
  const inside: unknown = JSON.parse(answer.data ?? '');
  expect(checkResponse('ocpp2.0.1', 'Authorize', inside, 'strict')).toMatchObject({ ok: true });
  return inside;
}
const chain = () => leaf.pem + sub.pem;
const groupIdToken = { idToken: 'FLEET', type: 'Central' };

describe('Plug & Charge of a 1.6 station, in DataTransfer (quirk 79)', () => {
  it.each([
    ['a text, as the application note has it', EMAID],
    ['an object, as 2.0.1 has it', { idToken: EMAID, type: 'eMAID' }],
    ['an object of no type', { idToken: EMAID }],
  ])('C07.FR.14: a good contract is Accepted with its token, whose eMAID is %s', async (_what, idToken) => {
    expect(await authorize({ idToken, certificate: chain() })).toEqual({
      idTokenInfo: { status: 'Accepted', groupIdToken },
      certificateStatus: 'Accepted',
    });
  });

  it('C07.FR.05: what the station has validated itself is asked about', async () => {
    responder.asked.length = 0;
    const iso15118CertificateHashData = [leaf.hashData(responder.url)];
    expect(await authorize({ idToken: EMAID, iso15118CertificateHashData })).toMatchObject({ certificateStatus: 'Accepted' });
    expect(responder.asked).toEqual([leaf.serial]);
  });

  it('C07.FR.13, C07.FR.16, C07.FR.17: a bad one is refused with the statuses of 2.0.1', async () => {
    says('revoked');
    const refused = { idTokenInfo: { status: 'Invalid', groupIdToken } };
    expect(await authorize({ idToken: EMAID, certificate: chain() })).toEqual({ ...refused, certificateStatus: 'CertificateRevoked' });
    says('good');
    expect(await authorize({ idToken: EMAID, certificate: leaf.pem })).toEqual({ ...refused, certificateStatus: 'CertChainError' });
    await put({ status: 'Blocked' });
    const blocked = { idTokenInfo: { status: 'Blocked', groupIdToken } };
    expect(await authorize({ idToken: EMAID, certificate: chain() })).toEqual({ ...blocked, certificateStatus: 'ContractCancelled' });
  });

  it('without a certificate the token is judged, and no status is claimed', async () => {
    expect(await authorize({ idToken: EMAID })).toEqual({ idTokenInfo: { status: 'Accepted', groupIdToken } });
    expect(await authorize({ idToken: 'NOBODY' })).toEqual({ idTokenInfo: { status: 'Invalid' } });
  });

  it('is not talked out of judging the token by its type', async () => {
    expect(await authorize({ idToken: { idToken: '', type: 'NoAuthorization' } })).toEqual({ idTokenInfo: { status: 'Invalid' } });
  });

  it('does not answer while the station is unknown: the question waits as any other', async () => {
    const judge = jest.spyOn(TokenAuthorizer.prototype, 'authorizeNow').mockRejectedValueOnce(new Error('the database is away'));
    await expect(transfer('Authorize', { idToken: EMAID })).rejects.toThrow('the database is away');
    expect(judge.mock.lastCall?.[1]).toEqual({ idToken: EMAID, type: 'eMAID' });
    judge.mockRestore();
  });

  it('a token that is good elsewhere is Blocked: 1.6 has no word for it', async () => {
    await put({ allowedAt: [{ station: 'CS-2' }] });
    expect(await authorize({ idToken: EMAID, certificate: chain() })).toEqual({
      idTokenInfo: { status: 'Blocked', groupIdToken },
      certificateStatus: 'Accepted',
    });
  });

  it('a group longer than an idTag of 1.6 is left out', async () => {
    await put({ groupId: 'G'.repeat(21) });
    expect(await authorize({ idToken: EMAID })).toEqual({ idTokenInfo: { status: 'Accepted' } });
  });

  it('the session that begins with the eMAID is judged and kept as any other', async () => {
    const station = { ...STATION, station: 'CS-PNC' };
    const timestamp = new Date().toISOString();
    const start = await service.receive(station, 'StartTransaction', { connectorId: 1, idTag: EMAID, meterStart: 100, timestamp });
    expect(start).toMatchObject({ idTagInfo: { status: 'Accepted', parentIdTag: 'FLEET' } });
    await service.receive(station, 'StopTransaction', { transactionId: start['transactionId'], meterStop: 5_100, timestamp });
    expect(service.publishedEnds('CS-PNC')).toMatchObject([{ idToken: EMAID, energyWh: 5_000, flags: [] }]);
  });

  it.each([
    ['nothing', undefined],
    ['no JSON', '{'],
    ['JSON that Postgres cannot store', '{"idToken":"a\\u0000b"}'],
    ['no object', '[]'],
    ['no token', { certificate: 'PEM' }],
    ['a token that is null', { idToken: null }],
    ['a token that is a list', { idToken: [] }],
    ['hashes that are none', { idToken: EMAID, iso15118CertificateHashData: [{ hashAlgorithm: 'MD5' }] }],
    ['an eMAID that cannot be an idTag', { idToken: 'X'.repeat(21) }],
  ])('an Authorize of %s is Rejected', async (_what, data) => {
    expect(await transfer('Authorize', data)).toEqual({ status: 'Rejected' });
  });

  it('an eMAID of 20 characters can be an idTag', async () => {
    await put({}, 'X'.repeat(20));
    expect(await authorize({ idToken: 'X'.repeat(20) })).toMatchObject({ idTokenInfo: { status: 'Accepted' } });
  });

  it('M06: the status of a certificate is the answer of its responder, or Failed', async () => {
    const status = async (url: string) => {
      const answer = await transfer('GetCertificateStatus', { ocspRequestData: sub.hashData(url) });
      return [answer.status, JSON.parse(answer.data ?? '')];
    };
    expect(await status(responder.url)).toEqual(['Accepted', { status: 'Accepted', ocspResult: expect.stringMatching(/^MII[\w+/]+=*$/) }]);
    expect(await status('http://elsewhere.example')).toEqual(['Accepted', { status: 'Failed' }]);
    expect(await transfer('GetCertificateStatus', {})).toEqual({ status: 'Rejected' });
  });

  it.each(['SignCertificate', 'GetCertificateChainStatus', 'authorize', 'toString', '', undefined])(
    '1.6 section 4.3: of %p it is said that there is no such function',
    async (messageId) => {
      expect(await transfer(messageId, { csr: 'CSR' })).toEqual({ status: 'UnknownMessageId' });
    },
  );
});
