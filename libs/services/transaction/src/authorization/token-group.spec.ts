import { startService, type ServiceFixture } from '../testing/service-fixture';
import { MAX_CHANGES, OF_REMOVED_TOKENS } from './store/typeorm-token-groups';

let service: ServiceFixture;
beforeAll(async () => (service = await startService()));
afterAll(() => service?.close());

const at = (minutes: number): string => new Date(Date.now() - 3_600_000 + minutes * 60_000).toISOString();
const token = { idToken: 'DRIVER', type: 'ISO14443', status: 'Accepted' as const, expiresAt: null, concurrent: false };
const inGroup = (groupId: string | null) => service.tokenStore.put('default', { ...token, groupId });

describe("the group of a session's token, published with its end for the pricing", () => {
  it('is the one it had when it was presented, whatever becomes of it until the end', async () => {
    await inGroup('FLEET');
    const station = { protocol: 'ocpp1.6', station: 'CS-16' } as const;
    const { transactionId } = await service.receive(station, 'StartTransaction', {
      connectorId: 1,
      idTag: 'DRIVER',
      meterStart: 0,
      timestamp: at(0),
    });
    await inGroup('STAFF');
    await service.receive(station, 'StopTransaction', { transactionId, idTag: 'DRIVER', meterStop: 5000, timestamp: at(30) });
    expect(service.publishedEnds('CS-16')).toMatchObject([{ idToken: 'DRIVER', idTokenGroup: 'FLEET' }]);
  });

  it('is known in 2.x from the event that brings the token, be it not the first', async () => {
    await inGroup('FLEET');
    const station = { protocol: 'ocpp2.0.1', station: 'CS-201' } as const;
    const event = (seqNo: number, eventType: string, more: object = {}) =>
      service.receive(station, 'TransactionEvent', {
        eventType,
        seqNo,
        timestamp: at(seqNo),
        triggerReason: 'Authorized',
        transactionInfo: { transactionId: 'T' },
        ...more,
      });
    await event(0, 'Started');
    await event(1, 'Updated', { idToken: { idToken: 'DRIVER', type: 'ISO14443' } });
    await event(2, 'Ended');
    expect(service.publishedEnds('CS-201')).toMatchObject([{ idTokenGroup: 'FLEET' }]);
  });

  it.each(['changed', 'left', 'deleted'])(
    'is the one it had then, when a session is reported late and the card has %s since',
    async (how) => {
      const idToken = `DRIVER-${how}`;
      const put = (groupId: string | null) => service.tokenStore.put('default', { ...token, idToken, groupId });
      await put('FLEET');
      const then = new Date().toISOString();
      if (how === 'deleted') await service.tokenStore.remove('default', idToken);
      else await put(how === 'left' ? null : 'STAFF');
      const station = { protocol: 'ocpp2.0.1', station: `CS-${how}` } as const;
      const event = (seqNo: number, eventType: string, timestamp: string) =>
        service.receive(station, 'TransactionEvent', {
          ...{ eventType, seqNo, timestamp, triggerReason: 'Authorized', offline: true },
          transactionInfo: { transactionId: 'T' },
          ...(seqNo === 0 ? { idToken: { idToken, type: 'ISO14443' } } : {}),
        });
      const now = { changed: ['Accepted', 'STAFF'], left: ['Accepted', undefined], deleted: ['Invalid', undefined] }[how] ?? [];
      const answer = await event(0, 'Started', then);
      // the station is answered how it is now
      expect(answer['idTokenInfo']).toEqual({ status: now[0], ...(now[1] ? { groupIdToken: { idToken: now[1], type: 'Central' } } : {}) });
      await event(1, 'Ended', at(61));
      expect(service.publishedEnds(`CS-${how}`)).toMatchObject([{ idTokenGroup: 'FLEET' }]);
    },
  );

  it('is remembered for so many changes, and not beyond the age of the oldest session that is believed', async () => {
    for (let change = 0; change < MAX_CHANGES + 5; change++)
      await service.tokenStore.put('default', { ...token, idToken: 'RESTLESS', groupId: `G-${change}` });
    const kept = (): Promise<{ group_id: string }[]> =>
      service.database.query(`SELECT group_id FROM transactions.token_groups WHERE token = 'RESTLESS' ORDER BY since`);
    expect((await kept()).map(({ group_id }) => group_id)).toEqual(Array.from({ length: MAX_CHANGES }, (_, index) => `G-${index + 5}`));
    await service.database.query(`UPDATE transactions.token_groups SET since = since - interval '91 days' WHERE token = 'RESTLESS'`);
    await service.tokenStore.put('default', { ...token, idToken: 'RESTLESS', groupId: 'LAST' });
    expect((await kept()).map(({ group_id }) => group_id)).toEqual([`G-${MAX_CHANGES + 4}`, 'LAST']);
  });

  it('is that of the token of an orphan stop, and none where the token has none', async () => {
    await inGroup('FLEET');
    const orphan = { transactionId: -1, idTag: 'DRIVER', meterStop: 5000, timestamp: at(30) };
    await service.receive({ protocol: 'ocpp1.6', station: 'CS-ORPHAN' }, 'StopTransaction', orphan);
    await inGroup(null);
    await service.receive({ protocol: 'ocpp1.6', station: 'CS-ORPHAN' }, 'StopTransaction', { ...orphan, timestamp: at(61) });
    expect(service.publishedEnds('CS-ORPHAN').map(({ idTokenGroup }) => idTokenGroup)).toEqual(['FLEET', null]);
  });
});

describe('a deleted tenant', () => {
  const rowsOf = async (table: string) => {
    const rows: { count: number }[] = await service.database.query(
      `SELECT count(*)::integer AS count FROM transactions.${table} WHERE tenant = 'leaving'`,
    );
    return rows[0]?.count;
  };
  /** What nobody needs any more. The history of groups is needed for sessions that are reported late. */
  const REMOVED = ['tokens', 'removed_tokens', 'token_revisions', 'tenants'];

  it('leaves no token behind, and their groups only while a session may still be reported', async () => {
    await service.tokenStore.rememberTenant('leaving', { unknownTokens: 'refuse', masterPassGroup: null });
    for (const idToken of ['ONE', 'TWO', 'GONE']) await service.tokenStore.put('leaving', { ...token, idToken, groupId: 'FLEET' });
    await service.tokenStore.remove('leaving', 'GONE');
    await inGroup('FLEET');
    expect(await Promise.all(REMOVED.map(rowsOf))).toEqual([2, 1, 1, 1]);
    await service.tokenStore.forgetTenant('leaving');
    expect(await Promise.all(REMOVED.map(rowsOf))).toEqual([0, 0, 0, 0]);
    expect(await service.tokenStore.find('default', 'DRIVER')).not.toBeNull();
    const overdue = () =>
      service.database.query(
        `SELECT token FROM transactions.token_groups WHERE tenant = 'leaving' AND ${OF_REMOVED_TOKENS} ORDER BY token, since`,
      );
    expect([await rowsOf('token_groups'), await overdue()]).toEqual([6, []]);
    await service.database.query(
      `UPDATE transactions.token_groups SET since = since - interval '91 days' WHERE tenant = 'leaving' AND token <> 'ONE'`,
    );
    expect(await overdue()).toEqual(['GONE', 'GONE', 'TWO', 'TWO'].map((name) => ({ token: name })));
  });
});
