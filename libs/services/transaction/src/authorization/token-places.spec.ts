import type { Place } from './domain/places';
import { TypeormLocalLists } from '../local-list/store/typeorm-local-lists';
import { startService, type ServiceFixture, type SendingStation } from '../testing/service-fixture';

let service: ServiceFixture;
beforeAll(async () => {
  service = await startService();
  await service.prices.regroup({ tenant: 'default', station: 'IN-GROUP' }, 'Depot', new Date('2026-01-01'));
});
afterAll(() => service?.close());

const at2 = (station: string): SendingStation => ({ protocol: 'ocpp2.0.1', station });
const at16 = (station: string): SendingStation => ({ protocol: 'ocpp1.6', station });
let tokens = 0;
async function tokenAllowedAt(...allowedAt: Place[]): Promise<string> {
  const idToken = `PLACED-${++tokens}`;
  const token = { idToken, type: 'ISO14443', status: 'Accepted', groupId: null, expiresAt: null, concurrent: true } as const;
  await service.tokenStore.put('default', { ...token, allowedAt });
  return idToken;
}
const authorize2 = async (station: string, idToken: string) =>
  (await service.receive(at2(station), 'Authorize', { idToken: { idToken, type: 'ISO14443' } }))['idTokenInfo'];
let sessions = 0;
async function begin2(station: string, evse: number | null, idToken: string): Promise<unknown> {
  const answer = await service.receive(at2(station), 'TransactionEvent', {
    eventType: 'Started',
    seqNo: 0,
    timestamp: new Date().toISOString(),
    triggerReason: 'Authorized',
    ...(evse === null ? {} : { evse: { id: evse, connectorId: 1 } }),
    transactionInfo: { transactionId: `S-${++sessions}` },
    idToken: { idToken, type: 'ISO14443' },
  });
  return answer['idTokenInfo'];
}
const start16 = async (station: string, connectorId: number, idTag: string) => {
  const content = { connectorId, idTag, meterStart: 0, timestamp: new Date().toISOString() };
  return (await service.receive(at16(station), 'StartTransaction', content))['idTagInfo'];
};
const flagsAt = async (station: string) => (await service.transactionsOf(station)).map(({ flags }) => flags);

describe('a token that may not charge everywhere', () => {
  it('C01.FR.19, FR.20, FR.22: at all EVSEs, at some, at none', async () => {
    const token = await tokenAllowedAt({ station: 'WHOLE' }, { station: 'PART', evses: [3, 1] });
    expect(await authorize2('WHOLE', token)).toEqual({ status: 'Accepted' });
    expect(await authorize2('PART', token)).toEqual({ status: 'Accepted', evseId: [1, 3] });
    expect(await authorize2('NONE', token)).toEqual({ status: 'NotAtThisLocation' });
  });

  it('knows the group that a station is in now, and not the one it was in', async () => {
    const token = await tokenAllowedAt({ group: 'DEPOT' });
    expect(await authorize2('IN-GROUP', token)).toEqual({ status: 'Accepted' });
    expect(await authorize2('NO-GROUP', token)).toEqual({ status: 'NotAtThisLocation' });
    await service.prices.regroup({ tenant: 'default', station: 'MOVED' }, 'depot', new Date('2026-01-01'));
    await service.prices.regroup({ tenant: 'default', station: 'MOVED' }, 'harbour', new Date('2026-02-01'));
    expect(await authorize2('MOVED', token)).toEqual({ status: 'NotAtThisLocation' });
  });

  it('C01.FR.21, C12.FR.03: a session begun elsewhere is refused, stored and flagged', async () => {
    const token = await tokenAllowedAt({ station: 'P1', evses: [2] });
    expect(await begin2('P1', 2, token)).toEqual({ status: 'Accepted', evseId: [2] });
    expect(await begin2('P1', 1, token)).toEqual({ status: 'NotAllowedTypeEVSE', evseId: [2] });
    expect(await begin2('P2', 1, token)).toEqual({ status: 'NotAtThisLocation' });
    expect((await flagsAt('P1')).sort()).toEqual([[], ['wrong-evse']]);
    expect(await flagsAt('P2')).toEqual([['wrong-place']]);
  });

  it('1.6 is answered Blocked, as it has no such status: in Authorize only when no connector is allowed', async () => {
    const token = await tokenAllowedAt({ station: 'Q1', evses: [2] });
    expect(await service.receive(at16('Q1'), 'Authorize', { idTag: token })).toEqual({ idTagInfo: { status: 'Accepted' } });
    expect(await service.receive(at16('Q2'), 'Authorize', { idTag: token })).toEqual({ idTagInfo: { status: 'Blocked' } });
    expect(await start16('Q1', 2, token)).toEqual({ status: 'Accepted' });
    expect(await start16('Q1', 1, token)).toEqual({ status: 'Blocked' });
  });

  it('may charge everywhere again when the operator lifts the restriction', async () => {
    const token = await tokenAllowedAt({ station: 'R1' });
    expect(await authorize2('R2', token)).toEqual({ status: 'NotAtThisLocation' });
    const kept = await service.tokenStore.find('default', token);
    if (kept === null) throw new Error('it was put');
    expect(kept.allowedAt).toEqual([{ station: 'R1' }]);
    await service.tokenStore.put('default', { ...kept, allowedAt: [] });
    expect(await authorize2('R2', token)).toEqual({ status: 'Accepted' });
  });
});

