import type { Fallback } from './domain/external-decision';
import { startService, type ServiceFixture, type SendingStation } from '../testing/service-fixture';
import { cpo, json } from './testing/cpo';

let service: Awaited<ReturnType<typeof cpo>>;
beforeEach(async () => (service = await cpo()));
afterEach(() => service.close());

const SECRET = 's'.repeat(32);

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
