import { startService, type ServiceFixture, type SendingStation } from '../testing/service-fixture';

let service: ServiceFixture;
beforeAll(async () => {
  service = await startService();
  await service.tokenStore.rememberTenant('default', { unknownTokens: 'refuse', masterPassGroup: 'MASTER' });
});
afterAll(() => service?.close());

const BEGIN = Date.now() - 3_600_000;
const at = (minutes: number) => new Date(BEGIN + minutes * 60_000).toISOString();
let tokens = 0;
/** A token of its own for every test, known to the service. */
async function aToken(change: { concurrent?: boolean; groupId?: string } = {}): Promise<string> {
  const idToken = `TAG-${++tokens}`;
  const token = { idToken, type: 'ISO14443', status: 'Accepted', groupId: null, expiresAt: null, concurrent: false } as const;
  await service.tokenStore.put('default', { ...token, ...change });
  return idToken;
}
const at16 = (station: string): SendingStation => ({ protocol: 'ocpp1.6', station });
const at2 = (station: string): SendingStation => ({ protocol: 'ocpp2.0.1', station });

async function start16(station: string, idTag: string, { minute = 0, connectorId = 1 } = {}): Promise<{ id: number; status: string }> {
  const answer = await service.receive(at16(station), 'StartTransaction', { connectorId, idTag, meterStart: 0, timestamp: at(minute) });
  const { status } = answer['idTagInfo'] as { status: string };
  return { id: Number(answer['transactionId']), status };
}
const stop16 = (station: string, transactionId: number, idTag?: string) =>
  service.receive(at16(station), 'StopTransaction', { transactionId, meterStop: 100, timestamp: at(9), ...(idTag ? { idTag } : {}) });
/** The status it is answered; null where none is. */
async function event2(station: string, eventType: string, seqNo: number, idToken?: string): Promise<string | null> {
  const answer = await service.receive(at2(station), 'TransactionEvent', {
    eventType,
    seqNo,
    timestamp: at(seqNo),
    triggerReason: 'Authorized',
    evse: { id: 1, connectorId: 1 },
    transactionInfo: { transactionId: `${station}-1` },
    ...(idToken === undefined ? {} : { idToken: { idToken, type: 'ISO14443' } }),
  });
  const info = answer['idTokenInfo'] as { status: string } | undefined;
  return info?.status ?? null;
}
const flagsAt = async (station: string) => (await service.transactionsOf(station)).map(({ flags }) => flags);

describe('one tag at two stations at once', () => {
  it('1.6 section 4.8: the second start is ConcurrentTx, and is stored with its own id and flag', async () => {
    const tag = await aToken();
    expect(await start16('A1', tag)).toMatchObject({ status: 'Accepted' });
    const second = await start16('A2', tag);
    expect(second.status).toBe('ConcurrentTx');
    expect(second.id).toBeGreaterThan(0);
    expect(await flagsAt('A1')).toEqual([[]]);
    expect(await flagsAt('A2')).toEqual([['concurrent']]);
    expect(await start16('A2', tag)).toEqual(second); // a repeat is answered the same
    expect(await flagsAt('A2')).toEqual([['concurrent']]);
  });

  it('E01.FR.11, C12.FR.03: the same in 2.x, also when the token comes after the cable; and across versions', async () => {
    const tag = await aToken();
    await start16('B0', tag);
    expect(await event2('B1', 'Started', 0, tag)).toBe('ConcurrentTx');
    expect(await event2('B2', 'Started', 0)).toBeNull();
    expect(await event2('B2', 'Updated', 1, tag)).toBe('ConcurrentTx');
    expect(await flagsAt('B2')).toEqual([['concurrent']]);
  });

  it('at another connector of the same station it is the same', async () => {
    const tag = await aToken();
    await start16('C1', tag);
    expect(await start16('C1', tag, { connectorId: 2, minute: 1 })).toMatchObject({ status: 'ConcurrentTx' });
  });

  it('is free again when the first session is over', async () => {
    const tag = await aToken();
    const { id } = await start16('D1', tag);
    await stop16('D1', id, tag);
    expect(await start16('D2', tag)).toMatchObject({ status: 'Accepted' });
  });

  it('quirk 30: a session that was never stopped does not lock its driver out of the same connector', async () => {
    const tag = await aToken();
    await start16('E1', tag);
    expect(await start16('E1', tag, { minute: 5 })).toMatchObject({ status: 'Accepted' });
  });

  it('is nothing for a token that may charge at several, nor for a mere question, nor for a stop', async () => {
    const shared = await aToken({ concurrent: true });
    await start16('F1', shared);
    expect(await start16('F2', shared)).toMatchObject({ status: 'Accepted' });
    const own = await aToken();
    const { id } = await start16('F3', own);
    expect(await service.receive(at16('F4'), 'Authorize', { idTag: own })).toMatchObject({ idTagInfo: { status: 'Accepted' } });
    await event2('F5', 'Started', 0);
    expect(await event2('F5', 'Ended', 1, own)).toBe('Accepted');
    expect(await stop16('F3', id, own)).toMatchObject({ idTagInfo: { status: 'Accepted' } });
  });

  it('a late message of a session that is over is no second session', async () => {
    const tag = await aToken();
    await event2('G1', 'Ended', 2);
    await start16('G2', tag);
    expect(await event2('G1', 'Started', 0, tag)).toBe('Accepted');
    expect(await flagsAt('G1')).toEqual([expect.not.arrayContaining(['concurrent'])]);
  });

  it('is decided by locking the token: of many stations at the same moment one is accepted', async () => {
    for (let round = 0; round < 5; round++) {
      const tag = await aToken();
      const stations = ['a', 'b', 'c', 'd'].map((name) => `H-${round}-${name}`);
      const statuses = await Promise.all(stations.map(async (station) => (await start16(station, tag)).status));
      expect(statuses.sort()).toEqual(['Accepted', 'ConcurrentTx', 'ConcurrentTx', 'ConcurrentTx']);
    }
  });

  it('does not apply to unknown tokens that the tenant accepts: a free station sends the same one for every driver', async () => {
    await service.tokenStore.rememberTenant('open', { unknownTokens: 'accept', masterPassGroup: null });
    for (const station of ['U1', 'U2']) {
      const content = { connectorId: 1, idTag: 'FREE', meterStart: 0, timestamp: at(0) };
      const answer = await service.receive({ ...at16(station), tenant: 'open' }, 'StartTransaction', content);
      expect(answer).toMatchObject({ idTagInfo: { status: 'Accepted' } });
    }
  });

  it("C02: sessions that need no authorization are in nobody's way, wherever they are", async () => {
    await service.tokenStore.rememberTenant('open', { unknownTokens: 'accept', masterPassGroup: null });
    for (const station of ['V1', 'V2']) {
      const answer = await service.receive({ ...at2(station), tenant: 'open' }, 'TransactionEvent', {
        eventType: 'Started',
        seqNo: 0,
        timestamp: at(0),
        triggerReason: 'ChargingStateChanged',
        transactionInfo: { transactionId: `${station}-1` },
        idToken: { idToken: '', type: 'NoAuthorization' },
      });
      expect(answer).toMatchObject({ idTokenInfo: { status: 'Accepted' } });
    }
  });
});