describe('C01.FR.24: another token, while the session that holds the station is no longer authorized', () => {
  const blocked = async (idToken: string) => {
    const token = await service.tokenStore.find('default', idToken);
    if (token === null) throw new Error('it was put');
    await service.tokenStore.put('default', { ...token, status: 'Blocked' });
  };

  it('is answered NotAtThisTime, and Accepted before and after', async () => {
    const [first, second] = [await tokenAllowedAt(), await tokenAllowedAt()];
    await begin2('T1', 1, first);
    expect(await authorize2('T1', second)).toEqual({ status: 'Accepted' });
    await blocked(first);
    expect(await authorize2('T1', second)).toEqual({ status: 'NotAtThisTime' });
    expect(await authorize2('T1', first)).toEqual({ status: 'Blocked' });
    expect(await authorize2('T2', second)).toEqual({ status: 'Accepted' });
    const transactionInfo = { transactionId: `S-${sessions}`, stoppedReason: 'EVDisconnected' };
    const ended = { eventType: 'Ended', seqNo: 1, timestamp: new Date().toISOString(), triggerReason: 'EVDeparted', transactionInfo };
    await service.receive(at2('T1'), 'TransactionEvent', ended);
    expect(await authorize2('T1', second)).toEqual({ status: 'Accepted' });
  });

  it('C09.FR.03: may end it all the same when it shares its group', async () => {
    const token = { type: 'ISO14443', status: 'Accepted', groupId: 'Family', expiresAt: null, concurrent: true } as const;
    await service.tokenStore.put('default', { ...token, idToken: 'PARENT' });
    await service.tokenStore.put('default', { ...token, idToken: 'CHILD', groupId: 'FAMILY' });
    await begin2('T3', 1, 'CHILD');
    await blocked('CHILD');
    expect(await authorize2('T3', 'PARENT')).toMatchObject({ status: 'Accepted' });
  });

  it('is not judged where the station has another EVSE: it may be meant', async () => {
    const [first, second] = [await tokenAllowedAt(), await tokenAllowedAt()];
    await begin2('T4', 1, first);
    await begin2('T4', 2, second);
    await blocked(first);
    expect(await authorize2('T4', await tokenAllowedAt())).toEqual({ status: 'Accepted' });
  });
});

describe('a local list', () => {
  const lists = () => new TypeormLocalLists(service.database);
  const ask = async (cleared: number | null, base: number) => {
    const changes = lists().tokens({ tenant: 'listed', station: 'CS-1' });
    const { revision: upTo } = await changes.changes(new Date());
    const part = await changes.in({ base, upTo, cleared, limit: 10, typed: true });
    return part.map(({ token: { idToken }, removed }) => [idToken, removed]);
  };

  it('has no token that may not charge everywhere, so that the station asks; one that becomes such is taken out', async () => {
    const token = { type: 'ISO14443', status: 'Accepted', groupId: null, expiresAt: null, concurrent: true } as const;
    await service.tokenStore.put('listed', { ...token, idToken: 'FREE' });
    await service.tokenStore.put('listed', { ...token, idToken: 'BOUND' });
    expect(await ask(null, 0)).toEqual([
      ['FREE', false],
      ['BOUND', false],
    ]);
    const { revision } = await lists().tokens({ tenant: 'listed', station: 'CS-1' }).changes(new Date());
    await service.tokenStore.put('listed', { ...token, idToken: 'BOUND', allowedAt: [{ station: 'CS-1' }] });
    expect(await ask(0, revision)).toEqual([['BOUND', true]]);
    expect(await ask(null, 0)).toEqual([['FREE', false]]);
  });
});
