import { startService, type ServiceFixture } from './service-fixture';

let service: ServiceFixture;
beforeAll(async () => (service = await startService()));
afterAll(() => service?.close());

const at = (minutes: number): string => new Date(Date.now() - 3_600_000 + minutes * 60_000).toISOString();
const token = { idToken: 'DRIVER', type: 'ISO14443', status: 'Accepted' as const, expiresAt: null, concurrent: false };
const inGroup = (groupId: string | null) => service.tokenStore.put('default', { ...token, groupId });

describe("the group of a session's token, told with its end for whoever prices it", () => {
  it('is the one it had when it was presented, whatever becomes of it until the end', async () => {
    await inGroup('FLEET');
    const station = { protocol: 'ocpp1.6', station: 'CS-16' } as const;
    const { transactionId } = await service.say(station, 'StartTransaction', {
      connectorId: 1,
      idTag: 'DRIVER',
      meterStart: 0,
      timestamp: at(0),
    });
    await inGroup('STAFF');
    await service.say(station, 'StopTransaction', { transactionId, idTag: 'DRIVER', meterStop: 5000, timestamp: at(30) });
    expect(service.endsTold('CS-16')).toMatchObject([{ idToken: 'DRIVER', idTokenGroup: 'FLEET' }]);
  });

  it('is known in 2.x from the event that brings the token, be it not the first', async () => {
    await inGroup('FLEET');
    const station = { protocol: 'ocpp2.0.1', station: 'CS-201' } as const;
    const event = (seqNo: number, eventType: string, more: object = {}) =>
      service.say(station, 'TransactionEvent', {
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
    expect(service.endsTold('CS-201')).toMatchObject([{ idTokenGroup: 'FLEET' }]);
  });

  it('is that of the token of an orphan stop, and none where the token has none', async () => {
    await inGroup('FLEET');
    const orphan = { transactionId: -1, idTag: 'DRIVER', meterStop: 5000, timestamp: at(30) };
    await service.say({ protocol: 'ocpp1.6', station: 'CS-ORPHAN' }, 'StopTransaction', orphan);
    await inGroup(null);
    await service.say({ protocol: 'ocpp1.6', station: 'CS-ORPHAN' }, 'StopTransaction', { ...orphan, timestamp: at(40) });
    expect(service.endsTold('CS-ORPHAN').map(({ idTokenGroup }) => idTokenGroup)).toEqual(['FLEET', null]);
  });
});