describe('a group', () => {
  it('1.6 section 4.10, C09.FR.09: a stop with another token of the group is answered with their group', async () => {
    const [mine, theirs] = [await aToken({ groupId: 'FAMILY' }), await aToken({ groupId: 'FAMILY' })];
    const { id } = await start16('I1', mine);
    expect(await stop16('I1', id, theirs)).toEqual({ idTagInfo: { status: 'Accepted', parentIdTag: 'FAMILY' } });
    expect(service.publishedEnds('I1')).toMatchObject([{ idToken: mine }]);
  });
});

describe('C16: a master pass', () => {
  it('starts nothing, in either version; what was begun with it all the same is stored and flagged', async () => {
    const pass = await aToken({ groupId: 'master' });
    expect(await start16('J1', pass)).toMatchObject({ status: 'Invalid' });
    expect(await event2('J2', 'Started', 0, pass)).toBe('Invalid');
    expect([await flagsAt('J1'), await flagsAt('J2')]).toEqual([[['master-pass']], [['master-pass']]]);
  });

  it("is answered its group, and stops anybody's session (TC_C_47, TC_C_49)", async () => {
    const [pass, driver] = [await aToken({ groupId: 'MASTER' }), await aToken()];
    expect(await service.receive(at16('K1'), 'Authorize', { idTag: pass })).toEqual({
      idTagInfo: { status: 'Accepted', parentIdTag: 'MASTER' },
    });
    expect(await event2('K2', 'Started', 0, driver)).toBe('Accepted');
    expect(await event2('K2', 'Ended', 1, pass)).toBe('Accepted');
    expect(service.publishedEnds('K2')).toMatchObject([{ idToken: driver, flags: expect.not.arrayContaining(['master-pass']) }]);
  });
});

describe('a token that was refused when its session began', () => {
  it('E01.FR.11 is refused a message later too, until it is free', async () => {
    const tag = await aToken();
    const { id } = await start16('L1', tag);
    expect([await event2('L2', 'Started', 0, tag), await event2('L2', 'Updated', 1, tag)]).toEqual(['ConcurrentTx', 'ConcurrentTx']);
    await stop16('L1', id, tag);
    expect(await event2('L2', 'Updated', 2, tag)).toBe('Accepted');
  });

  it('C16, C01.FR.21: the same of a master pass and of another EVSE; one that was accepted stays so', async () => {
    const pass = await aToken({ groupId: 'MASTER' });
    expect([await event2('M1', 'Started', 0, pass), await event2('M1', 'Updated', 1, pass)]).toEqual(['Invalid', 'Invalid']);
    const tag = await aToken();
    expect(await event2('M2', 'Started', 0, tag)).toBe('Accepted');
    expect(await event2('M3', 'Started', 0, tag)).toBe('ConcurrentTx');
    expect(await event2('M2', 'Updated', 1, tag)).toBe('Accepted');
  });

  it('is in nobody’s way, for its session has not begun', async () => {
    const tag = await aToken();
    const { id } = await start16('N1', tag);
    expect(await start16('N2', tag)).toMatchObject({ status: 'ConcurrentTx' });
    await stop16('N1', id, tag);
    expect(await start16('N3', tag)).toMatchObject({ status: 'Accepted' });
  });
});
